import Foundation
import NIOCore
import NIOPosix
import Testing

@testable import DICOMNetwork

/// A peer that asks us for an association and then does what it should not costs its own association, and nothing else.
@Suite struct BadCallerTests {
    private static let storage = ProposedContext(TestFile.secondaryCapture, transferSyntaxUIDs: ["1.2.840.10008.1.2"])

    /// Runs the body while another association is open, which must live on; gives what was noted.
    private func failure(
        _ timeouts: AssociationTimeouts = .init(), _ body: (Caller) async throws -> Void
    ) async throws -> (failure: NetworkError?, port: OwnPort) {
        var settings = AssociationAcceptor.Settings()
        settings.timeouts = timeouts
        let port = OwnPort()
        try await port.run(settings) { address in
            try await Association.with(address, proposing: [Association.verificationContext]) { other in
                let caller = try await Caller(address)
                try await body(caller)
                await port.wait { !$0.failures.isEmpty }
                #expect(try await other.echo() == .success)
                await caller.close()
            }
        }
        return (port.failures.first, port)
    }

    private static func short(_ bound: WritableKeyPath<AssociationTimeouts, Duration>) -> AssociationTimeouts {
        var timeouts = AssociationTimeouts()
        timeouts[keyPath: bound] = .milliseconds(300)
        return timeouts
    }

    private static func storeCommand() -> PDU {
        var command = CommandSet(.storeRequest, hasDataSet: true)
        command[.messageID] = 1
        command[text: .affectedSOPClassUID] = TestFile.secondaryCapture
        command[text: .affectedSOPInstanceUID] = "1.2.3"
        return ScriptedPeer.command(command)
    }

    private static func data(_ count: Int, isLast: Bool = false) -> PDU {
        .data([
            PresentationDataValue(contextID: 1, isCommand: false, isLast: isLast, fragment: ByteBuffer(repeating: 7, count: count))
        ])
    }

    @Test("It connects and says nothing")
    func silent() async throws {
        #expect(try await failure(Self.short(\.artim)) { _ in }.failure?.code == .timedOut)
    }

    @Test("It sends what is no PDU, and floods on")
    func garbage() async throws {
        let (failure, _) = try await failure { caller in
            for _ in 0..<64 { try await caller.send(bytes: [UInt8](repeating: 0x47, count: 65_536)) }
        }
        #expect(failure?.code == .violation)
    }

    @Test("It claims an A-ASSOCIATE-RQ of four gigabytes")
    func hugeRequest() async throws {
        let (failure, _) = try await failure { try await $0.send(bytes: [0x01, 0x00, 0xFF, 0xFF, 0xFF, 0xFF]) }
        #expect(failure?.code == .limitExceeded)
        #expect(failure?.message.contains("A-ASSOCIATE-RQ of 4294967295 bytes") == true)
    }

    @Test("It sends data before it has an association")
    func dataFirst() async throws {
        let (failure, _) = try await failure { try await $0.send(Self.storeCommand()) }
        #expect(failure != nil)
    }

    @Test("It stalls after its association was accepted")
    func idle() async throws {
        var settings = AssociationAcceptor.Settings()
        settings.timeouts = Self.short(\.idle)
        let port = OwnPort()
        try await port.run(settings) { address in
            let caller = try await Caller(address)
            try await caller.associate(Self.storage)
            await port.wait { !$0.failures.isEmpty }
            try await ServerProcess.awaitEcho(from: address)
            await caller.close()
        }
        #expect(port.failures.first?.code == .timedOut)
        #expect(port.failures.first?.message.contains("no request") == true)
    }

    @Test("It stalls in the midst of an object, which is given up")
    func stalledObject() async throws {
        let (failure, port) = try await failure(Self.short(\.response)) { caller in
            try await caller.associate(Self.storage)
            try await caller.send(Self.storeCommand())
            try await caller.send(Self.data(4_096))
        }
        #expect(failure?.code == .timedOut)
        #expect(port.abandoned == ["1.2.3"])
        #expect(port.objects.isEmpty)
    }

    @Test("It vanishes in the midst of an object, which is given up")
    func vanished() async throws {
        let (failure, port) = try await failure { caller in
            try await caller.associate(Self.storage)
            try await caller.send(Self.storeCommand())
            try await caller.send(Self.data(4_096))
            await caller.close()
        }
        #expect(failure?.code == .closed)
        #expect(port.abandoned == ["1.2.3"])
    }

    @Test("It lies about the length of a data value")
    func lyingDataValue() async throws {
        let (failure, _) = try await failure { caller in
            try await caller.associate(Self.storage)
            try await caller.send(bytes: [0x04, 0x00, 0x00, 0x00, 0x00, 0x06, 0x00, 0x00, 0x00, 0x09, 0x01, 0x03])
        }
        #expect(failure?.code == .violation)
    }

    @Test("It sends a request in a context that was not accepted")
    func foreignContext() async throws {
        let (failure, _) = try await failure { caller in
            try await caller.associate(Self.storage)
            try await caller.send(ScriptedPeer.command(CommandSet(.echoRequest, hasDataSet: false), contextID: 9))
        }
        #expect(failure?.code == .violation)
    }

    @Test("It answers what nobody asked")
    func unaskedResponse() async throws {
        let (failure, _) = try await failure { caller in
            try await caller.associate(Self.storage)
            try await caller.send(ScriptedPeer.command(CommandSet(.storeResponse, hasDataSet: false)))
        }
        #expect(failure?.code == .violation)
    }

    @Test("Connections beyond the bound are closed at once; those that say nothing give their places up")
    func manyConnections() async throws {
        var settings = AssociationAcceptor.Settings()
        settings.maximumAssociations = 1
        settings.timeouts = Self.short(\.artim)
        let port = OwnPort()
        try await port.run(settings) { address in
            var callers: [Caller] = []
            for _ in 0..<(UpperLayerLimits.connectionsWithoutAssociation + 1) { callers.append(try await Caller(address)) }
            let oneMore = try await Caller(address)
            await oneMore.closed()
            try await ServerProcess.awaitEcho(from: address)
            for caller in callers { await caller.close() }
        }
    }
}

/// A connection that sends what a test tells it to.
struct Caller {
    private let channel: any Channel
    private let answered: AsyncStream<UInt8>

    init(_ address: ApplicationEntityAddress, from host: String = "127.0.0.1") async throws {
        let (answered, sink) = AsyncStream.makeStream(of: UInt8.self)
        self.answered = answered
        channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(to: SocketAddress(ipAddress: host, port: 0))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Listener(sink: sink)) }
            }
            .connect(host: address.host, port: address.port).get()
    }

    /// Asks for an association and waits for the answer: whether it was accepted.
    @discardableResult
    func associate(_ context: ProposedContext) async throws -> Bool {
        let address = try ApplicationEntityAddress(calledAETitle: "SKEIN", host: "h", port: 1, callingAETitle: "NASTY")
        try await send(.associateRequest(try Negotiation(address: address, proposals: [context]).request))
        for await type in answered { return type == Self.acceptance }
        return false
    }

    /// PS3.8 §9.3.3: the first byte of an A-ASSOCIATE-AC.
    private static let acceptance: UInt8 = 2

    func send(_ pdu: PDU) async throws {
        var bytes = ByteBuffer()
        pdu.encode(into: &bytes)
        try await channel.writeAndFlush(bytes).get()
    }

    /// What the other end no longer takes is lost, as it would be for any flooder.
    func send(bytes: [UInt8]) async throws { try? await channel.writeAndFlush(ByteBuffer(bytes: bytes)).get() }

    func closed() async { try? await channel.closeFuture.get() }

    func close() async { try? await channel.close().get() }
}

private final class Listener: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let sink: AsyncStream<UInt8>.Continuation

    init(sink: AsyncStream<UInt8>.Continuation) { self.sink = sink }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if let type = unwrapInboundIn(data).readableBytesView.first { sink.yield(type) }
    }

    func channelInactive(context: ChannelHandlerContext) { sink.finish() }
}
