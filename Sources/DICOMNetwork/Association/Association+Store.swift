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

/// Which of the stores under way on an association.
public struct StoreID: Hashable, Sendable {
    fileprivate let messageID: UInt16
}

/// A C-STORE request with its object, which is being read while other operations of the association are under way.
public struct ReadyStore: Sendable {
    fileprivate let messageID: UInt16
    fileprivate let message: Association.OutgoingMessage

    /// By which its answer is known.
    public var id: StoreID { StoreID(messageID: messageID) }
}

extension StoreResponse {
    fileprivate init(_ response: CommandSet) {
        self.init(status: response.status ?? .processingFailure, errorComment: response[text: .errorComment] ?? "")
    }
}

extension Association {
    /// Begins to read an object, so that its first bytes are at hand when its turn comes. Nothing is sent yet; what is made ready and never
    /// stored costs one buffer until it is let go.
    ///
    /// - Throws: `NetworkError.notAccepted` when the peer accepted no context of this SOP class with this transfer syntax.
    public func makeReady(_ request: StoreRequest, content: any ObjectContent) throws -> ReadyStore {
        guard let context = acceptedContext(request.sopClassUID, transferSyntaxUID: request.transferSyntaxUID) else {
            throw NetworkError(
                .notAccepted,
                "\(peerAETitle) did not accept SOP class \(request.sopClassUID) in transfer syntax \(request.transferSyntaxUID)")
        }
        let messageID = nextMessageID()
        var command = CommandSet(.storeRequest, hasDataSet: true)
        command[text: .affectedSOPClassUID] = request.sopClassUID
        command[text: .affectedSOPInstanceUID] = request.sopInstanceUID
        command[.messageID] = messageID
        command[.priority] = Self.mediumPriority
        return ReadyStore(messageID: messageID, message: begin(command, with: content, contextID: context.id))
    }

    /// C-STORE, PS3.7 §9.1.1, of what was made ready on this association. The content streams from its source to the socket in P-DATA-TFs of
    /// the peer's maximum length.
    ///
    /// - Returns: The peer's status, failures and warnings included.
    /// - Throws: `NetworkError.contentFailed` when the source failed, which ends the association; and what else ends it.
    public func store(_ ready: ReadyStore) async throws -> StoreResponse {
        await takeTurn()
        defer { passTurn() }
        try await send(ready.message)
        let response = try await nextCommand([.storeResponse], respondingTo: ready.messageID, awaiting: "C-STORE response").command
        return StoreResponse(response)
    }

    /// Sends what was made ready without waiting for the answer, which ``nextStoreResponse()`` gives: several stores are under way then
    /// (PS3.7 §D.3.3.3). For one task; other operations wait until all are answered.
    ///
    /// - Precondition: Fewer than ``operationsWindow`` are unanswered.
    /// - Throws: As ``store(_:)`` does; nothing that was sent is answered then.
    public func send(_ ready: ReadyStore) async throws {
        precondition(unansweredStores.count < operationsWindow, "more stores under way than the peer granted")
        if unansweredStores.isEmpty { await takeTurn() }
        unansweredStores.insert(ready.messageID)
        do {
            try await send(ready.message)
        } catch {
            unansweredStores = []
            passTurn()
            throw error
        }
    }

    /// The next answer to what ``send(_:)`` has sent, in the order in which the peer answers.
    ///
    /// - Throws: What ends the association; nothing else that was sent is answered then.
    public func nextStoreResponse() async throws -> (store: StoreID, response: StoreResponse) {
        do {
            let response = try await nextCommand([.storeResponse], respondingTo: unansweredStores, awaiting: "C-STORE response").command
            let messageID = response[.messageIDBeingRespondedTo] ?? 0
            unansweredStores.remove(messageID)
            if unansweredStores.isEmpty { passTurn() }
            return (StoreID(messageID: messageID), StoreResponse(response))
        } catch {
            unansweredStores = []
            passTurn()
            throw error
        }
    }

    /// C-STORE of one object, made ready and stored.
    ///
    /// - Throws: What ``makeReady(_:content:)`` and ``store(_:)`` throw.
    public func store(_ request: StoreRequest, content: any ObjectContent) async throws -> StoreResponse {
        try await store(makeReady(request, content: content))
    }

    /// Priority MEDIUM, PS3.7 §E.1.
    static let mediumPriority: UInt16 = 0
}
