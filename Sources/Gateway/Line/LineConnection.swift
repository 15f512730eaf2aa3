import Migration
import NIOCore
import NIOPosix
import NIOSSL
import Trust

/// One TLS connection to the coordinator.
struct LineConnection: Sendable {
    let channel: any Channel

    /// How a connection proves who is at its ends.
    enum Security: Sendable {
        /// Both certificates.
        case worker(Identity)
        /// The coordinator's certificate only.
        case enrolling(authority: String)
        /// None: nothing may be said but `AUTHORITY`.
        case stranger

        func makeHandler() throws -> NIOSSLClientHandler {
            switch self {
            case .worker(let identity):
                try TransportSecurity.clientHandler(TransportSecurity.workerContext(identity), trusting: identity.authorityPEM)
            case .enrolling(let authority):
                try TransportSecurity.clientHandler(TransportSecurity.enrollingContext(trusting: authority), trusting: authority)
            case .stranger: try NIOSSLClientHandler(context: TransportSecurity.strangerContext(), serverHostname: nil)
            }
        }
    }

    /// Connects. Nothing may be said before ``LineEvent/ready(_:)`` was delivered, which hands over the connection.
    ///
    /// - Parameter deliver: called on the connection's event loop, in order; the last event is ``LineEvent/closed(_:)``.
    /// - Throws: what kept the TCP connection from coming about.
    static func connect(
        to address: LineAddress, _ security: Security, on group: any EventLoopGroup, deliver: @escaping @Sendable (LineEvent) -> Void
    ) async throws {
        _ = try await ClientBootstrap(group: group)
            .connectTimeout(.milliseconds(GatewayLimits.connectTimeout.milliseconds))
            .channelOption(.socketOption(.tcp_nodelay), value: 1)
            .channelOption(.socketOption(.so_keepalive), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(try security.makeHandler())
                    try channel.pipeline.syncOperations.addHandler(LineHandler(deliver: deliver))
                }
            }
            .connect(host: address.host, port: address.port).get()
    }

    /// Says one line; the LF is added.
    func say(_ line: [UInt8]) {
        var buffer = channel.allocator.buffer(capacity: line.count + 1)
        buffer.writeBytes(line)
        buffer.writeInteger(UInt8(ascii: "\n"))
        channel.writeAndFlush(buffer, promise: nil)
    }

    /// Closes the connection.
    func close() { channel.close(promise: nil) }
}
