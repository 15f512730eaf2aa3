import Simulation
import Terminal

/// What came of the seeds so far.
struct Tally {
    private var counts: [Outcome.Word: Int] = [:]
    private var gravest = Outcome.Word.fine
    /// Hashes of the traces, added up: the same whatever the order in which processes ended.
    private var trace: UInt64 = 0
    private(set) var count = 0

    /// Counts an outcome, and shows it unless it is fine.
    mutating func add(_ outcome: Outcome, _ mutant: Mutant?) throws {
        count += 1
        counts[outcome.word, default: 0] += 1
        if outcome.word == .fine {
            trace &+= UInt64(outcome.text.prefix { $0 != " " }, radix: 16) ?? 0
            return
        }
        if outcome.word.status > gravest.status { gravest = outcome.word }
        try Standard.output("seed \(outcome.seed) \(outcome.word.rawValue): \(outcome.text)")
        try Standard.output("  again: simulator --seed \(outcome.seed)\(mutant.map { " --mutant \($0.rawValue)" } ?? "") --trace")
    }

    var line: String {
        Outcome.Word.allCases.compactMap { word in counts[word].map { "\($0) \(word.rawValue)" } }.joined(separator: ", ")
    }

    /// Shows the sum, and ends the command with the gravest outcome's status. That not all of `block` was played is grave too, unless the first
    /// that is not fine was to end it.
    func end(of block: Block, stopsAtFirst: Bool) throws {
        try Standard.output("\(count) seeds: \(line); trace \(String(trace, radix: 16))")
        let wasStopped = stopsAtFirst && gravest != .fine
        if !wasStopped, count != block.count {
            try Standard.output("\(count) outcomes were told of \(block.count) seeds")
            throw SimulationFailure(word: gravest == .fine ? .impossible : gravest)
        }
        guard gravest == .fine else { throw SimulationFailure(word: gravest) }
    }
}

/// Not all seeds were fine; what they were was shown.
struct SimulationFailure: Error {
    let word: Outcome.Word
}
