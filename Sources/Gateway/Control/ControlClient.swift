internal import Foundation
internal import NIOCore
internal import NIOPosix

/// An operator's end of a worker's control socket.
public enum ControlClient {
    /// Asks the worker that listens at `path` and waits for its answer.
    ///
    /// - Throws: ``GatewayError`` with `control` when no worker runs there or it ends before it answers.
    public static func ask(_ request: ControlRequest, at path: String) async throws -> ControlReply {
        try ControlSocket.check(path)
        let (lines, continuation) = AsyncStream.makeStream(of: [UInt8].self)
        let channel: any Channel
        do {
            channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(ReplyHandler(continuation))
                    }
                }
                .connect(unixDomainSocketPath: path).get()
        } catch {
            throw GatewayError(.control, "no worker listens at \(path); is `worker run` running with this configuration?")
        }
        defer { channel.close(promise: nil) }
        try await channel.writeAndFlush(ByteBuffer(bytes: Array(try JSONEncoder().encode(request)) + [UInt8(ascii: "\n")]))
        for await line in lines { return try JSONDecoder().decode(ControlReply.self, from: Data(line)) }
        throw GatewayError(.control, "the worker ended before it answered")
    }
}

/// Gathers the worker's answer.
private final class ReplyHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let lines: AsyncStream<[UInt8]>.Continuation
    private var rest = ByteBuffer()

    init(_ lines: AsyncStream<[UInt8]>.Continuation) { self.lines = lines }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = unwrapInboundIn(data)
        rest.writeBuffer(&buffer)
        guard let end = rest.readableBytesView.firstIndex(of: UInt8(ascii: "\n")) else { return }
        lines.yield(rest.readBytes(length: end - rest.readerIndex) ?? [])
    }

    func channelInactive(context: ChannelHandlerContext) { lines.finish() }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
