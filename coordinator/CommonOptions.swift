import ArgumentParser
import ConfigurationFile
import Terminal

/// Options of every command but `init`.
struct CommonOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The configuration that init wrote.", valueName: "file"))
    var config = "coordinator.yaml"

    /// Reads the configuration.
    func configuration() throws -> CoordinatorConfiguration {
        do throws(ConfigurationError) {
            return try CoordinatorConfiguration.load(config)
        } catch {
            throw CommandFailure(.usage, error.message)
        }
    }
}

/// The option of every command that prints a list or a report.
struct JSONOption: ParsableArguments {
    @Flag(help: "Print one JSON document on stdout and nothing else.")
    var json = false
}

/// Reads one of the words of `Choice`, for options.
@Sendable func choice<Choice: RawRepresentable<String> & CaseIterable>(_ text: String) throws -> Choice {
    guard let value = Choice(rawValue: text) else {
        throw ValidationError("'\(text)' is none of \(Choice.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", "))")
    }
    return value
}
