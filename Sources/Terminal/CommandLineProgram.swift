public import ArgumentParser
internal import Glibc

/// A program that carries out the command that it is called with.
public enum CommandLineProgram {
    /// Parses the words of `root`'s command, carries it out, and ends the process with its ``ExitStatus``.
    public static func run<Root: ParsableCommand>(_ root: Root.Type) async -> Never {
        // Keys, ledger, spool, locks and sockets are for the program's own user only, from the moment that they are made.
        umask(0o077)
        signal(SIGPIPE, SIG_IGN)
        let parsed: any ParsableCommand
        do { parsed = try root.parseAsRoot() } catch { end(root, byParser: error) }
        do {
            if var command = parsed as? any AsyncParsableCommand {
                try await command.run()
            } else {
                var command = parsed
                try command.run()
            }
        } catch let failure as CommandFailure {
            end(failure)
        } catch let code as ExitCode {
            // A command with statuses of its own has said all that there is to say.
            exit(code.rawValue)
        } catch where root.exitCode(for: error) != .failure {
            // Help that was asked for, or words that the command found wrong.
            end(root, byParser: error)
        } catch {
            // What nobody foresaw is a failure of the work, not of whoever typed the command.
            end(CommandFailure(.failed, "\(error)"))
        }
        exit(ExitStatus.done.rawValue)
    }

    private static func end(_ failure: CommandFailure) -> Never {
        if let message = failure.message { Standard.error(message) }
        exit(failure.status.rawValue)
    }

    /// Shows the help or the version that was asked for, or says what is wrong with the words of a command.
    private static func end<Root: ParsableCommand>(_ root: Root.Type, byParser error: any Error) -> Never {
        let text = root.fullMessage(for: error)
        guard root.exitCode(for: error) == .success else {
            Standard.errorText(text + "\n")
            exit(ExitStatus.usage.rawValue)
        }
        do throws(CommandFailure) { try Standard.output(text) } catch { end(error) }
        exit(ExitStatus.done.rawValue)
    }
}
