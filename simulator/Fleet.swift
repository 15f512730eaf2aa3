import Foundation
import Simulation
import Subprocess
import Synchronization
import Terminal

/// Plays seeds in several processes: a crash of one costs no other, and is told with its seed.
struct Fleet {
    let mutant: Mutant?
    let jobs: Int
    let stopsAtFirst: Bool

    static var processors: Int { ProcessInfo.processInfo.activeProcessorCount }

    /// Seeds that one process plays: enough that its start costs nothing, few enough that all processes end at about the same time.
    private static let seedsOfProcess: UInt64 = 100

    /// Bytes that one process may say: a line for each seed, and one for each rule that was broken.
    private static let outputByteCount = 64 << 20

    func play(_ block: Block) async throws {
        let bar = ProgressBar()
        var tally = Tally()
        for await outcome in outcomes(of: block) {
            try tally.add(outcome, mutant)
            bar.show(tally.count, of: Int(block.count), "\(tally.count) of \(block.count) seeds: \(tally.line)")
        }
        bar.end()
        try tally.end(of: block, stopsAtFirst: stopsAtFirst)
    }

    /// The outcomes as they come from the processes.
    private func outcomes(of block: Block) -> AsyncStream<Outcome> {
        let parts = WaitingBlocks(block.parts(of: Self.seedsOfProcess))
        // Bounded by the seeds that were asked for.
        let (stream, told) = AsyncStream.makeStream(of: Outcome.self)
        let playing = Task {
            await withDiscardingTaskGroup { group in
                for _ in 0..<jobs { group.addTask { await play(parts, told) } }
            }
            told.finish()
        }
        told.onTermination = { _ in playing.cancel() }
        return stream
    }

    private func play(_ parts: WaitingBlocks, _ told: AsyncStream<Outcome>.Continuation) async {
        while let part = parts.next(), !Task.isCancelled {
            let outcomes = await outcomes(ofProcessesWith: part)
            for outcome in outcomes { told.yield(outcome) }
            if stopsAtFirst, outcomes.contains(where: { $0.word != .fine }) { parts.clear() }
        }
    }

    private func arguments(for block: Block) -> [String] {
        ["--lines", "--seed", "\(block.first)", "--count", "\(block.count)"] + (mutant.map { ["--mutant", $0.rawValue] } ?? [])
            + (stopsAtFirst ? ["--first"] : [])
    }

    /// The outcomes of a block, in the order of its seeds. A process that dies has crashed on the seed that it named last, and another one plays
    /// those after it; after one that named none nothing more is tried.
    private func outcomes(ofProcessesWith block: Block) async -> [Outcome] {
        var outcomes: [Outcome] = []
        var rest = block
        while rest.count > 0 {
            let (text, end) = await run(arguments(for: rest))
            let lines = text.split(separator: "\n")
            outcomes += lines.compactMap { Outcome(line: $0) }
            guard let end else { break }
            let named = lines.last.flatMap { UInt64($0) }
            outcomes.append(Outcome(seed: named ?? rest.first, .crashed, end))
            guard let named, !stopsAtFirst else { break }
            rest = rest.rest(after: named)
        }
        return outcomes
    }

    /// Runs this program: what it wrote to stdout, and how it ended; nil for a good end.
    private func run(_ arguments: [String]) async -> (text: String, end: String?) {
        do {
            let result = try await Subprocess.run(
                .path("/proc/self/exe"), arguments: Arguments(executablePathOverride: "simulator", remainingValues: arguments),
                output: .string(limit: Self.outputByteCount), error: .currentStandardError)
            let text = result.standardOutput
            switch result.terminationStatus {
            case .exited(0): return (text, nil)
            case .exited(let status): return (text, "its process ended with status \(status)")
            case .signaled(let signal): return (text, "its process ended by signal \(signal)")
            }
        } catch {
            return ("", "its process cannot be run: \(error)")
        }
    }
}

/// Blocks that no process has taken yet.
private final class WaitingBlocks: Sendable {
    private let blocks: Mutex<ArraySlice<Block>>

    init(_ blocks: [Block]) { self.blocks = Mutex(blocks[...]) }

    func next() -> Block? { blocks.withLock { $0.popFirst() } }

    func clear() { blocks.withLock { $0 = [] } }
}
