internal import DICOMNetwork
internal import Foundation
internal import Migration

extension CStoreDestination {
    public func commit(_ instances: [OutgoingInstance]) async throws -> CommitmentOutcome {
        var outcome = CommitmentOutcome()
        let references = instances.map { InstanceReference(sopClassUID: $0.sopClassUID, sopInstanceUID: $0.sopInstanceUID) }
        for start in stride(from: 0, to: references.count, by: CommitmentReport.maximumReferences) {
            let piece = try await commit(Array(references[start..<min(start + CommitmentReport.maximumReferences, references.count)]))
            outcome.committed.formUnion(piece.committed)
            outcome.refused.merge(piece.refused) { first, _ in first }
        }
        return outcome
    }

    /// Asks, unless the same was asked before and is not answered yet, and waits within the bound.
    private func commit(_ references: [InstanceReference]) async throws -> CommitmentOutcome {
        let desk = returnPort?.commitments ?? CommitmentDesk()
        let transaction: String
        if let asked = await desk.transaction(for: references, at: address) {
            transaction = asked
            await firstElement(of: desk.settling(of: asked), within: polling.total)
        } else {
            transaction = try await ask(for: references, desk)
        }
        let standing = await desk.standing(of: transaction)
        if standing.isSettled { await desk.end(transaction) }
        try Task.checkCancellation()
        return standing.outcome
    }

    /// Sends the request and waits on its association, and on the return port where there is one; gives the transaction.
    private func ask(for references: [InstanceReference], _ desk: CommitmentDesk) async throws -> String {
        let request = CommitmentRequest(transactionUID: Self.newUID(), references: references)
        await desk.begin(request, to: address)
        do {
            try await Association.with(
                address, proposing: [Association.commitmentContext], timeouts: timeouts, security: security
            ) { association in
                for report in try await association.requestCommitment(request) { _ = await desk.take(report) }
                await wait(for: request.transactionUID, on: association, desk)
            }
        } catch let error as NetworkError {
            await desk.end(request.transactionUID)
            if error.code == .cancelled { throw CancellationError() }
            throw DestinationError(error, doing: "storage commitment at \(address.calledAETitle)")
        }
        return request.transactionUID
    }

    /// Waits until the report has come, on whichever association, or the bound is reached. That the association of the request ends is no fault.
    private func wait(for transaction: String, on association: Association, _ desk: CommitmentDesk) async {
        let deadline = ContinuousClock.now + polling.total
        let hasReturn = returnPort != nil
        await withTaskGroup { group in
            group.addTask {
                while await !desk.standing(of: transaction).isSettled, ContinuousClock.now < deadline,
                    let report = try? await association.nextCommitmentReport(within: deadline - .now)
                { _ = await desk.take(report) }
            }
            if hasReturn {
                group.addTask {
                    await firstElement(of: desk.settling(of: transaction), within: deadline - .now)
                    await association.endPatience()
                }
            }
        }
    }

    /// A UID from a random UUID (PS3.5 §B.2).
    private static func newUID() -> String {
        let bytes = withUnsafeBytes(of: UUID().uuid) { Array($0) }
        let (high, low) = (bytes[..<8], bytes[8...])
        let number = UInt128(high.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }) << 64 | UInt128(low.reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
        return "2.25.\(number)"
    }
}
