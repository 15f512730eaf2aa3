import Foundation
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization
import Testing
import Trust

/// The other end of the line, for tests: says what it is told to and hears lines, or the end.
final class LinePeer: Sendable {
    private let channel: any Channel
    private let lines: Mailbox

    private init(channel: any Channel, lines: Mailbox) {
        self.channel = channel
        self.lines = lines
    }

    /// Connects and finishes the TLS handshake.
    static func connect(
        port: Int, _ context: NIOSSLContext, trusting authority: String, from address: String = "127.0.0.1"
    ) async throws -> LinePeer {
        let mailbox = Mailbox()
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .bind(to: SocketAddress(ipAddress: address, port: 0))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandlers(
                        TransportSecurity.clientHandler(context, trusting: authority), LineCollector(mailbox))
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
        return LinePeer(channel: channel, lines: mailbox)
    }

    /// Says a line; the LF is added.
    func say(_ line: String) async throws { try await send(line + "\n") }

    /// Sends bytes as they are.
    func send(_ text: String) async throws { try await channel.writeAndFlush(ByteBuffer(string: text)).get() }

    /// The next line; nil when the other end has closed.
    func hear() async -> String? { await lines.next() }

    /// Says a line and hears the reply to it.
    func ask(_ line: String) async throws -> String? {
        try await say(line)
        return await hear()
    }

    /// Renews `identity` as its worker does: over this connection, with a new key.
    func renew(_ identity: Identity) async throws -> Identity {
        struct Renewed: Decodable {
            var authorities: [String]
            var certificate: String
        }
        let renewal = try Renewal(of: identity)
        let body = try JSONEncoder().encode(["signingRequest": renewal.signingRequest])
        let reply = try #require(try await ask("RENEW " + String(decoding: body, as: UTF8.self)))
        let renewed = try JSONDecoder().decode(Renewed.self, from: Data(reply.dropFirst(3).utf8))
        return try await renewal.accept(certificate: renewed.certificate, authorities: renewed.authorities)
    }

    /// Reads nothing from here on: it does not learn that the other end closes, and does not answer that.
    func fallSilent() async throws { try await channel.setOption(.autoRead, value: false).get() }

    func close() async { try? await channel.close().get() }
}

/// The lines that were heard, in their order; one reader.
private final class Mailbox: Sendable {
    private struct State {
        var lines: [String] = []
        var isClosed = false
        var reader: CheckedContinuation<String?, Never>?
    }

    private let state = Mutex(State())

    func put(_ line: String) {
        let reader = state.withLock { state -> CheckedContinuation<String?, Never>? in
            guard let reader = state.reader else {
                state.lines.append(line)
                return nil
            }
            state.reader = nil
            return reader
        }
        reader?.resume(returning: line)
    }

    func close() {
        let reader = state.withLock { state in
            state.isClosed = true
            defer { state.reader = nil }
            return state.reader
        }
        reader?.resume(returning: nil)
    }

    func next() async -> String? {
        await withCheckedContinuation { continuation in
            let (isReady, line) = state.withLock { state -> (Bool, String?) in
                if !state.lines.isEmpty { return (true, state.lines.removeFirst()) }
                if state.isClosed { return (true, nil) }
                state.reader = continuation
                return (false, nil)
            }
            if isReady { continuation.resume(returning: line) }
        }
    }
}

/// Cuts what comes into lines.
private final class LineCollector: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let mailbox: Mailbox
    private var rest = ByteBuffer()

    init(_ mailbox: Mailbox) { self.mailbox = mailbox }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        rest.writeBuffer(&bytes)
        while let end = rest.readableBytesView.firstIndex(of: UInt8(ascii: "\n")) {
            let line = rest.readString(length: end - rest.readerIndex) ?? ""
            rest.moveReaderIndex(forwardBy: 1)
            mailbox.put(line)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        mailbox.close()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
