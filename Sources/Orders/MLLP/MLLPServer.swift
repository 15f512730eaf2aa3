public import Logging
internal import NIOCore
internal import NIOPosix
internal import NIOSSL
internal import Synchronization

/// The port at which the hospital's systems send messages: HL7 v2 over MLLP, with TLS if configured.
public final class MLLPServer: Sendable {
    private let listener: any Channel
    private let guests: Guests
    /// The connections that are open.
    var connections: [any Channel] { guests.all }

    /// The port it listens on.
    public let port: Int

    private init(listener: any Channel, guests: Guests, port: Int) {
        self.listener = listener
        self.guests = guests
        self.port = port
    }

    /// Listens and hands messages to `inlet` until ``stop()``.
    ///
    /// - Throws: ``MLLPError`` when it cannot listen, and for a certificate that cannot be used.
    public static func start(_ settings: MLLPSettings, inlet: HL7Inlet, logger: Logger) async throws -> MLLPServer {
        let context = try settings.serverContext()
        let service = MLLPService(settings, inlet: inlet, logger: logger)
        let guests = Guests(settings)
        let bootstrap = ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.backlog, value: MLLPLimits.backlog)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.socketOption(.so_keepalive), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    do throws(MLLPError) {
                        try guests.enter(channel)
                    } catch {
                        service.log.tell(
                            .connection, .notice, "a sender's connection was refused", of: channel.remoteAddress, ["reason": "\(error)"], at: channel.eventLoop.now)
                        throw error
                    }
                    let pipeline = channel.pipeline.syncOperations
                    if let context { try pipeline.addHandler(NIOSSLServerHandler(context: context)) }
                    try pipeline.addHandler(MLLPConnection(service: service, eventLoop: channel.eventLoop))
                }
            }
        do {
            let listener = try await bootstrap.bind(host: settings.host, port: settings.port).get()
            return MLLPServer(listener: listener, guests: guests, port: listener.localAddress?.port ?? settings.port)
        } catch {
            throw MLLPError("cannot listen for HL7 at \(settings.host):\(settings.port): \(error)")
        }
    }

    /// Stops listening and closes all connections; returns when they are closed. What was not acknowledged is sent again by its sender.
    public func stop() async {
        try? await listener.close().get()
        await guests.closeAll()
    }

    /// The open connections.
    private final class Guests: Sendable {
        private let settings: MLLPSettings
        private let channels = Mutex<[ObjectIdentifier: any Channel]>([:])

        init(_ settings: MLLPSettings) { self.settings = settings }

        func enter(_ channel: any Channel) throws(MLLPError) {
            guard settings.peers.allows(channel.remoteAddress) else { throw MLLPError("its address is none of the configured peers") }
            let isEntered = channels.withLock { channels in
                guard channels.count < settings.connections else { return false }
                channels[ObjectIdentifier(channel)] = channel
                return true
            }
            guard isEntered else { throw MLLPError("\(settings.connections) connections are open already") }
            channel.closeFuture.whenComplete { _ in self.channels.withLock { $0[ObjectIdentifier(channel)] = nil } }
        }

        var all: [any Channel] { channels.withLock { Array($0.values) } }

        func closeAll() async {
            let channels = all
            for channel in channels { channel.close(promise: nil) }
            for channel in channels { try? await channel.closeFuture.get() }
        }
    }
}
