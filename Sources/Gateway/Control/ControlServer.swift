internal import Foundation
import Glibc
import Migration
import NIOCore
import NIOPosix

/// The worker's end of its control socket: a Unix socket of mode 0600, one request a line, one reply a line.
final class ControlServer: Sendable {
    typealias Answer = @Sendable (ControlRequest, @escaping @Sendable (ControlReply) -> Void) -> Void

    private let channel: any Channel
    private let path: String

    private init(channel: any Channel, path: String) {
        self.channel = channel
        self.path = path
    }

    /// Listens at `path`. A socket that a dead worker left is replaced; the spool's lock keeps two living ones apart.
    static func start(at path: String, on group: any EventLoopGroup, answer: @escaping Answer) async throws -> ControlServer {
        try ControlSocket.check(path)
        try FileSystem.remove(path)
        do {
            let channel = try await ServerBootstrap(group: group)
                .serverChannelOption(.backlog, value: Int32(GatewayLimits.controlConnections))
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(ControlHandler(answer: answer))
                    }
                }
                .bind(unixDomainSocketPath: path).get()
            guard chmod(path, 0o600) == 0 else { throw PosixFile.failure("restrict", path) }
            return ControlServer(channel: channel, path: path)
        } catch {
            throw GatewayError(.control, "cannot listen at \(path): \(error)")
        }
    }

    func close() async {
        try? await channel.close()
        try? FileSystem.remove(path)
    }
}

/// Names of control sockets.
enum ControlSocket {
    static func check(_ path: String) throws(GatewayError) {
        guard path.utf8.count <= GatewayLimits.socketPathByteCount else {
            throw GatewayError(
                .control,
                "the control socket's path has \(path.utf8.count) bytes, the system's limit is \(GatewayLimits.socketPathByteCount): \(path)")
        }
    }
}

/// One connection to the control socket.
private final class ControlHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let answer: ControlServer.Answer
    private var rest = ByteBuffer()

    init(answer: @escaping ControlServer.Answer) { self.answer = answer }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = unwrapInboundIn(data)
        rest.writeBuffer(&buffer)
        guard rest.readableBytes <= GatewayLimits.controlLineByteCount else { return context.close(promise: nil) }
        while let length = rest.readableBytesView.firstIndex(of: UInt8(ascii: "\n")).map({ $0 - rest.readerIndex }) {
            let line = rest.readBytes(length: length) ?? []
            rest.moveReaderIndex(forwardBy: 1)
            take(line, context.channel)
        }
    }

    private func take(_ line: [UInt8], _ channel: any Channel) {
        guard let request = try? JSONDecoder().decode(ControlRequest.self, from: Data(line)) else {
            return Self.say(ControlReply(.refused, code: "malformed", message: "this is no command of the control socket"), channel)
        }
        answer(request) { Self.say($0, channel) }
    }

    private static func say(_ reply: ControlReply, _ channel: any Channel) {
        let bytes = (try? JSONEncoder().encode(reply)) ?? Data()
        channel.writeAndFlush(ByteBuffer(bytes: Array(bytes) + [UInt8(ascii: "\n")]), promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
