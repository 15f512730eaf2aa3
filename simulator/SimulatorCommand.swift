public import ArgumentParser
public import Simulation
import Terminal

/// The simulator program: `simulator --seed N --count M`.
struct SimulatorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulator",
        abstract: "Plays a fleet in virtual time, with faults that the seed decides, and looks whether a rule is broken.",
        discussion: """
            Exit status: 0 all seeds were fine, 1 a seed could not be played, 2 wrong usage, 10 a rule was broken, 11 a run stalled, 12 the \
            program crashed. Of several the last of these counts. docs/simulation.md says what is played and which rules there are.
            """,
        version: "0.1.0")

    @Option(help: "The first seed.")
    var seed: UInt64 = 1

    @Option(help: "How many seeds, one after the other.")
    var count: UInt64 = 1

    @Option(help: "A fault to put in on purpose: \(Mutant.allCases.map(\.rawValue).joined(separator: ", ")).")
    var mutant: Mutant?

    @Flag(help: "Tell all that happens.")
    var trace = false

    @Option(help: "How many processes play at the same time; one for each processor where nothing is said.")
    var jobs: Int = Fleet.processors

    @Flag(help: "End with the first seed that is not fine.")
    var first = false

    /// Set by the program itself for the processes that it starts: one line a seed, and nothing else.
    @Flag(help: .hidden)
    var lines = false

    func validate() throws {
        guard count > 0, jobs > 0 else { throw ValidationError("--count and --jobs are 1 or more") }
        guard seed <= UInt64.max - count else { throw ValidationError("--seed and --count go beyond \(UInt64.max)") }
    }

    func run() async throws {
        let block = Block(first: seed, count: count)
        if lines { return try Player(mutant: mutant, trace: false, stopsAtFirst: first).tell(block) }
        try Standard.output("seed \(seed)")
        do {
            if count == 1 || trace { return try Player(mutant: mutant, trace: trace, stopsAtFirst: first).show(block) }
            try await Fleet(mutant: mutant, jobs: jobs, stopsAtFirst: first).play(block)
        } catch let failure as SimulationFailure {
            throw ExitCode(failure.word.status)
        }
    }
}

extension Mutant: ExpressibleByArgument {}
