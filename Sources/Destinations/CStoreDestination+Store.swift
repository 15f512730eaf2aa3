internal import DICOMNetwork
internal import Migration
internal import Synchronization

extension CStoreDestination {
    /// Associations in a row that may be lost without one acknowledged instance, before a lane gives up.
    private static let fruitlessAssociations = 3

    public func store(
        _ instances: [OutgoingInstance], associations: Int, mayStart: @escaping SendPermission, report: @escaping VerdictReport
    ) async throws {
        await returnPort?.commitments.forget(Set(instances.map(\.sopInstanceUID)), at: address)
        let (batches, unsendable) = StoreBatch.batches(of: instances, alternatives: transcoder.alternatives)
        for place in unsendable {
            let detail = "SOP class or transfer syntax is no UID of 1 to \(UpperLayerLimits.maximumUIDLength) characters"
            await report(place, .failed(.notAccepted, detail: detail))
        }
        for batch in batches {
            try await store(batch, associations: associations, mayStart: mayStart, report: report)
        }
    }

    private func store(
        _ batch: StoreBatch, associations: Int, mayStart: @escaping SendPermission, report: @escaping VerdictReport
    ) async throws {
        let queue = StoreQueue(batch.items)
        let lanes = min(max(1, associations), batch.items.count)
        let failure = await withTaskGroup(of: NetworkError?.self) { group in
            for _ in 0..<lanes {
                group.addTask { await runLane(queue, batch.contexts, mayStart, report) }
            }
            return await group.reduce(nil) { $0 ?? $1 }
        }
        try Task.checkCancellation()
        // Whatever no lane could take has the reason why the lanes ended.
        guard let failure, !queue.isStopped else { return }
        while let item = queue.next() {
            await report(item.place, .failed(failure.category, detail: failure.message))
        }
    }

    /// Sends over one association after the other until the queue is empty; gives the error that ended it before.
    private func runLane(
        _ queue: StoreQueue, _ contexts: [ProposedContext], _ mayStart: @escaping SendPermission, _ report: @escaping VerdictReport
    ) async -> NetworkError? {
        var fruitless = 0
        var window = UpperLayerLimits.maximumOperationsWindow
        while !queue.isEmpty {
            let association: Association
            do {
                association = try await Association.connect(
                    to: address, proposing: contexts, window: window, timeouts: timeouts, security: security)
            } catch {
                return Self.networkError(error)
            }
            let lane = StoreLane(destination: self, queue: queue, mayStart: mayStart, report: report)
            let outcome = await lane.send(over: association)
            guard let failure = outcome.failure else { return nil }
            if failure.code == .cancelled { return failure }
            // Which of several the association was lost over is not known: one at a time from now on, so that only that one fails.
            if outcome.isUncertain { window = 1 }
            if outcome.acknowledged > 0 || failure.code == .contentFailed {
                // A source that cannot be read says nothing about the destination.
                fruitless = 0
            } else if !outcome.wasIdle {
                // One that was idle while an object was written anew does not count: the next one begins with that object.
                fruitless += 1
            }
            if fruitless == Self.fruitlessAssociations { return failure }
        }
        return nil
    }

    static func networkError(_ error: any Error) -> NetworkError {
        error as? NetworkError ?? NetworkError.unexpected(error)
    }
}
