internal import Glibc
internal import NIOCore
internal import NIOPosix

/// A TCP connection with the upper layer on it.
struct Connection: Sendable {
    let channel: any Channel
    let handler: NIOLoopBound<UpperLayerHandler>
    let negotiation: Negotiation

    /// Most bytes that one read from the socket takes, so that a P-DATA-TF of full length comes in one or two.
    private static let maximumReadSize = 262_144

    /// Opens the connection; the upper layer sends A-ASSOCIATE-RQ on it at once and completes the promise with the answer.
    ///
    /// - Throws: `NetworkError.connectFailed`; the promise has then failed too.
    static func open(
        to address: ApplicationEntityAddress, negotiation: Negotiation, timeouts: AssociationTimeouts,
        accepted: EventLoopPromise<AssociateAccept>
    ) async throws -> Connection {
        let loop = accepted.futureResult.eventLoop
        let bootstrap = ClientBootstrap(group: loop)
            .connectTimeout(TimeAmount(timeouts.connect))
            // Without it Nagle's algorithm and delayed acknowledgement cost some 40 ms for each object.
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelOption(.socketOption(.so_keepalive), value: 1)
            .channelOption(
                .recvAllocator, value: AdaptiveRecvByteBufferAllocator(minimum: 1_024, initial: 16_384, maximum: maximumReadSize)
            )
        do {
            let initialize: @Sendable (any Channel) -> EventLoopFuture<Connection> = { channel in
                channel.eventLoop.makeCompletedFuture {
                    let handler = UpperLayerHandler(request: negotiation.request, timeouts: timeouts, accepted: accepted)
                    try assemble(channel.pipeline.syncOperations, handler)
                    return Connection(
                        channel: channel, handler: NIOLoopBound(handler, eventLoop: channel.eventLoop), negotiation: negotiation)
                }
            }
            // An address needs no resolver, whose threads may all be busy.
            if let resolved = try? SocketAddress(ipAddress: address.host, port: address.port) {
                return try await bootstrap.connect(to: resolved, channelInitializer: initialize)
            }
            return try await bootstrap.connect(host: address.host, port: address.port, channelInitializer: initialize)
        } catch {
            let failure = (error as? NetworkError) ?? connectFailure(address, error)
            accepted.fail(failure)
            throw failure
        }
    }

    /// The handlers of a connection, nearest to the socket first. TLS (PS3.15 §B.12) has its place before the upper layer.
    private static func assemble(_ pipeline: ChannelPipeline.SynchronousOperations, _ upperLayer: UpperLayerHandler) throws {
        try pipeline.addHandler(upperLayer)
    }

    func abort(_ error: NetworkError) {
        channel.eventLoop.execute { handler.value.abort(error) }
    }

    private static func connectFailure(_ address: ApplicationEntityAddress, _ error: any Error) -> NetworkError {
        let reason =
            (error as? NIOConnectionError).map { failure in
                failure.connectionErrors.first.map { text(of: $0.error) } ?? "the name has no address"
            } ?? text(of: error)
        return NetworkError(.connectFailed, "cannot connect to \(address.host) port \(address.port): \(reason)")
    }

    private static func text(of error: any Error) -> String {
        switch error {
        case let error as IOError: String(cString: strerror(error.errnoCode))
        case ChannelError.connectTimeout(let limit): "no answer within \(limit.nanoseconds / 1_000_000) ms"
        default: "\(error)"
        }
    }
}
