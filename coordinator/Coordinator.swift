import ArgumentParser
import Terminal

/// The coordinator program: `coordinator COMMAND`.
struct Coordinator: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "coordinator",
        abstract: "Coordinates the migration of a legacy image archive into a new PACS.",
        discussion: """
            Exit status: 0 done, 1 the work failed or found a difference, 2 wrong usage or configuration, \
            3 cannot reach the coordinator.
            """,
        version: "0.1.0",
        subcommands: [
            InitCommand.self, ServeCommand.self, InviteCommand.self, WorkersCommand.self, AuthorityCommand.self, MediaCommand.self, StudiesCommand.self,
            ExceptionsCommand.self, CorrectionsCommand.self, OutboundCommand.self, StatusCommand.self, OrdersCommand.self, PatientsCommand.self, MatchCommand.self,
            RequestCommand.self, RequestsCommand.self, FilmCommand.self, ReportCommand.self,
            RestoreCommand.self,
        ])
}

@main
enum Program {
    static func main() async { await CommandLineProgram.run(Coordinator.self) }
}
