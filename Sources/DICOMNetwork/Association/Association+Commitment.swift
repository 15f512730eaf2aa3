internal import DICOM
internal import NIOCore

extension Association {
    /// The context to propose for storage commitment.
    public static let commitmentContext = ProposedContext(
        CommitmentReport.sopClassUID,
        transferSyntaxUIDs: [TransferSyntax.explicitVRLittleEndian.uid, TransferSyntax.implicitVRLittleEndian.uid])

    /// Asks the peer to commit to instances (N-ACTION, PS3.4 §J.3.2). Success means only that the request was received; the verdict comes by
    /// ``nextCommitmentReport(within:)``, or on another association.
    ///
    /// - Returns: Reports that came before the answer did.
    /// - Throws: `NetworkError.notAccepted` without a context, `operationFailed` with the peer's status when it did not take the request, and
    ///   what ends the association.
    public func requestCommitment(_ request: CommitmentRequest) async throws -> [CommitmentReport] {
        let context = try context(for: CommitmentReport.sopClassUID)
        let content = try encoded(request.dataSet(), as: TransferSyntax(uid: context.transferSyntaxUID))
        await takeTurn()
        defer { passTurn() }
        limitOperation(to: timeouts.operation)
        let messageID = nextMessageID()
        var command = CommandSet(.actionRequest, hasDataSet: true)
        command[text: .requestedSOPClassUID] = CommitmentReport.sopClassUID
        command[text: .requestedSOPInstanceUID] = CommitmentReport.sopInstanceUID
        command[.messageID] = messageID
        command[.actionTypeID] = CommitmentReport.requestAction
        try await send(begin(command, with: content, contextID: context.id))
        var reports: [CommitmentReport] = []
        while true {
            let (answer, contextID) = try await nextCommand(
                [.actionResponse, .eventReportRequest], respondingTo: messageID, awaiting: "N-ACTION response")
            if answer.kind == .eventReportRequest {
                reports.append(try await takeReport(answer, contextID: contextID))
                continue
            }
            if answer.hasDataSet { _ = try await dataSet(of: "N-ACTION response", limit: CommitmentReport.maximumLength) }
            guard let status = answer.status, status.category == .success || status.category == .warning else {
                let status = answer.status ?? .processingFailure
                throw NetworkError(.operationFailed, "\(peerAETitle) answered N-ACTION with status \(status)", status: status)
            }
            return reports
        }
    }

    /// The next report that comes on this association; nil when none does in time, or after ``endPatience()``. The association goes on.
    public func nextCommitmentReport(within limit: Duration) async throws -> CommitmentReport? {
        await takeTurn()
        defer { passTurn() }
        limitOperation(to: limit + timeouts.operation)
        switch try await nextPatiently(within: limit) {
        case nil: return nil
        case .part(.command(let request, let contextID)) where request.kind == .eventReportRequest:
            return try await takeReport(request, contextID: contextID)
        case .released, .part: throw fault(.violation, "the peer sent something else where a N-EVENT-REPORT must come")
        }
    }

    /// Makes a wait for a report give nothing at once: it has come on another association.
    public func endPatience() {
        isPatienceOver = true
        handler.endPatience()
    }

    private func takeReport(_ request: CommandSet, contextID: UInt8) async throws -> CommitmentReport {
        let report = try await commitmentReport(request, contextID: contextID)
        try await acknowledge(request, .eventReportResponse, status: .success, contextID: contextID)
        return report
    }

    /// The report that a N-EVENT-REPORT request brings; it is still to be answered.
    func commitmentReport(_ request: CommandSet, contextID: UInt8) async throws -> CommitmentReport {
        guard request.hasDataSet, let context = acceptedContexts.first(where: { $0.id == contextID }),
            context.abstractSyntaxUID == CommitmentReport.sopClassUID
        else { throw fault(.violation, "a N-EVENT-REPORT without data set, or in a context that is not storage commitment's") }
        let bytes = try await dataSet(of: "N-EVENT-REPORT", limit: CommitmentReport.maximumLength)
        do {
            return try CommitmentReport(
                DataSet(parsing: Array(bytes.readableBytesView), as: TransferSyntax(uid: context.transferSyntaxUID)))
        } catch {
            throw fault(.violation, "a N-EVENT-REPORT's data set cannot be read: \(error)")
        }
    }
}
