import Foundation
import Glibc
import Simulation
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

    /// The outcomes as they come from the processes, each of which is waited for by a thread.
    private func outcomes(of block: Block) -> AsyncStream<Outcome> {
        let parts = WaitingBlocks(block.parts(of: Self.seedsOfProcess), jobs: jobs)
        // Bounded by the seeds that were asked for.
        let (stream, told) = AsyncStream.makeStream(of: Outcome.self)
        for _ in 0..<jobs {
            Thread.detachNewThread { [self] in
                while let part = parts.next() {
                    let outcomes = outcomes(ofProcessesWith: part)
                    for outcome in outcomes { told.yield(outcome) }
                    if stopsAtFirst, outcomes.contains(where: { $0.word != .fine }) { parts.clear() }
                }
                if parts.isLastToEnd() { told.finish() }
            }
        }
        return stream
    }

    private func arguments(for block: Block) -> [String] {
        ["simulator", "--lines", "--seed", "\(block.first)", "--count", "\(block.count)"] + (mutant.map { ["--mutant", $0.rawValue] } ?? [])
            + (stopsAtFirst ? ["--first"] : [])
    }

    /// The outcomes of a block, in the order of its seeds. A process that dies has crashed on the seed that it named last, and another one plays
    /// those after it; after one that named none nothing more is tried.
    private func outcomes(ofProcessesWith block: Block) -> [Outcome] {
        var outcomes: [Outcome] = []
        var rest = block
        while rest.count > 0 {
            let (text, status) = ChildProcess.run("/proc/self/exe", arguments(for: rest))
            let lines = text.split(separator: "\n")
            outcomes += lines.compactMap { Outcome(line: $0) }
            guard status != 0 else { break }
            let named = lines.last.flatMap { UInt64($0) }
            outcomes.append(Outcome(seed: named ?? rest.first, .crashed, "its process ended with wait status \(status) (wait(2))"))
            guard let named, !stopsAtFirst else { break }
            rest = rest.rest(after: named)
        }
        return outcomes
    }
}

/// Blocks that no process has taken yet.
private final class WaitingBlocks: Sendable {
    private struct State {
        var blocks: ArraySlice<Block>
        var running: Int
    }

    private let state: Mutex<State>

    init(_ blocks: [Block], jobs: Int) { state = Mutex(State(blocks: blocks[...], running: jobs)) }

    func next() -> Block? { state.withLock { $0.blocks.popFirst() } }

    func clear() { state.withLock { $0.blocks = [] } }

    /// Called once by each thread at its end: whether it is the last one.
    func isLastToEnd() -> Bool {
        state.withLock { state in
            state.running -= 1
            return state.running == 0
        }
    }
}
