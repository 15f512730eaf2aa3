/// Who asked for an association.
public struct AssociationPeer: Hashable, Sendable {
    /// The peer's own AE title, as it says.
    public let callingAETitle: String
    /// The title that it called us by.
    public let calledAETitle: String
}

/// What we provide to peers that ask us for associations.
public protocol ProvidedServices: Sendable {
    /// Who takes the instances that come over one association.
    func receiver(for peer: AssociationPeer) -> any InstanceReceiver
    /// A provider's verdict on what it was asked to commit to (N-EVENT-REPORT, PS3.4 §J.3.3); the status goes to the peer.
    func take(_ report: CommitmentReport, from peer: AssociationPeer) async -> DIMSEStatus
    /// An association that did not come about or ended otherwise than by release, and why.
    func note(_ failure: NetworkError, of peer: AssociationPeer?) async
}

extension Association {
    /// Does what the peer asks, one request after the other, until it releases the association.
    ///
    /// - Throws: What ends the association otherwise.
    func serve(_ services: some ProvidedServices, _ peer: AssociationPeer) async throws {
        let receiver = services.receiver(for: peer)
        while true {
            switch try await next(awaiting: "request", within: timeouts.idle) {
            case .released: return
            case .part(.data): throw fault(.violation, "a data set without a command (PS3.7 §6.3.1)")
            case .part(.command(let request, let contextID)):
                await takeTurn()
                defer { passTurn() }
                limitOperation(to: timeouts.operation)
                try await answer(request, contextID, services, peer, receiver)
            }
        }
    }

    private func answer(
        _ request: CommandSet, _ contextID: UInt8, _ services: some ProvidedServices, _ peer: AssociationPeer, _ receiver: any InstanceReceiver
    ) async throws {
        guard acceptedContexts.contains(where: { $0.id == contextID }) else {
            throw fault(.violation, "a request in presentation context \(contextID), which was not accepted")
        }
        switch request.kind {
        case .echoRequest:
            try await acknowledge(request, .echoResponse, status: .success, contextID: contextID)
        case .storeRequest: try await take(request, contextID: contextID, into: receiver)
        case .eventReportRequest:
            let report = try await commitmentReport(request, contextID: contextID)
            try await acknowledge(
                request, .eventReportResponse, status: await services.take(report, from: peer), contextID: contextID)
        case .cancelRequest: break  // Nothing that we provide can be cancelled: it is over when the request is read.
        default: try await refuse(request, contextID: contextID)
        }
    }

    /// PS3.7 §C.5.23: an operation that we do not provide is answered, its data set passed over.
    private func refuse(_ request: CommandSet, contextID: UInt8) async throws {
        guard let number = request[.commandField], number & CommandSet.responseBit == 0 else {
            throw fault(.violation, "a response that no request of ours asked for")
        }
        if request.hasDataSet { try await passOverDataSet(of: "request") }
        var response = CommandSet(field: number | CommandSet.responseBit, hasDataSet: false)
        response[text: .affectedSOPClassUID] = request[text: .affectedSOPClassUID]
        response[.messageIDBeingRespondedTo] = request[.messageID]
        response[.status] = DIMSEStatus.unrecognizedOperation.rawValue
        try await send(response, contextID: contextID)
    }
}
