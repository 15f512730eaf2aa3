import ArgumentParser
import Foundation
import Glibc

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
            InitCommand.self, ServeCommand.self, InviteCommand.self, WorkersCommand.self, MediaCommand.self, StudiesCommand.self,
            ExceptionsCommand.self, StatusCommand.self, OrdersCommand.self, MatchCommand.self, ReportCommand.self,
        ])
}

@main
enum Program {
    static func main() async {
        // Keys, ledger, lock and socket are for the coordinator's own user only, from the moment that they are made.
        umask(0o077)
        signal(SIGPIPE, SIG_IGN)
        do {
            var command = try Coordinator.parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch let failure as CommandFailure {
            if let message = failure.message { Standard.error(message) }
            exit(failure.status.rawValue)
        } catch {
            let isHelp = Coordinator.exitCode(for: error) == .success
            let text = Coordinator.fullMessage(for: error)
            if isHelp { _ = try? Standard.output(text) } else { Standard.error(text) }
            exit(isHelp ? ExitStatus.done.rawValue : ExitStatus.usage.rawValue)
        }
    }
}
