import DICOM
import NIOCore
import Testing

@testable import DICOMNetwork

/// A peer that goes on for ever, in time or in bytes, costs one association: each operation has an end.
@Suite(.timeLimit(.minutes(5))) struct EndlessPeerTests {
    /// Connects to a peer that answers a request of this kind so, does the work, and gives the error that must come.
    private func failure(
        of timeouts: AssociationTimeouts = .init(), _ replies: @escaping @Sendable ([PresentationDataValue]) -> [ScriptedPeer.Reply],
        _ body: @escaping @Sendable (Association) async throws -> Void
    ) async throws -> NetworkError? {
        let peer = try await ScriptedPeer.start { pdu in
            switch pdu {
            case .associateRequest(let request): [.pdu(ScriptedPeer.acceptance(of: request))]
            case .data(let values): values.contains(where: \.isCommand) ? replies(values) : []
            default: []
            }
        }
        let contexts = [QueryModel.studyRootFind.proposedContext, QueryModel.studyRootMove.proposedContext, QueryModel.studyRootGet.proposedContext]
        let error = await #expect(throws: NetworkError.self) {
            try await Association.with(peer.address, proposing: contexts, timeouts: timeouts, body)
        }
        try await peer.stop()
        return error
    }

    private static func short(_ bound: WritableKeyPath<AssociationTimeouts, Duration>) -> AssociationTimeouts {
        var timeouts = AssociationTimeouts()
        timeouts[keyPath: bound] = .milliseconds(300)
        return timeouts
    }

    private static func pending(_ kind: CommandSet.Kind) -> @Sendable ([PresentationDataValue]) -> [ScriptedPeer.Reply] {
        { values in
            guard let pending = ScriptedPeer.response(kind, to: values, status: 0xFF00) else { return [] }
            return [.repeating(pending, every: .milliseconds(20))]
        }
    }

    @Test("C-MOVE that is pending for ever")
    func endlessMove() async throws {
        let error = try await failure(of: Self.short(\.operation), Self.pending(.moveResponse)) { _ = try await $0.move(DataSet(), to: "SKEIN") }
        #expect(error?.code == .timedOut)
        #expect(error?.message.contains("the operation took longer than") == true)
    }

    @Test("C-GET that is pending for ever")
    func endlessGet() async throws {
        let error = try await failure(of: Self.short(\.operation), Self.pending(.getResponse)) {
            _ = try await $0.get(DataSet(), maximumInstances: 1, into: Nobody())
        }
        #expect(error?.code == .timedOut)
        #expect(error?.message.contains("the operation took longer than") == true)
    }

    @Test("A data set of empty fragments is no progress")
    func emptyFragments() async throws {
        let error = try await failure(of: Self.short(\.response), { values in
            guard let pending = ScriptedPeer.response(.findResponse, to: values, status: 0xFF00, hasDataSet: true),
                let contextID = values.first?.contextID
            else { return [] }
            let empty = PDU.data([PresentationDataValue(contextID: contextID, isCommand: false, isLast: false, fragment: ByteBuffer())])
            return [.pdu(pending), .repeating(empty, every: .milliseconds(20))]
        }) { _ = try await $0.find(DataSet()) }
        #expect(error?.code == .timedOut)
    }

    @Test("Release that is answered with something else for ever ends all the same")
    func endlessRelease() async throws {
        let peer = try await ScriptedPeer.start(answersRelease: false) { pdu in
            guard case .associateRequest(let request) = pdu else { return [] }
            let echo = ScriptedPeer.command(CommandSet(.echoRequest, hasDataSet: false))
            return [.pdu(ScriptedPeer.acceptance(of: request)), .repeating(echo, every: .milliseconds(20))]
        }
        let association = try await Association.connect(
            to: peer.address, proposing: [Association.verificationContext], timeouts: Self.short(\.release))
        await association.release()
        try await peer.stop()
    }

    /// Answers C-FIND with so many matches, each of a small and a large element.
    private static func matches(_ count: Int, _ element: DICOM.Tag, byteCount: Int) throws -> @Sendable ([PresentationDataValue]) -> [ScriptedPeer.Reply] {
        var match = DataSet()
        try match.set(.patientID, "P1")
        try match.set(element, vr: .LO, value: [UInt8](repeating: 0x41, count: byteCount))
        let bytes = try match.encode(as: .explicitVRLittleEndian)
        return { values in
            guard ScriptedPeer.isFind(values), let contextID = values.first?.contextID,
                let pending = ScriptedPeer.response(.findResponse, to: values, status: 0xFF00, hasDataSet: true),
                let final = ScriptedPeer.response(.findResponse, to: values, status: 0)
            else { return [] }
            let data = PDU.data([PresentationDataValue(contextID: contextID, isCommand: false, isLast: true, fragment: ByteBuffer(bytes: bytes))])
            return (0..<count).flatMap { _ in [.pdu(pending), .pdu(data)] } + [.pdu(final)]
        }
    }

    /// More of them than may be kept.
    private static let many = Int(Association.maximumMatchesLength) / 60_000 + 1

    @Test("Matches of more bytes than are kept are an error, with its limit")
    func heavyMatches() async throws {
        let error = try await failure(Self.matches(Self.many, .studyDescription, byteCount: 60_000)) { association in
            var query = DataSet()
            try query.set(.studyDescription, "")
            _ = try await association.find(query)
        }
        #expect(error?.code == .limitExceeded)
        #expect(error?.message == "C-FIND with matches of more than 16777216 bytes")
    }

    @Test("What was not asked for is not kept, and does not count")
    func unaskedElements() async throws {
        let script = try Self.matches(Self.many, .studyDescription, byteCount: 60_000)
        let peer = try await ScriptedPeer.start { pdu in
            switch pdu {
            case .associateRequest(let request): [.pdu(ScriptedPeer.acceptance(of: request))]
            case .data(let values): values.contains(where: \.isCommand) ? script(values) : []
            default: []
            }
        }
        let matches = try await Association.with(peer.address, proposing: [QueryModel.studyRootFind.proposedContext]) { association in
            var query = DataSet()
            try query.set(.patientID, "")
            return try await association.find(query)
        }
        #expect(matches.count == Self.many)
        #expect(matches.allSatisfy { $0.count == 1 && $0.string(.patientID) == "P1" })
        try await peer.stop()
    }
}

/// Takes nothing.
private struct Nobody: InstanceReceiver {
    func begin(_ instance: ReceivedInstance) throws { throw InstanceRefusal(.notAuthorized) }
    func receive(_ bytes: ByteBuffer) {}
    func end() -> DIMSEStatus { .processingFailure }
    func abandon() {}
}
