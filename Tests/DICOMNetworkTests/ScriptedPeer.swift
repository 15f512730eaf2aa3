import NIOCore
import NIOPosix

@testable import DICOMNetwork

/// An acceptor that does what a test tells it to, however wrong, on a free port of 127.0.0.1.
struct ScriptedPeer {
    /// What the peer does after a PDU.
    enum Reply {
        case pdu(PDU)
        case bytes([UInt8])
        case close
        /// Sends this every so often until the connection is closed.
        case repeating(PDU, every: TimeAmount)
        /// Reads nothing more from the socket.
        case stopReading
    }

    typealias Script = @Sendable (PDU) -> [Reply]

    let address: ApplicationEntityAddress
    private let channel: any Channel

    static func start(answersRelease: Bool = true, _ script: @escaping Script) async throws -> ScriptedPeer {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelOption(.autoRead, value: true)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Acceptor(script: script, answersRelease: answersRelease))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let port = channel.localAddress?.port ?? 0
        return ScriptedPeer(
            address: try ApplicationEntityAddress(
                calledAETitle: "NASTY", host: "127.0.0.1", port: port, callingAETitle: "SKEIN"),
            channel: channel)
    }

    func stop() async throws {
        try await channel.close()
    }

    /// An acceptance of every context with its first transfer syntax.
    static func acceptance(of request: AssociateRequest, maximumPDULength: UInt32 = 16_384) -> PDU {
        var information = UserInformation()
        information.maximumPDULength = maximumPDULength
        information.implementationClassUID = "1.2.3.4"
        information.roles = request.userInformation.roles
        return .associateAccept(
            AssociateAccept(
                calledAETitle: request.calledAETitle, callingAETitle: request.callingAETitle,
                contexts: request.contexts.map { .init(id: $0.id, result: 0, transferSyntaxUID: $0.transferSyntaxUIDs[0]) },
                userInformation: information))
    }

    /// A command as a PDU of its own.
    static func command(_ command: CommandSet, contextID: UInt8 = 1) -> PDU {
        var bytes = ByteBuffer()
        command.encode(into: &bytes)
        return .data([PresentationDataValue(contextID: contextID, isCommand: true, isLast: true, fragment: bytes)])
    }

    /// Whether the data values begin with a C-FIND request.
    static func isFind(_ values: [PresentationDataValue]) -> Bool {
        guard var fragment = values.first(where: \.isCommand)?.fragment else { return false }
        return (try? CommandSet(from: &fragment))?.kind == .findRequest
    }

    /// A response to the command in these data values, nil when there is none.
    static func response(_ kind: CommandSet.Kind, to values: [PresentationDataValue], status: UInt16, hasDataSet: Bool = false) -> PDU? {
        guard let value = values.first(where: \.isCommand) else { return nil }
        var fragment = value.fragment
        guard let request = try? CommandSet(from: &fragment) else { return nil }
        var response = CommandSet(kind, hasDataSet: hasDataSet)
        response[.messageIDBeingRespondedTo] = request[.messageID]
        response[.status] = status
        return command(response, contextID: value.contextID)
    }
}

private final class Acceptor: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let script: ScriptedPeer.Script
    private let answersRelease: Bool
    private var received = ByteBuffer()

    init(script: @escaping ScriptedPeer.Script, answersRelease: Bool) {
        self.script = script
        self.answersRelease = answersRelease
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var incoming = unwrapInboundIn(data)
        received.writeBuffer(&incoming)
        while let pdu = try? PDU.decode(from: &received) {
            for reply in script(pdu) { perform(reply, on: context) }
            if answersRelease, case .releaseRequest = pdu { perform(.pdu(.releaseResponse), on: context) }
        }
    }

    private func repeatedly(_ pdu: PDU, _ interval: TimeAmount, on context: ChannelHandlerContext) {
        var bytes = ByteBuffer()
        pdu.encode(into: &bytes)
        let (channel, sent) = (context.channel, bytes)
        let task = channel.eventLoop.scheduleRepeatedTask(initialDelay: .zero, delay: interval) { _ in channel.writeAndFlush(sent, promise: nil) }
        channel.closeFuture.whenComplete { _ in task.cancel() }
    }

    private func perform(_ reply: ScriptedPeer.Reply, on context: ChannelHandlerContext) {
        switch reply {
        case .pdu(let pdu):
            var bytes = ByteBuffer()
            pdu.encode(into: &bytes)
            context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
        case .bytes(let bytes): context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
        case .close: context.close(promise: nil)
        case .repeating(let pdu, let interval): repeatedly(pdu, interval, on: context)
        case .stopReading: _ = context.channel.setOption(.autoRead, value: false)
        }
    }
}
