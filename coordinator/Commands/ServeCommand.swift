import ArgumentParser
import Console
import Glibc
import Hummingbird
import LineServer
import Logging
import Orders
import ServiceLifecycle
import Terminal
import Trust
import UnixSignals

/// `coordinator serve`.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Run the coordinator until SIGTERM or SIGINT.")

    @OptionGroup var common: CommonOptions

    @Option(help: ArgumentHelp("What to log on stderr: trace, debug, info, notice, warning, error, critical.", valueName: "level"), transform: choice)
    var logLevel: Logger.Level = .info

    func run() async throws {
        let configuration = try common.configuration()
        let folder = MigrationFolder(path: configuration.folder)
        try Operators.checkSocketPath(folder)
        let lock = try await Operators.lockToServe(folder)
        LoggingSystem.bootstrap(StreamLogHandler.standardError)
        Self.raiseFileLimit()
        var logger = Logger(label: "coordinator")
        logger.logLevel = logLevel
        let office = try Office(configuration, lock: lock)
        do {
            try await serve(configuration, folder, office, logger)
        } catch {
            await office.close()
            throw error
        }
        await office.close()
        logger.info("stopped")
    }

    /// A connection takes a file: the thousand that a shell usually allows are fewer than the connections that are answered.
    private static func raiseFileLimit() {
        var limit = rlimit()
        let files = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        guard getrlimit(files, &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        setrlimit(files, &limit)
    }

    private func serve(
        _ configuration: CoordinatorConfiguration, _ folder: MigrationFolder, _ office: Office, _ logger: Logger
    ) async throws {
        let polling = try WorklistPolling(configuration.worklist, desk: office.desk.asked(by: "worklist"), logger: logger)
        let corrections = try CorrectionWork(configuration, office, logger)
        let outbound = try OutboundFeed(configuration, office, logger)
        let server: LineServer
        do {
            server = try await LineServer.start(
                host: configuration.workerPort.host, port: configuration.workerPort.port,
                authorities: office.authorities,
                staging: StagingPolicy(SpoolSecret(in: folder.path), isEncrypted: configuration.areSpoolsEncrypted), engine: office.engine,
                previews: office.previews, logger: logger)
        } catch let error as LineServerError {
            throw CommandFailure(.failed, error.message)
        } catch let error as TrustError {
            throw CommandFailure(.usage, error.message)
        }
        let messages: MLLPServer?
        do throws(CommandFailure) {
            messages = try await HospitalPort.open(configuration, office.engine, logger)
        } catch {
            await server.stop()
            throw error
        }
        let desk = office.desk.reached(at: server.port)
        let console = ConsoleServer(desk: desk, socket: folder.socket, logger: logger).application {
            logger.info("serving", metadata: ["host": "\(configuration.workerPort.host)", "port": "\(server.port)"])
        }
        var services: [any Service] = [console, corrections, PreviewKeeping(office, logger)]
        if office.copying.isWanted { services.append(office.copying) }
        office.copying.log(to: logger)
        if let polling { services.append(polling) }
        if let outbound { services.append(outbound) }
        let group = ServiceGroup(
            configuration: .init(
                services: services, gracefulShutdownSignals: [.sigterm, .sigint], cancellationSignals: [], logger: logger))
        do {
            try await group.run()
        } catch {
            await messages?.stop()
            await server.stop()
            throw CommandFailure(.failed, "the console at \(folder.socket) failed: \(error)")
        }
        await messages?.stop()
        await server.stop()
    }
}
