public import DICOM

/// How a C-GET ended, in the peer's words. What was received is the receiver's to say.
public struct GetOutcome: Hashable, Sendable {
    /// The final status. PACS say Success although sub-operations failed, or none took place.
    public let status: DIMSEStatus
    /// Instances that came in.
    public let receivedCount: Int
    /// Number of Failed Sub-operations (0000,1022) in the final response, nil when absent.
    public let failedCount: Int?
}

extension Association {
    /// C-GET, PS3.7 §9.1.3, with its C-STORE sub-operations on this association.
    ///
    /// The association must have been proposed the model and, with `isReceiving`, the storage SOP classes to come.
    /// - Parameters:
    ///   - identifier: Query/Retrieve Level (0008,0052) and the unique keys.
    ///   - maximumInstances: More sub-operations than this cost the association.
    /// - Throws: `NetworkError.notAccepted` without a context, `contentFailed` when the receiver throws, and what ends the association.
    public func get(
        _ identifier: DataSet, model: QueryModel = .studyRootGet, maximumInstances: Int, into receiver: some InstanceReceiver
    ) async throws -> GetOutcome {
        let context = try context(for: model.sopClassUID)
        let content = try encoded(identifier, as: TransferSyntax(uid: context.transferSyntaxUID))
        await takeTurn()
        defer { passTurn() }
        limitOperation(to: timeouts.operation)
        let messageID = nextMessageID()
        var command = CommandSet(.getRequest, hasDataSet: true)
        command[text: .affectedSOPClassUID] = model.sopClassUID
        command[.messageID] = messageID
        command[.priority] = Self.mediumPriority
        try await send(begin(command, with: content, contextID: context.id))
        var count = 0
        while true {
            let (command, contextID) = try await nextCommand(
                [.getResponse, .storeRequest], respondingTo: messageID, awaiting: "C-GET response")
            if command.kind == .storeRequest {
                count += 1
                guard count <= maximumInstances else {
                    throw fault(.limitExceeded, "C-GET sends more than the \(maximumInstances) instances asked for")
                }
                try await take(command, contextID: contextID, into: receiver)
            } else if let outcome = try await outcome(of: command, receivedCount: count) {
                return outcome
            }
        }
    }

    /// The outcome when the response is the last one. Its data set, a list of failed instances, is passed over: we know what came.
    private func outcome(of response: CommandSet, receivedCount: Int) async throws -> GetOutcome? {
        if response.hasDataSet { _ = try await dataSet(of: "C-GET response", limit: Self.maximumIdentifierLength) }
        let status = response.status ?? .processingFailure
        guard status.category != .pending else { return nil }
        return GetOutcome(
            status: status, receivedCount: receivedCount, failedCount: response[.failedSuboperations].map(Int.init))
    }
}
