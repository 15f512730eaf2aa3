internal import NIOCore
internal import NIOPosix
internal import NIOSSL
internal import Synchronization

/// A TCP port on which peers ask us for associations: a storage provider for C-MOVE, and where storage commitment's reports come in.
///
/// A peer that stalls, floods, lies about lengths or vanishes costs its own association; so many of them at most are open at once.
public final class AssociationAcceptor: Sendable {
    /// What the acceptor is and takes.
    public struct Settings: Sendable {
        /// Titles that we answer to; any when empty.
        public var aeTitles: Set<String> = []
        /// Associations at once; one more is rejected for the moment (local limit exceeded).
        public var maximumAssociations = 32
        /// Associations at once that peers of one address may have: half of them, so that no host keeps another one out.
        public var maximumAssociationsOfAnAddress = 16
        /// How long each wait may last.
        public var timeouts = AssociationTimeouts()
        /// TLS, with certificates at both ends; nil: none.
        public var security: SecureTransport?
        /// Whether instances are taken.
        public var takesStorage = true

        /// The defaults.
        public init() {}
    }

    /// The port that it listens on.
    public let port: Int
    private let settings: Settings
    private let guests: GuestList
    private let server: NIOAsyncChannel<Connection, Never>

    private init(_ server: NIOAsyncChannel<Connection, Never>, _ settings: Settings, _ guests: GuestList) {
        self.server = server
        self.settings = settings
        self.guests = guests
        port = server.channel.localAddress?.port ?? 0
    }

    /// Listens; nothing is answered before ``serve(_:)``.
    ///
    /// - Parameters:
    ///   - host: An address of this machine; `0.0.0.0` is all of them.
    ///   - port: 0 is any free one.
    /// - Throws: `NetworkError.cannotListen`, or `.untrusted` for TLS that cannot be set up.
    public static func listen(host: String = "0.0.0.0", port: Int, _ settings: Settings = .init()) async throws -> AssociationAcceptor {
        let context = try settings.security.map { try $0.serverContext() }
        let guests = GuestList(settings)
        do {
            let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
                .childChannelOption(.socketOption(.so_keepalive), value: 1)
                .childChannelOption(.recvAllocator, value: Connection.receiveAllocator)
                .bind(host: host, port: port) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        do {
                            try guests.enter(channel)
                            let below: [any ChannelHandler] = context.map { [NIOSSLServerHandler(context: $0)] } ?? []
                            return try Connection(
                                on: channel, below: below, .acceptor { guests.answer($0, on: channel) },
                                timeouts: settings.timeouts, words: TransportWords(peer: "the caller", security: settings.security))
                        } catch {
                            // Nobody else closes a connection that could not be set up.
                            channel.close(promise: nil)
                            throw error
                        }
                    }
                }
            return AssociationAcceptor(server, settings, guests)
        } catch {
            throw NetworkError(.cannotListen, "cannot listen at \(host) port \(port): \(error)")
        }
    }

    /// Answers to this title too, from now on; to no others than those that were named, once one was.
    public func answer(to aeTitle: String) { guests.add(aeTitle) }

    /// Answers peers until the task is cancelled. Then the port and all associations are closed.
    ///
    /// - Throws: `NetworkError.closed` when the port broke.
    public func serve(_ services: some ProvidedServices) async throws {
        do {
            try await server.executeThenClose { connections in
                try await withThrowingDiscardingTaskGroup { group in
                    for try await connection in connections {
                        group.addTask { await self.serve(services, on: connection) }
                    }
                    group.cancelAll()
                }
            }
        } catch is CancellationError {
            return
        } catch {
            throw NetworkError(.closed, "the port \(port) broke: \(error)")
        }
    }

    private func serve(_ services: some ProvidedServices, on connection: Connection) async {
        var peer: AssociationPeer?
        do {
            let established = try await withTaskCancellationHandler {
                try await connection.established.get()
            } onCancel: {
                connection.abort(Association.cancellation)
            }
            let caller = AssociationPeer(
                callingAETitle: established.request.callingAETitle, calledAETitle: established.request.calledAETitle)
            peer = caller
            let association = try Association(
                connection, with: caller.callingAETitle, accepted: AcceptorNegotiation.accepted(established),
                peer: established.request.userInformation, window: 1, timeouts: settings.timeouts)
            try await association.serve(services, caller)
        } catch {
            let failure = error as? NetworkError ?? NetworkError.unexpected(error)
            connection.abort(failure)
            await services.note(failure, of: peer)
        }
    }
}
