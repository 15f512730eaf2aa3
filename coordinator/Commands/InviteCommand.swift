import ArgumentParser
import Console
import Terminal

/// `coordinator invite`.
struct InviteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "invite", abstract: "Print a one-line invitation for a new worker; it works once.")

    @Argument(help: "The worker's name.")
    var name: String

    @Option(help: "Where it stands.")
    var site = ""

    @Option(help: "How long the invitation lives.")
    var ttl = "30m"

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: JSONOption

    func run() async throws {
        // `30m` is how most tools write minutes; the configuration's spelling `30 min` is understood as well.
        guard let interval = Units.interval(ttl) ?? Units.interval(ttl.hasSuffix("m") ? ttl.dropLast() + "min" : ttl) else {
            throw CommandFailure(.usage, "--ttl \(ttl) is no time with its unit, such as 30m, 45 s or 2 h")
        }
        let operation = InviteWorker(name: name, site: site, timeToLive: interval.milliseconds)
        let configuration = try common.configuration()
        let invitation = try await Operators.ask(configuration) { operators in
            if operators is LocalRunner, configuration.workerPort.port == 0 {
                throw CommandFailure(
                    .usage,
                    "worker-port.port is 0 and no coordinator serves, so the port that the invitation is to name is not known: serve first, or set it")
            }
            return try await operators.run(operation)
        }
        if output.json { try Standard.json(invitation) } else { try Standard.output(invitation.invitation) }
    }
}
