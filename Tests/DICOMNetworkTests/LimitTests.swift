import DICOM
import NIOCore
import Testing

@testable import DICOMNetwork

/// Each bound of what a peer may send: what is within it is taken, one more is an error that names it.
@Suite(.timeLimit(.minutes(5))) struct LimitTests {
    private static let context = AssociateRequest.Context(id: 1, abstractSyntaxUID: "1.2.840.10008.1.1", transferSyntaxUIDs: ["1.2.840.10008.1.2"])

    private static func decoded(_ pdu: PDU) throws -> PDU? {
        var bytes = ByteBuffer()
        pdu.encode(into: &bytes)
        return try PDU.decode(from: &bytes)
    }

    private static func request(_ contexts: [AssociateRequest.Context], _ information: UserInformation = UserInformation()) -> PDU {
        .associateRequest(AssociateRequest(calledAETitle: "A", callingAETitle: "B", contexts: contexts, userInformation: information))
    }

    private static func expect(_ limit: Int, _ pdu: (Int) -> PDU) throws {
        let most = pdu(limit)
        #expect(try decoded(most) == most)
        let error = #expect(throws: NetworkError.self) { try decoded(pdu(limit + 1)) }
        #expect(error?.code == .limitExceeded)
        #expect(error?.message.contains("\(limit)") == true)
    }

    @Test("Presentation contexts of an association")
    func contexts() throws {
        try Self.expect(UpperLayerLimits.maximumPresentationContexts) { Self.request(Array(repeating: Self.context, count: $0)) }
    }

    @Test("Transfer syntaxes of a presentation context")
    func transferSyntaxes() throws {
        try Self.expect(UpperLayerLimits.maximumTransferSyntaxes) { count in
            var context = Self.context
            context.transferSyntaxUIDs = (0..<count).map { "1.2.\($0)" }
            return Self.request([context])
        }
    }

    @Test("Items of user information")
    func userInformation() throws {
        // Beside the roles: the maximum length and the two items that name the implementation.
        let fixed = 3
        try Self.expect(UpperLayerLimits.maximumUserInformationItems) { count in
            var information = UserInformation()
            information.maximumPDULength = 16_384
            information.implementationClassUID = "1.2"
            information.implementationVersionName = "TEST"
            information.roles = Array(repeating: .init(sopClassUID: "1.2", isUser: true, isProvider: true), count: count - fixed)
            return Self.request([Self.context], information)
        }
    }

    @Test("Data values of a P-DATA-TF")
    func dataValues() throws {
        let value = PresentationDataValue(contextID: 1, isCommand: false, isLast: false, fragment: ByteBuffer())
        try Self.expect(UpperLayerLimits.maximumDataValues) { .data(Array(repeating: value, count: $0)) }
    }

    @Test("Length of a PDU, judged by its head alone", arguments: [
        (UInt8(1), 1_048_576), (2, 1_048_576), (3, 4), (4, 131_072), (5, 4), (6, 4), (7, 4),
    ])
    func length(type: UInt8, limit: Int) throws {
        var most = ByteBuffer(bytes: [type, 0])
        most.writeInteger(UInt32(limit))
        #expect(try PDU.decode(from: &most) == nil)
        var more = ByteBuffer(bytes: [type, 0])
        more.writeInteger(UInt32(limit + 1))
        let error = #expect(throws: NetworkError.self) { try PDU.decode(from: &more) }
        #expect(error?.code == .limitExceeded)
    }

    /// What becomes of a request that is answered with a command and a data set of so many bytes.
    private func failure(
        of kind: CommandSet.Kind, byteCount: Int, _ proposal: ProposedContext, _ body: @escaping @Sendable (Association) async throws -> Void
    ) async throws -> NetworkError? {
        let piece = PDU.data([PresentationDataValue(contextID: 1, isCommand: false, isLast: false, fragment: ByteBuffer(repeating: 0, count: 65_536))])
        let peer = try await ScriptedPeer.start { pdu in
            switch pdu {
            case .associateRequest(let request): return [.pdu(ScriptedPeer.acceptance(of: request))]
            case .data(let values):
                guard let answer = ScriptedPeer.response(kind, to: values, status: 0xFF00, hasDataSet: true) else { return [] }
                return [.pdu(answer)] + (0..<byteCount / 65_536).map { _ in .pdu(piece) }
            default: return []
            }
        }
        let error = await #expect(throws: NetworkError.self) { try await Association.with(peer.address, proposing: [proposal], body) }
        try await peer.stop()
        return error
    }

    @Test("Identifier of a match")
    func identifier() async throws {
        let error = try await failure(
            of: .findResponse, byteCount: Association.maximumIdentifierLength + 65_536, QueryModel.studyRootFind.proposedContext
        ) { _ = try await $0.find(DataSet()) }
        #expect(error?.code == .limitExceeded)
        #expect(error?.message.contains("\(Association.maximumIdentifierLength)") == true)
    }

    @Test("Report on storage commitment")
    func report() async throws {
        let error = try await failure(
            of: .eventReportRequest, byteCount: CommitmentReport.maximumLength + 65_536, Association.commitmentContext
        ) { _ = try await $0.requestCommitment(CommitmentRequest(transactionUID: "1.2", references: [])) }
        #expect(error?.code == .limitExceeded)
        #expect(error?.message.contains("\(CommitmentReport.maximumLength)") == true)
    }
}
