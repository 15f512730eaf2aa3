import ArgumentParser
import Gateway
import Terminal

/// `worker insert`: this disc is now in this drive.
struct InsertCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "insert",
        abstract: "Say which disc is now in which drive, and wait for the coordinator's decision.",
        discussion: "Exit status 0 when it is being read, 1 when it is not to be read, 3 when no coordinator answers.")

    @Argument(help: "The label on the disc's sleeve.")
    var label: String

    @Option(help: "The drive's name in the worker's configuration.")
    var drive: String

    @OptionGroup var place: ConfigurationOption

    @Flag(help: "Print one JSON document on stdout and nothing else.")
    var json = false

    func run() async throws {
        try await Hands.ask(.insert(label: label, drive: drive), place, json: json)
    }
}

/// `worker eject`: the disc leaves this drive.
struct EjectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "eject",
        abstract: "Say that the disc leaves its drive.",
        discussion: "A disc that is being read stays, unless the reading is given up by --force; it is then asked for again.")

    @Option(help: "The drive's name in the worker's configuration.")
    var drive: String

    @Flag(help: "Give up the reading of the disc.")
    var force = false

    @OptionGroup var place: ConfigurationOption

    @Flag(help: "Print one JSON document on stdout and nothing else.")
    var json = false

    func run() async throws {
        try await Hands.ask(.eject(drive: drive, isForced: force), place, json: json)
    }
}

/// An operator's hands: commands to the worker that runs.
enum Hands {
    static func ask(_ request: ControlRequest, _ place: ConfigurationOption, json: Bool) async throws {
        let configuration = try place.configuration()
        let reply: ControlReply
        do {
            reply = try await ControlClient.ask(request, at: configuration.controlPath)
        } catch {
            throw CommandFailure(.failed, "\(error)")
        }
        if json { try Standard.json(reply) } else { try Standard.output(Standard.plain(reply.message)) }
        switch reply.outcome {
        case .done: return
        case .refused: throw CommandFailure(.failed)
        case .unreachable: throw CommandFailure(.unreachable)
        }
    }
}
