import Testing

@testable import Simulation

@Suite("Runs")
struct RunTests {
    @Test("A seed decides all that happens: word by word the same twice, another one for another seed")
    func words() throws {
        var runs: [[String]] = []
        for seed in [UInt64(1), 1, 2] {
            var words: [String] = []
            _ = try Simulator(seed: seed).run { words.append($0) }
            runs.append(words)
        }
        #expect(runs[0] == runs[1])
        #expect(runs[0] != runs[2])
        #expect(runs[0].contains { $0.contains("RESULT") } && runs[0].contains { $0.contains("calm") })
    }

    /// Mutants that are found within seconds; `make accept-simulator` shows it of all.
    @Test("What is broken on purpose is noticed", arguments: [Mutant.successBelieved, .custodyKept, .acknowledgeBeforeCommit, .deadlineIgnored])
    func mutants(_ mutant: Mutant) throws {
        let isCaught = try (UInt64(1)...400).contains { seed in
            try Simulator(seed: seed, mutant: mutant).run().ending != .fine
        }
        #expect(isCaught)
    }

    @Test("Numbers of chance are those of SplitMix64")
    func splitMix() {
        var chance = Chance(seed: 1_234_567)
        #expect([chance.next(), chance.next(), chance.next()] == [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423])
    }

    @Test("The agenda is worked off by moment, and of one moment in the order of entry")
    func agenda() {
        var agenda = Agenda()
        var done: [Int] = []
        for (number, moment) in [Int64(5), 3, 5, 1, 3, 9, 1].enumerated() { agenda.enter(at: moment) { done.append(number) } }
        while let next = agenda.next() { next.deed() }
        #expect(done == [3, 6, 1, 4, 0, 2, 5])
    }
}
