import ArgumentParser
import Terminal

@main
enum Program {
    static func main() async { await CommandLineProgram.run(SimulatorCommand.self) }
}
