internal import NIOCore
internal import NIOPosix

/// A TCP connection with the upper layer on it, and TLS below that where it is wanted.
struct Connection: Sendable {
    let channel: any Channel
    let handler: NIOLoopBound<UpperLayerHandler>
    /// What both ends agree on, or why they do not.
    let established: EventLoopFuture<UpperLayerHandler.Established>

    /// Most bytes that one read from the socket takes, so that a P-DATA-TF of full length comes in one or two.
    private static let maximumReadSize = 262_144
    static let receiveAllocator = AdaptiveRecvByteBufferAllocator(minimum: 1_024, initial: 16_384, maximum: maximumReadSize)

    /// Opens the connection; the upper layer sends A-ASSOCIATE-RQ on it at once.
    ///
    /// - Throws: `NetworkError.connectFailed`, or `.untrusted` for TLS that cannot be configured.
    static func open(
        to address: ApplicationEntityAddress, request: AssociateRequest, timeouts: AssociationTimeouts, security: SecureTransport?
    ) async throws -> Connection {
        let bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton.next())
            .connectTimeout(TimeAmount(timeouts.connect))
            // Without it Nagle's algorithm and delayed acknowledgement cost some 40 ms for each object.
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelOption(.socketOption(.so_keepalive), value: 1)
            .channelOption(.recvAllocator, value: receiveAllocator)
        do {
            let initialize: @Sendable (any Channel) -> EventLoopFuture<Connection> = { channel in
                channel.eventLoop.makeCompletedFuture {
                    let below = try security.map { [try $0.clientHandler(for: address.host)] } ?? []
                    let words = TransportWords(peer: "\(address.host) port \(address.port)", security: security)
                    return try Connection(on: channel, below: below, .requestor(request), timeouts: timeouts, words: words)
                }
            }
            // An address needs no resolver, whose threads may all be busy.
            if let resolved = try? SocketAddress(ipAddress: address.host, port: address.port) {
                return try await bootstrap.connect(to: resolved, channelInitializer: initialize)
            }
            return try await bootstrap.connect(host: address.host, port: address.port, channelInitializer: initialize)
        } catch {
            throw (error as? NetworkError) ?? connectFailure(address, error)
        }
    }

    /// Puts the upper layer on a channel, from its event loop. What is below is nearer to the socket: TLS (PS3.15 §B.12).
    init(
        on channel: any Channel, below: [any ChannelHandler], _ side: UpperLayerHandler.Side, timeouts: AssociationTimeouts,
        words: TransportWords
    ) throws {
        let promise = channel.eventLoop.makePromise(of: UpperLayerHandler.Established.self)
        let handler = UpperLayerHandler(side, timeouts: timeouts, words: words, established: promise)
        self.channel = channel
        self.handler = NIOLoopBound(handler, eventLoop: channel.eventLoop)
        established = promise.futureResult
        do {
            for other in below { try channel.pipeline.syncOperations.addHandler(other) }
            try channel.pipeline.syncOperations.addHandler(handler)
        } catch {
            promise.fail(error)
            throw error
        }
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
        guard case ChannelError.connectTimeout(let limit) = error else { return TransportWords.plain(error) }
        return "no answer within \(limit.nanoseconds / 1_000_000) ms"
    }
}
