import DICOM
import NIOCore
import Testing

@testable import DICOMNetwork

/// A peer's faults cost one association, with an error that says what went wrong, in bounded time.
@Suite struct BadPeerTests {
    private static let contexts = [
        Association.verificationContext, QueryModel.studyRootFind.proposedContext,
        ProposedContext("1.2.840.10008.5.1.4.1.1.7", transferSyntaxUIDs: ["1.2.840.10008.1.2"]),
    ]

    /// One short bound: the one whose end the test waits for.
    private static func short(_ bound: WritableKeyPath<AssociationTimeouts, Duration>) -> AssociationTimeouts {
        var timeouts = AssociationTimeouts()
        timeouts[keyPath: bound] = .milliseconds(200)
        return timeouts
    }

    /// Connects to a peer with this script, does the work, and gives the error that must come.
    private func failure(
        timeouts: AssociationTimeouts = .init(), script: @escaping ScriptedPeer.Script,
        _ body: @escaping @Sendable (Association) async throws -> Void = { _ = try await $0.echo() }
    ) async throws -> NetworkError? {
        let peer = try await ScriptedPeer.start(script)
        let error = await #expect(throws: NetworkError.self) {
            try await Association.with(peer.address, proposing: Self.contexts, timeouts: timeouts, body)
        }
        try await peer.stop()
        return error
    }

    /// Accepts the association and leaves everything else to `replies`.
    private static func accepting(
        maximumPDULength: UInt32 = 16_384, _ replies: @escaping @Sendable ([PresentationDataValue]) -> [ScriptedPeer.Reply]
    ) -> ScriptedPeer.Script {
        { pdu in
            switch pdu {
            case .associateRequest(let request): [.pdu(ScriptedPeer.acceptance(of: request, maximumPDULength: maximumPDULength))]
            case .data(let values): replies(values)
            default: []
            }
        }
    }

    @Test("Nobody listens: connect-failed, with host and port")
    func refusedConnection() async throws {
        let address = try ApplicationEntityAddress(
            calledAETitle: "NOBODY", host: "127.0.0.1", port: try ServerProcess.freePort(), callingAETitle: "SKEIN")
        let error = await #expect(throws: NetworkError.self) {
            try await Association.connect(to: address, proposing: Self.contexts)
        }
        #expect(error?.code == .connectFailed)
        #expect(error?.message.contains("127.0.0.1 port \(address.port): Connection refused") == true)
    }

    @Test("An association rejected for congestion is told as such, and as transient")
    func rejected() async throws {
        let error = try await failure { _ in [.pdu(.associateReject(AssociateReject(result: 2, source: 3, reason: 1)))] }
        #expect(error?.code == .rejected)
        #expect(error?.rejection?.isTransient == true)
        #expect(error?.message.contains("temporary congestion") == true)
    }

    @Test("A peer that closes instead of answering")
    func closesAtOnce() async throws {
        let error = try await failure { _ in [.close] }
        #expect(error?.code == .closed)
    }

    @Test("A peer that never answers the association request")
    func silentInNegotiation() async throws {
        let error = try await failure(timeouts: Self.short(\.negotiation)) { _ in [] }
        #expect(error?.code == .timedOut)
        #expect(error?.message.contains("A-ASSOCIATE-RQ") == true)
    }

    @Test("A peer that never answers a command")
    func silentInOperation() async throws {
        let error = try await failure(timeouts: Self.short(\.response), script: Self.accepting { _ in [] })
        #expect(error?.code == .timedOut)
        #expect(error?.message.contains("C-ECHO response") == true)
    }

    @Test("A connection cut in the middle of a PDU")
    func cutPDU() async throws {
        let error = try await failure(script: Self.accepting { _ in [.bytes([0x04, 0x00, 0x00, 0x00, 0x10, 0x00, 0x01]), .close] })
        #expect(error?.code == .closed)
    }

    @Test("A PDU that claims four gigabytes is refused before any of them is kept")
    func hugeLength() async throws {
        let error = try await failure(script: Self.accepting { _ in [.bytes([0x04, 0x00, 0xFF, 0xFF, 0xFF, 0xFF])] })
        #expect(error?.code == .limitExceeded)
        #expect(error?.message == "P-DATA-TF of 4294967295 bytes; at most 131072 are taken")
    }

    @Test("A data value that goes beyond its PDU")
    func lyingDataValue() async throws {
        let bytes: [UInt8] = [0x04, 0x00, 0x00, 0x00, 0x00, 0x06, 0x00, 0x00, 0x00, 0x09, 0x01, 0x03]
        let error = try await failure(script: Self.accepting { _ in [.bytes(bytes)] })
        #expect(error?.code == .violation)
    }

    @Test("A PDU of a type that does not exist")
    func unknownPDU() async throws {
        let error = try await failure(script: Self.accepting { _ in [.bytes([0x42, 0, 0, 0, 0, 0])] })
        #expect(error?.code == .violation)
        #expect(error?.message.contains("0x42") == true)
    }

    @Test("More contexts answered than there can be")
    func tooManyContexts() async throws {
        let error = try await failure { pdu in
            guard case .associateRequest(let request) = pdu, case .associateAccept(var accept) = ScriptedPeer.acceptance(of: request)
            else { return [] }
            accept.contexts = (0..<129).map { .init(id: UInt8($0), result: 0, transferSyntaxUID: "1.2.840.10008.1.2") }
            return [.pdu(.associateAccept(accept))]
        }
        #expect(error?.code == .limitExceeded)
    }

    @Test("An accepted transfer syntax that was never proposed is no acceptance")
    func foreignTransferSyntax() async throws {
        let error = try await failure { pdu in
            guard case .associateRequest(let request) = pdu, case .associateAccept(var accept) = ScriptedPeer.acceptance(of: request)
            else { return [] }
            accept.contexts[0].transferSyntaxUID = "1.2.840.10008.1.2.4.50"
            return [.pdu(.associateAccept(accept))]
        }
        #expect(error?.code == .notAccepted)
    }

    @Test("A peer that takes hardly any bytes a PDU")
    func tinyPDUs() async throws {
        let error = try await failure(script: Self.accepting(maximumPDULength: 10) { _ in [] })
        #expect(error?.code == .limitExceeded)
        #expect(error?.message.contains("10 bytes") == true)
    }

    @Test("A response to another message")
    func wrongMessageID() async throws {
        let error = try await failure(script: Self.accepting { _ in
            var response = CommandSet(.echoResponse, hasDataSet: false)
            response[.messageIDBeingRespondedTo] = 4_711
            response[.status] = 0
            return [.pdu(ScriptedPeer.command(response))]
        })
        #expect(error?.code == .violation)
        #expect(error?.message.contains("4711") == true)
    }

    @Test("An abort, and a release in the midst of an operation")
    func abortAndRelease() async throws {
        let aborted = try await failure(script: Self.accepting { _ in [.pdu(.abort(AbortNotice(source: 2, reason: 2)))] })
        #expect(aborted?.code == .aborted)
        #expect(aborted?.message.contains("unexpected PDU") == true)
        let released = try await failure(script: Self.accepting { _ in [.pdu(.releaseRequest)] })
        #expect(released?.code == .closed)
    }

    @Test("A peer that stops reading in the middle of an object")
    func stopsReading() async throws {
        let error = try await failure(timeouts: Self.short(\.writing), script: Self.accepting { _ in [.stopReading] }) { association in
            let request = StoreRequest(
                sopClassUID: "1.2.840.10008.5.1.4.1.1.7", sopInstanceUID: "1.2.3", transferSyntaxUID: "1.2.840.10008.1.2")
            _ = try await association.store(request, content: MemoryContent([UInt8](repeating: 0, count: 64 << 20)))
        }
        #expect(error?.code == .timedOut)
        #expect(error?.message.contains("took no data") == true)
    }

    @Test("A C-FIND that ends with a failure after some matches is an error, not a short answer")
    func failedFind() async throws {
        let error = try await failure(script: Self.accepting(Self.matches(3, then: 0xA700)), { _ = try await $0.find(DataSet()) })
        #expect(error?.code == .operationFailed)
        #expect(error?.status == .outOfResources)
    }

    @Test("More matches than the limit are an error, and the rest is cancelled")
    func tooManyMatches() async throws {
        let error = try await failure(script: Self.accepting(Self.matches(20, then: 0xFE00))) {
            _ = try await $0.find(DataSet(), limit: .failing(beyond: 10))
        }
        #expect(error?.code == .limitExceeded)
        #expect(error?.message == "C-FIND with more than 10 matches")
    }

    @Test("A peer that floods on after C-CANCEL costs the association")
    func flood() async throws {
        let script = Self.accepting(Self.matches(Association.maximumResponsesAfterCancel + 100, then: 0))
        let error = try await failure(script: script) { _ = try await $0.find(DataSet(), limit: .cancelling(after: 5)) }
        #expect(error?.code == .limitExceeded)
        #expect(error?.message.contains("goes on answering") == true)
    }

    @Test("Where some matches are enough, C-CANCEL ends the query without an error")
    func cancelledFind() async throws {
        let peer = try await ScriptedPeer.start(Self.accepting(Self.matches(20, then: 0xFE00)))
        let matches = try await Association.with(peer.address, proposing: Self.contexts) {
            try await $0.find(DataSet(), limit: .cancelling(after: 5))
        }
        #expect(matches.count == 5)
        try await peer.stop()
    }

    @Test("Cancelling the task ends a wait at once")
    func cancelledTask() async throws {
        let (commands, sink) = AsyncStream.makeStream(of: Void.self)
        let peer = try await ScriptedPeer.start(
            Self.accepting { _ in
                sink.yield()
                return []
            })
        let association = try await Association.connect(to: peer.address, proposing: Self.contexts)
        let task = Task { try await association.echo() }
        for await _ in commands { break }
        task.cancel()
        let error = await #expect(throws: NetworkError.self) { try await task.value }
        #expect(error?.code == .cancelled)
        try await peer.stop()
    }

    /// Answers a C-FIND with empty matches and a final status, all at once.
    private static func matches(
        _ count: Int, then status: UInt16
    ) -> @Sendable ([PresentationDataValue]) -> [ScriptedPeer.Reply] {
        { values in
            guard let pending = ScriptedPeer.response(.findResponse, to: values, status: 0xFF00, hasDataSet: true),
                let final = ScriptedPeer.response(.findResponse, to: values, status: status),
                ScriptedPeer.isFind(values)
            else { return [] }
            let data = PDU.data([PresentationDataValue(contextID: 3, isCommand: false, isLast: true, fragment: ByteBuffer())])
            return (0..<count).flatMap { _ in [.pdu(pending), .pdu(data)] } + [.pdu(final)]
        }
    }
}
