import ArgumentParser
import Terminal

/// The worker program: `worker COMMAND`.
struct Worker: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "worker",
        abstract: "Reads media at one gateway and sends their studies as the coordinator says.",
        discussion: """
            Exit status: 0 done, 1 the work failed or found a difference, 2 wrong usage or configuration, \
            3 cannot reach the coordinator.
            """,
        version: "0.1.0",
        subcommands: [
            JoinCommand.self, RunCommand.self, InsertCommand.self, EjectCommand.self, InspectCommand.self, SendCommand.self,
            FindCommand.self, EchoCommand.self, RewriteCommand.self, TranscodeCommand.self, PreviewCommand.self,
            CodecCommand.self,
        ])
}

@main
enum Program {
    static func main() async { await CommandLineProgram.run(Worker.self) }
}
