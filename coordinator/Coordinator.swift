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
        let parsed: any ParsableCommand
        do { parsed = try Coordinator.parseAsRoot() } catch { end(byParser: error) }
        do {
            if var command = parsed as? any AsyncParsableCommand {
                try await command.run()
            } else {
                var command = parsed
                try command.run()
            }
        } catch let failure as CommandFailure {
            end(failure)
        } catch where Coordinator.exitCode(for: error) != .failure {
            // Help that was asked for, or words that the command found wrong.
            end(byParser: error)
        } catch {
            // What nobody foresaw is a failure of the work, not of whoever typed the command.
            end(CommandFailure(.failed, "\(error)"))
        }
    }

    private static func end(_ failure: CommandFailure) -> Never {
        if let message = failure.message { Standard.error(Standard.plain(message)) }
        exit(failure.status.rawValue)
    }

    /// Shows the help or the version that was asked for, or says what is wrong with the words of a command.
    private static func end(byParser error: any Error) -> Never {
        let text = Coordinator.fullMessage(for: error)
        guard Coordinator.exitCode(for: error) == .success else {
            Standard.error(text)
            exit(ExitStatus.usage.rawValue)
        }
        do throws(CommandFailure) { try Standard.output(text) } catch { end(error) }
        exit(ExitStatus.done.rawValue)
    }
}
