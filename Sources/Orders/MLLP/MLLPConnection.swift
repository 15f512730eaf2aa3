internal import Foundation
internal import Logging
internal import Migration
internal import NIOCore
internal import NIOTLS

/// One connection of a sender; TLS, if any, has been spoken before it in the pipeline.
///
/// Reads no further while too many messages wait for their replies, or while the sender does not take them.
final class MLLPConnection: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let service: MLLPService
    private var framer: MLLPFramer
    private var replies = MLLPReplies()
    private var isReadWanted = false
    private var isClosed = false
    private var timing: MLLPTiming
    private let eventLoop: any EventLoop
    private var inspection: RepeatedTask?

    init(service: MLLPService, eventLoop: any EventLoop) {
        self.service = service
        self.eventLoop = eventLoop
        framer = MLLPFramer(limit: service.messageByteCount)
        timing = MLLPTiming(idle: .milliseconds(service.idle.milliseconds), isSecured: !service.isSecured, now: eventLoop.now)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        inspection = context.eventLoop.scheduleRepeatedTask(initialDelay: MLLPLimits.inspection, delay: MLLPLimits.inspection) { _ in
            let (connection, context) = bound.value
            connection.inspect(context)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        isClosed = true
        inspection?.cancel()
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted = event as? TLSUserEvent { timing.isSecured = true }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { close(context, because: "\(error)") }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        framer.append(&bytes)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        takeMessages(context)
        context.fireChannelReadComplete()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        takeMessages(context)
        context.fireChannelWritabilityChanged()
    }

    func read(context: ChannelHandlerContext) {
        if mayTakeMore(context) { context.read() } else { isReadWanted = true }
    }

    private func mayTakeMore(_ context: ChannelHandlerContext) -> Bool { replies.hasRoom && context.channel.isWritable }

    private func takeMessages(_ context: ChannelHandlerContext) {
        // What leaves makes room for what waits to be taken.
        sendReplies(context)
        while !isClosed, mayTakeMore(context), let frame = framer.next() {
            timing.messageCame(at: eventLoop.now)
            switch frame {
            case .message(let bytes): take(bytes, context)
            case .tooLong(let beginning):
                let ticket = replies.enter(byteCount: 0)
                reply(service.refuse(beginning), to: ticket, context)
            case .stray: return close(context, because: "bytes outside of a frame: the peer does not speak MLLP")
            }
        }
        timing.isInMessage(framer.isInMessage && mayTakeMore(context), at: eventLoop.now)
        sendReplies(context)
        if isReadWanted, !isClosed, mayTakeMore(context) {
            isReadWanted = false
            context.read()
        }
    }

    private func take(_ bytes: [UInt8], _ context: ChannelHandlerContext) {
        let ticket = replies.enter(byteCount: bytes.count)
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        let loop = context.eventLoop
        service.receive(bytes) { answer in
            // Also where it is answered at once: the replies leave when all messages at hand are taken.
            loop.execute {
                let (connection, context) = bound.value
                guard !connection.isClosed else { return }
                connection.reply(answer, to: ticket, context)
                connection.takeMessages(context)
            }
        }
    }

    private func reply(_ answer: HL7Inlet.Answer, to ticket: Int, _ context: ChannelHandlerContext) {
        replies.fill(ticket, with: answer)
        guard let fault = answer.fault else { return }
        let metadata: Logger.Metadata = ["condition": "\(fault.code.rawValue)", "fault": "\(fault.text)"]
        service.log.tell(.message, .notice, "a message was refused", of: context.remoteAddress, metadata, at: eventLoop.now)
    }

    private func sendReplies(_ context: ChannelHandlerContext) {
        var isAnyWritten = false
        while !isClosed, let answer = replies.next() {
            guard let bytes = answer.bytes else { continue }
            var frame = context.channel.allocator.buffer(capacity: bytes.count + 3)
            frame.writeInteger(MLLPFramer.startBlock)
            frame.writeBytes(bytes)
            frame.writeInteger(MLLPFramer.endBlock)
            frame.writeInteger(MLLPFramer.carriageReturn)
            context.write(wrapOutboundOut(frame), promise: nil)
            isAnyWritten = true
        }
        if isAnyWritten { context.flush() }
    }

    private func inspect(_ context: ChannelHandlerContext) {
        guard !isClosed, let reason = timing.overdue(at: eventLoop.now) else { return }
        close(context, because: reason)
    }

    private func close(_ context: ChannelHandlerContext, because reason: String) {
        guard !isClosed else { return }
        isClosed = true
        service.log.tell(.connection, .info, "a sender's connection was closed by us", of: context.remoteAddress, ["reason": "\(reason)"], at: eventLoop.now)
        context.close(promise: nil)
    }
}
