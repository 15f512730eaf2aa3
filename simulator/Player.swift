import Simulation
import Terminal

/// Plays seeds in this process.
struct Player {
    let mutant: Mutant?
    let trace: Bool
    let stopsAtFirst: Bool

    private func play(_ seed: UInt64) -> Outcome {
        let reader: ((String) -> Void)? = trace ? { _ = try? Standard.output($0) } : nil
        do {
            return Outcome(seed: seed, try Simulator(seed: seed, mutant: mutant).run(reader: reader))
        } catch {
            return Outcome(seed: seed, .impossible, "\(error)")
        }
    }

    /// Plays a block for the process that started this one, which reads what is told.
    func tell(_ block: Block) throws {
        for seed in block.seeds {
            try Standard.output("\(seed)")
            let outcome = play(seed)
            guard try Standard.output(outcome.line) else { return }
            if stopsAtFirst, outcome.word != .fine { return }
        }
    }

    /// Plays a block for a person.
    func show(_ block: Block) throws {
        var tally = Tally()
        for seed in block.seeds {
            let outcome = play(seed)
            try tally.add(outcome, mutant)
            if stopsAtFirst, outcome.word != .fine { break }
        }
        try tally.end(of: block, stopsAtFirst: stopsAtFirst)
    }
}
