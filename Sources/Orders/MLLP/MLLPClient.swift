public import DICOMNetwork
public import Migration
internal import NIOCore
internal import NIOPosix

/// Our connection to a system that takes messages: HL7 v2 over MLLP, with TLS if configured. One message is under way at a time.
public actor MLLPClient {
    private let host: String
    private let port: Int
    private let security: SecureTransport?
    private let timeout: TimeAmount
    private var channel: (any Channel)?

    /// From the beginning of a connection to its end.
    private static var connecting: TimeAmount { .seconds(5) }

    /// A client of `host`; it connects when there is something to say.
    ///
    /// - Parameters:
    ///   - security: how TLS is spoken; nil: it is not.
    ///   - timeout: how long a reply is awaited.
    public init(host: String, port: Int, security: SecureTransport? = nil, timeout: Interval) {
        self.host = host
        self.port = port
        self.security = security
        self.timeout = .milliseconds(timeout.milliseconds)
    }

    /// Sends `message` and returns the reply that `isReply` knows as the one to it; replies to others are passed over.
    ///
    /// - Throws: ``MLLPError`` when there was none; the connection is closed then, and the next message opens another one.
    public func exchange<Reply: Sendable>(_ message: [UInt8], _ isReply: @escaping @Sendable ([UInt8]) -> Reply?) async throws(MLLPError) -> Reply {
        let channel = try await connected()
        let promise = channel.eventLoop.makePromise(of: [UInt8].self)
        let question = MLLPQuestion(message: message, timeout: timeout, isReply: { isReply($0) != nil }, reply: promise)
        channel.writeAndFlush(question).whenFailure { promise.fail($0) }
        do {
            // A task that is cancelled waits no longer: what it sent is sent again.
            let bytes = try await withTaskCancellationHandler { try await promise.futureResult.get() } onCancel: { channel.close(promise: nil) }
            if let reply = isReply(bytes) { return reply }
        } catch {
            await close()
            throw (error as? MLLPError) ?? MLLPError("the connection to \(host):\(port) broke before the reply: \(type(of: error))")
        }
        throw MLLPError("the reply of \(host):\(port) cannot be read")
    }

    /// Closes the connection.
    public func close() async {
        try? await channel?.close().get()
        channel = nil
    }

    private func connected() async throws(MLLPError) -> any Channel {
        if let channel, channel.isActive { return channel }
        let (host, security) = (host, security)
        let bootstrap = ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connectTimeout(Self.connecting)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelOption(.socketOption(.so_keepalive), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let security { try channel.pipeline.syncOperations.addHandler(security.clientHandler(for: host)) }
                    try channel.pipeline.syncOperations.addHandler(MLLPAsker())
                }
            }
        do {
            let opened = try await bootstrap.connect(host: host, port: port).get()
            channel = opened
            return opened
        } catch {
            throw MLLPError("nobody takes messages at \(host):\(port): \((error as? NetworkError)?.message ?? "no connection")")
        }
    }
}

/// A message on its way out, and who waits for the reply.
struct MLLPQuestion: Sendable {
    let message: [UInt8]
    let timeout: TimeAmount
    let isReply: @Sendable ([UInt8]) -> Bool
    let reply: EventLoopPromise<[UInt8]>
}

/// Sends a message in its frame and hands over the reply to it.
final class MLLPAsker: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = MLLPQuestion
    typealias OutboundOut = ByteBuffer

    private var framer = MLLPFramer()
    private var question: MLLPQuestion?
    private var timer: Scheduled<Void>?

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let question = unwrapOutboundIn(data)
        self.question = question
        timer = context.eventLoop.scheduleTask(in: question.timeout) {
            question.reply.fail(MLLPError("no reply within \(question.timeout.nanoseconds / 1_000_000_000) s"))
        }
        var frame = context.channel.allocator.buffer(capacity: question.message.count + 3)
        frame.writeInteger(MLLPFramer.startBlock)
        frame.writeBytes(question.message)
        frame.writeInteger(MLLPFramer.endBlock)
        frame.writeInteger(MLLPFramer.carriageReturn)
        context.write(wrapOutboundOut(frame), promise: promise)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        framer.append(&bytes)
        while let frame = framer.next() {
            switch frame {
            case .message(let bytes):
                // One to an earlier message comes late: it was settled by what came of that.
                guard let question, question.isReply(bytes) else { continue }
                end { $0.succeed(bytes) }
            case .tooLong: return fail(context, MLLPError("a reply has more than \(HL7Limits.messageByteCount) bytes"))
            case .stray: return fail(context, MLLPError("bytes outside of a frame: the peer does not speak MLLP"))
            }
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        end { $0.fail(MLLPError("the connection was closed before the reply")) }
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { fail(context, MLLPError("the connection broke before the reply: \(type(of: error))")) }

    private func fail(_ context: ChannelHandlerContext, _ error: MLLPError) {
        end { $0.fail(error) }
        context.close(promise: nil)
    }

    private func end(_ body: (EventLoopPromise<[UInt8]>) -> Void) {
        timer?.cancel()
        timer = nil
        if let question { body(question.reply) }
        question = nil
    }
}
