import Simulation
import Testing

@Suite("The simulator program")
struct ProgramTests {
    @Test("It prints the seed first, and the same seed has the same trace in two processes")
    func sameTrace() throws {
        let first = try Program.run("--seed", "7", "--count", "6", "--jobs", "1")
        let second = try Program.run("--seed", "7", "--count", "6", "--jobs", "2")
        #expect(first.text.hasPrefix("seed 7\n"))
        #expect(first.status == 0)
        #expect(first.text == second.text)
    }

    @Test("A broken rule has its own status, and the command that repeats it")
    func broken() throws {
        let run = try Program.run("--seed", "1", "--count", "400", "--first", "--jobs", "1", "--mutant", "old-result-counts")
        #expect(run.status == 10)
        #expect(run.text.contains("again: simulator --seed "))
        #expect(run.text.contains("--mutant old-result-counts"))
    }

    @Test("A process that dies costs the seed that it played; those after it are played all the same")
    func crash() throws {
        let run = try Program.run(withProcessorSeconds: 1, "--seed", "1", "--count", "100", "--jobs", "1")
        #expect(run.status == 12)
        #expect(run.text.contains(" crashed: "))
        #expect(run.text.contains("\n100 seeds: "))
    }

    @Test("Wrong words are wrong usage")
    func usage() throws { #expect(try Program.run("--seed", "1", "--mutant", "none-such").status == 2) }
}
