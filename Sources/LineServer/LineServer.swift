public import Logging
internal import NIOCore
internal import NIOPosix
internal import NIOSSL
public import Previews
public import Trust

/// The coordinator's end of the line: a TLS port on which workers ask and the engine answers.
public final class LineServer: Sendable {
    private let listener: any Channel
    private let register: ConnectionRegister
    let upkeep: LineUpkeep
    private let upkeepTask: RepeatedTask

    /// The port it listens on.
    public let port: Int

    private init(listener: any Channel, register: ConnectionRegister, upkeep: LineUpkeep, upkeepTask: RepeatedTask, port: Int) {
        self.listener = listener
        self.register = register
        self.upkeep = upkeep
        self.upkeepTask = upkeepTask
        self.port = port
    }

    /// Listens at `host` and `port` (0: any free one) and answers until ``stop()``.
    ///
    /// - Parameters:
    ///   - authorities: whose workers are heard; the coordinator's own certificate is of the acting one.
    ///   - staging: what workers are told with their `HELLO`.
    ///   - engine: decides; it is not stopped with the server.
    ///   - previews: which pictures workers are told to make, and takes them.
    /// - Throws: ``LineServerError`` when it cannot listen; errors of the TLS library for an identity that it cannot use.
    public static func start(
        host: String, port: Int, authorities: Authorities, staging: StagingPolicy, engine: EngineThread, previews: PreviewOffice, logger: Logger
    ) async throws -> LineServer {
        let register = ConnectionRegister()
        let service = LineService(
            authorities: authorities, staging: staging, engine: engine, previews: previews, register: register, strangers: StrangerTally(), logger: logger)
        let security = try ServerSecurity(authorities, at: SystemClock.reading())
        let bootstrap = ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.backlog, value: ConnectionLimits.backlog)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    guard register.enter(channel) else { throw LineServerError.tooManyConnections }
                    let shown = try security.shown(at: SystemClock.reading())
                    try channel.pipeline.syncOperations.addHandlers(
                        TransportSecurity.serverHandler(shown.context), LineConnection(service: service, authority: shown.authority))
                }
            }
        let listener: any Channel
        do {
            listener = try await bootstrap.bind(host: host, port: port).get()
        } catch {
            throw failure(error, host, port)
        }
        let upkeep = LineUpkeep(service)
        let task = listener.eventLoop.scheduleRepeatedTask(initialDelay: ConnectionLimits.inspection, delay: ConnectionLimits.inspection) { _ in
            register.inspectAll()
            upkeep.run(at: SystemClock.reading())
        }
        return LineServer(listener: listener, register: register, upkeep: upkeep, upkeepTask: task, port: listener.localAddress?.port ?? port)
    }

    private static func failure(_ error: any Error, _ host: String, _ port: Int) -> LineServerError {
        if let error = error as? IOError, error.errnoCode == EADDRINUSE {
            LineServerError(
                code: .portInUse,
                message: "\(host):\(port) is in use by another program: stop that, or choose another worker-port in the configuration")
        } else {
            LineServerError(code: .cannotListen, message: "cannot listen at \(host):\(port): \(error)")
        }
    }

    /// Connections that are open.
    public var connectionCount: Int { register.count }

    /// Stops listening and closes all connections; returns when they are closed. What was asked and not yet answered is asked again by the worker.
    public func stop() async {
        upkeepTask.cancel()
        try? await listener.close().get()
        await register.closeAll()
        upkeep.storeCertificates()
    }
}
