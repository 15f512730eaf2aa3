/// What a C-STORE request says about its object.
public struct StoreRequest: Hashable, Sendable {
    /// As in the object.
    public var sopClassUID: String
    /// As in the object.
    public var sopInstanceUID: String
    /// The one that the content is in; a context that accepted exactly this one is needed.
    public var transferSyntaxUID: String

    /// A request for one object.
    public init(sopClassUID: String, sopInstanceUID: String, transferSyntaxUID: String) {
        self.sopClassUID = sopClassUID
        self.sopInstanceUID = sopInstanceUID
        self.transferSyntaxUID = transferSyntaxUID
    }
}

/// The peer's answer to a C-STORE.
public struct StoreResponse: Hashable, Sendable {
    /// Its status. Success is an acknowledgement, no proof.
    public let status: DIMSEStatus
    /// Error Comment (0000,0902), empty when absent. It may hold what the peer likes, so it is not for logs.
    public let errorComment: String
}

extension Association {
    /// C-STORE, PS3.7 §9.1.1. The content streams from its source to the socket in P-DATA-TFs of the peer's maximum length.
    ///
    /// - Returns: The peer's status, failures and warnings included.
    /// - Throws: `NetworkError.notAccepted` when the peer accepted no context of this SOP class with this transfer syntax;
    ///   `contentFailed` when the source failed, which ends the association; and what else ends it.
    public func store(_ request: StoreRequest, content: some ObjectContent) async throws -> StoreResponse {
        guard let context = acceptedContext(request.sopClassUID, transferSyntaxUID: request.transferSyntaxUID) else {
            throw NetworkError(
                .notAccepted,
                "\(address.calledAETitle) did not accept SOP class \(request.sopClassUID) in transfer syntax \(request.transferSyntaxUID)")
        }
        await takeTurn()
        defer { passTurn() }
        let messageID = nextMessageID()
        var command = CommandSet(.storeRequest, hasDataSet: true)
        command[text: .affectedSOPClassUID] = request.sopClassUID
        command[text: .affectedSOPInstanceUID] = request.sopInstanceUID
        command[.messageID] = messageID
        command[.priority] = Self.mediumPriority
        try await send(command, with: content, contextID: context.id)
        let response = try await nextCommand([.storeResponse], respondingTo: messageID, awaiting: "C-STORE response").command
        return StoreResponse(
            status: response.status ?? .processingFailure, errorComment: response[text: .errorComment] ?? "")
    }

    /// Priority MEDIUM, PS3.7 §E.1.
    static let mediumPriority: UInt16 = 0
}
