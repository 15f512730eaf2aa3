import ArgumentParser
import ConfigurationFile
import Dispatch
import Foundation
import Gateway
import Holding
import Logging
import Terminal

/// `worker run`: works until drained or stopped.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Work until drained or stopped.",
        discussion: """
            Stops on SIGTERM or SIGINT: what is being sent is finished, its result said. While the coordinator is away it \
            connects anew, again and again. Exit status 1 when the coordinator refuses this worker, or its certificate has expired.
            """)

    @OptionGroup var place: ConfigurationOption

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "Image files or folders that stay reachable; the label of each is its file name without .iso or .img.", valueName: "path"))
    var media: [String] = []

    func run() async throws {
        var configuration = try place.configuration()
        for path in media {
            configuration.online.append(.init(label: Self.label(of: path), path: path))
        }
        LoggingSystem.bootstrap { StreamLogHandler.standardError(label: $0) }
        let gateway: Gateway
        do {
            gateway = try Gateway(configuration, logger: Logger(label: "worker"))
        } catch {
            throw CommandFailure(.usage, "\(error)")
        }
        let signals = [SIGTERM, SIGINT].map { Self.onSignal($0) { gateway.stop() } }
        defer { for source in signals { source.cancel() } }
        let progress = ProgressLine()
        do {
            switch try await gateway.run(report: { progress.show($0) }) {
            case .stopped: Standard.error("stopped")
            case .drained: Standard.error("drained")
            case .refused(let error):
                throw CommandFailure(.failed, "the coordinator refuses this worker: \(error.message) (\(error.code.rawValue))")
            }
        } catch let error as GatewayError where error.code == .certificate {
            throw CommandFailure(.failed, "\(error)")
        } catch let error as GatewayError {
            throw CommandFailure(.usage, "\(error)")
        }
    }

    static func label(of path: String) -> String {
        let name = URL(fileURLWithPath: path).lastPathComponent
        let suffix = [".iso", ".img"].first { name.lowercased().hasSuffix($0) } ?? ""
        return String(name.dropLast(suffix.count))
    }

    private static func onSignal(_ number: Int32, _ body: @escaping @Sendable () -> Void) -> any DispatchSourceSignal {
        signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
        source.setEventHandler(handler: body)
        source.resume()
        return source
    }
}

/// `--config` or `--dir`: which worker on this machine.
struct ConfigurationOption: ParsableArguments {
    @Option(help: ArgumentHelp("The configuration that join wrote.", valueName: "file"))
    var config: String?

    @Option(help: ArgumentHelp("The folder with the configuration.", valueName: "dir"))
    var dir: String?

    /// Reads the configuration.
    ///
    /// - Throws: ``CommandFailure`` with status 2 for what is wrong with it.
    func configuration() throws(CommandFailure) -> GatewayConfiguration {
        do throws(ConfigurationError) {
            return try WorkerConfiguration.load(config ?? "\(dir ?? ".")/\(WorkerConfiguration.fileName)")
        } catch {
            throw CommandFailure(.usage, "\(error)")
        }
    }
}
