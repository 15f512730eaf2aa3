import ArgumentParser
import Foundation
import Glibc

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
            FindCommand.self, EchoCommand.self,
        ])
}

/// How a command ends (docs: "The commands").
enum ExitStatus {
    /// The work failed or found a difference.
    static let failed = ExitCode(1)
    /// Wrong usage or configuration.
    static let usage = ExitCode(2)
    /// The coordinator cannot be reached.
    static let unreachable = ExitCode(3)
}

@main
enum Program {
    static func main() async {
        // Keys, spool and socket are for the worker's own user only, from the moment that they are made.
        umask(0o077)
        signal(SIGPIPE, SIG_IGN)
        let parsed: any ParsableCommand
        do { parsed = try Worker.parseAsRoot() } catch { end(byParser: error) }
        do {
            if var command = parsed as? any AsyncParsableCommand {
                try await command.run()
            } else {
                var command = parsed
                try command.run()
            }
        } catch let status as ExitCode {
            exit(status.rawValue)
        } catch where Worker.exitCode(for: error) != .failure {
            // Help that was asked for, or words that the command found wrong.
            end(byParser: error)
        } catch {
            // What nobody foresaw is a failure of the work, not of whoever typed the command.
            writeError("\(error)")
            exit(ExitStatus.failed.rawValue)
        }
    }

    /// Shows the help or the version that was asked for, or says what is wrong with the words of a command.
    private static func end(byParser error: any Error) -> Never {
        let text = Worker.fullMessage(for: error)
        guard Worker.exitCode(for: error) == .success else {
            StandardStream.writeMessage(text + "\n")
            exit(ExitStatus.usage.rawValue)
        }
        do { try writeOutput(text) } catch { exit(ExitStatus.failed.rawValue) }
        exit(0)
    }
}
