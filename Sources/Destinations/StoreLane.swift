internal import DICOM
internal import DICOMNetwork
internal import Migration

/// Sends what a queue gives over one association, as many at a time as the peer has granted.
struct StoreLane: Sendable {
    let destination: CStoreDestination
    let queue: StoreQueue
    let mayStart: SendPermission
    let report: VerdictReport

    /// How it ended.
    struct Outcome {
        var acknowledged = 0
        /// What ended it before the queue was empty.
        var failure: NetworkError?
        /// Whether several were under way when it was lost; they are in the queue again.
        var isUncertain = false
    }

    /// What is under way: sent and not answered, in the order of sending.
    private struct UnderWay {
        let id: StoreID
        let item: StoreItem
        /// The elements that were changed for this destination.
        let changed: [Tag]
    }

    /// What is ready to be sent.
    private struct Ready {
        let store: ReadyStore
        var changed: [Tag] = []
    }

    /// An instance that is to be sent next over an association, being read already; or why it cannot be sent over this one.
    private struct Upcoming {
        let item: StoreItem
        let store: Result<Ready, any Error>
    }

    /// Sends until the queue is empty or the association is lost.
    ///
    /// Runs where the association runs, so that an object costs no change of thread but that to its file.
    func send(over association: isolated Association) async -> Outcome {
        var outcome = Outcome()
        var underWay: [UnderWay] = []
        var following = await upcoming(over: association)
        do {
            while following != nil || !underWay.isEmpty {
                guard let current = following, underWay.count < association.operationsWindow else {
                    if try await takeAnswer(&underWay, over: association) { outcome.acknowledged += 1 }
                    continue
                }
                // The next object is read while this one is on its way and is answered. One that is transcoded may take long: whether this one may
                // be sent is asked after that.
                following = await upcoming(over: association)
                guard await mayStart() else {
                    queue.stop()
                    following = nil
                    continue
                }
                guard let ready = await ready(current, over: association) else { continue }
                underWay.append(UnderWay(id: ready.store.id, item: current.item, changed: ready.changed))
                try await association.send(ready.store)
            }
            await association.release()
        } catch {
            let failure = CStoreDestination.networkError(error)
            outcome.failure = failure
            outcome.isUncertain = await settle(underWay.map(\.item), following?.item, failure, over: association)
            association.abort()
        }
        return outcome
    }

    /// Says what became of those under way when the association was lost, or puts them back; true when several were and it is not known which
    /// one it was lost over.
    private func settle(
        _ underWay: [StoreItem], _ following: StoreItem?, _ failure: NetworkError, over association: isolated Association
    ) async -> Bool {
        guard failure.code != .cancelled else { return false }
        // The one whose content failed is the one that was sent last.
        let isKnown = underWay.count == 1 || failure.code == .contentFailed
        let failed = queue.isStopped ? underWay : isKnown ? underWay.suffix(1) : []
        let untouched = (queue.isStopped ? [] : isKnown ? underWay.dropLast() : underWay) + (following.map { [$0] } ?? [])
        queue.putBack(untouched)
        for item in failed { await report(item.place, .failed(failure.category, detail: failure.message)) }
        return !isKnown && !queue.isStopped
    }

    /// Takes the next answer and reports it; true for an acknowledgement.
    private func takeAnswer(_ underWay: inout [UnderWay], over association: isolated Association) async throws -> Bool {
        let (id, response) = try await association.nextStoreResponse()
        guard let index = underWay.firstIndex(where: { $0.id == id }) else { return false }
        let answered = underWay.remove(at: index)
        let verdict = verdict(response.status, changed: answered.changed)
        await report(answered.item.place, verdict)
        if case .acknowledged = verdict { return true }
        return false
    }

    private func verdict(_ status: DIMSEStatus, changed: [Tag]) -> InstanceVerdict {
        switch status.category {
        case .success: return .acknowledged(warning: "", changed: changed)
        case .warning: return .acknowledged(warning: "warning \(status)", changed: changed)
        case .pending, .cancel, .failure:
            let category: ExceptionCategory = status.isOutOfResources ? .outOfResources : .destinationRefused
            return .failed(category, detail: "\(destination.address.calledAETitle) answered C-STORE with status \(status)")
        }
    }

    private func upcoming(over association: isolated Association) async -> Upcoming? {
        guard let item = queue.next() else { return nil }
        do {
            return Upcoming(item: item, store: .success(try await makeReady(item.instance, over: association)))
        } catch {
            return Upcoming(item: item, store: .failure(error))
        }
    }

    /// Begins to read an instance as it is, or written in a syntax that the peer takes.
    private func makeReady(_ instance: OutgoingInstance, over association: isolated Association) async throws -> Ready {
        var request = StoreRequest(
            sopClassUID: instance.sopClassUID, sopInstanceUID: instance.sopInstanceUID, transferSyntaxUID: instance.transferSyntaxUID)
        let isTaken = { association.acceptedContext(instance.sopClassUID, transferSyntaxUID: $0) != nil }
        guard !isTaken(instance.transferSyntaxUID),
            let other = destination.transcoder.alternatives(to: instance.transferSyntaxUID).first(where: isTaken)
        else { return Ready(store: try association.makeReady(request, content: instance.content)) }
        let transcoded = try await transcoded(instance, to: other)
        request.transferSyntaxUID = other
        return Ready(store: try association.makeReady(request, content: transcoded.content), changed: transcoded.changed)
    }

    private func transcoded(_ instance: OutgoingInstance, to other: String) async throws -> TranscodedInstance {
        do {
            return try await destination.transcoder.transcoded(instance, to: other)
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            let why = Self.reason(error)
            throw DestinationError(
                why.category,
                "\(destination.address.calledAETitle) takes \(other) instead of \(instance.transferSyntaxUID), in which the object cannot be "
                    + "written: \(why.words)")
        }
    }

    /// The words of an error that vouches for them; of another one its type only. It is the object that is not accepted, unless the fault is ours
    /// or the medium's.
    private static func reason(_ error: any Error) -> (category: ExceptionCategory, words: String) {
        switch error {
        case let error as any ContentFailure: (.unreadable, error.reason)
        case let error as DestinationError: (error.category, error.message)
        case let error as DICOMError: (.unreadable, error.description)
        case let error as NetworkError: (error.category, error.message)
        default: (.notAccepted, "\(type(of: error))")
        }
    }

    /// What is ready to be sent; nil, and a verdict reported, when it cannot be sent.
    private func ready(_ upcoming: Upcoming, over association: isolated Association) async -> Ready? {
        switch upcoming.store {
        case .success(let store): return store
        case .failure(is CancellationError): return nil
        case .failure(let error as DestinationError):
            await report(upcoming.item.place, .failed(error.category, detail: error.message))
        case .failure(let error):
            let failure = CStoreDestination.networkError(error)
            await report(upcoming.item.place, .failed(failure.category, detail: failure.message))
        }
        return nil
    }
}
