public import DICOM

/// How a C-MOVE ended, in the peer's words. What arrived is the destination's to say.
public struct MoveOutcome: Hashable, Sendable {
    /// The final status. PACS say Success although sub-operations failed, none took place, or they are still to come.
    public let status: DIMSEStatus
    /// Number of Completed Sub-operations (0000,1021) in the final response, nil when absent.
    public let completedCount: Int?
    /// Number of Failed Sub-operations (0000,1022) in the final response, nil when absent.
    public let failedCount: Int?
}

extension Association {
    /// C-MOVE, PS3.7 §9.1.4: the peer sends what the identifier names to the application entity of a title that it knows.
    ///
    /// - Parameters:
    ///   - identifier: Query/Retrieve Level (0008,0052) and the unique keys. Counts have 16 bits, so larger studies are moved by series.
    ///   - destination: AE title of the one that is sent to: our own, where an ``AssociationAcceptor`` listens.
    ///   - model: The SOP class; its context must have been accepted.
    /// - Throws: `NetworkError.notAccepted` without a context, and what ends the association. A status of failure is an outcome.
    public func move(
        _ identifier: DataSet, to destination: String, model: QueryModel = .studyRootMove
    ) async throws -> MoveOutcome {
        let context = try context(for: model.sopClassUID)
        let content = try encoded(identifier, as: TransferSyntax(uid: context.transferSyntaxUID))
        await takeTurn()
        defer { passTurn() }
        limitOperation(to: timeouts.operation)
        let messageID = nextMessageID()
        var command = CommandSet(.moveRequest, hasDataSet: true)
        command[text: .affectedSOPClassUID] = model.sopClassUID
        command[.messageID] = messageID
        command[.priority] = Self.mediumPriority
        command[text: .moveDestination] = destination
        try await send(begin(command, with: content, contextID: context.id))
        while true {
            let response = try await nextCommand([.moveResponse], respondingTo: messageID, awaiting: "C-MOVE response").command
            if response.hasDataSet { _ = try await dataSet(of: "C-MOVE response", limit: Self.maximumIdentifierLength) }
            let status = response.status ?? .processingFailure
            guard status.category != .pending else { continue }
            return MoveOutcome(
                status: status, completedCount: response[.completedSuboperations].map(Int.init),
                failedCount: response[.failedSuboperations].map(Int.init))
        }
    }
}
