import LineProtocol
import Migration
import NIOCore
import NIOTLS
import Trust

/// What happens on one connection to the coordinator.
enum LineEvent: Sendable {
    /// The handshake has verified the coordinator; lines may be said over this connection.
    case ready(LineConnection)
    /// A line came, without its LF.
    case line([UInt8])
    /// One end does not believe the other who it is; ``closed(_:)`` follows.
    case refused(HandshakeRefusal)
    /// The connection is over, and why, for people.
    case closed(String)
}

/// Cuts the coordinator's bytes into lines. A line beyond the bound ends the connection: a coordinator sends none.
final class LineHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let deliver: (LineEvent) -> Void
    private var rest = ByteBuffer()
    private var isClosed = false
    private var handshakeTimeout: Scheduled<Void>?

    init(deliver: @escaping (LineEvent) -> Void) { self.deliver = deliver }

    func channelActive(context: ChannelHandlerContext) {
        let loopBound = NIOLoopBound(context, eventLoop: context.eventLoop)
        handshakeTimeout = context.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(GatewayLimits.connectTimeout.milliseconds)) {
            self.close(loopBound.value, "no TLS handshake within \(GatewayLimits.connectTimeout.milliseconds / 1000) s")
        }
        context.fireChannelActive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted(_)? = event as? TLSUserEvent {
            handshakeTimeout?.cancel()
            deliver(.ready(LineConnection(channel: context.channel)))
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isClosed else { return }
        var buffer = unwrapInboundIn(data)
        rest.writeBuffer(&buffer)
        while let length = rest.readableBytesView.firstIndex(of: UInt8(ascii: "\n")).map({ $0 - rest.readerIndex }) {
            guard length < LineLimits.lineByteCount else { return tooLong(context) }
            deliver(.line(rest.readBytes(length: length) ?? []))
            rest.moveReaderIndex(forwardBy: 1)
        }
        if rest.readableBytes >= LineLimits.lineByteCount { return tooLong(context) }
        rest.discardReadBytes()
    }

    private func tooLong(_ context: ChannelHandlerContext) {
        close(context, "the coordinator sent a line of more than \(LineLimits.lineByteCount) bytes")
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let refusal = HandshakeRefusal(error), !isClosed { deliver(.refused(refusal)) }
        close(context, "\(error)")
    }

    func channelInactive(context: ChannelHandlerContext) {
        end("the coordinator closed the connection")
        context.fireChannelInactive()
    }

    private func close(_ context: ChannelHandlerContext, _ reason: String) {
        end(reason)
        context.close(promise: nil)
    }

    private func end(_ reason: String) {
        guard !isClosed else { return }
        isClosed = true
        handshakeTimeout?.cancel()
        deliver(.closed(reason))
    }
}
