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
        /// Whether it was lost because nothing had been sent over it for a while.
        var wasIdle = false
    }

    /// What is under way: sent and not answered, in the order of sending.
    private struct UnderWay {
        let item: StoreItem
        let ready: Ready
        /// Whether it was sent over an association on which nothing had gone for a while, and which the peer may have closed already.
        let isAfterPause: Bool
    }

    /// What is ready to be sent.
    private struct Ready {
        let store: ReadyStore
        let transferSyntaxUID: String
        /// The elements that were changed for this destination.
        var changed: [Tag] = []
    }

    /// An instance that is to be sent next over an association: being read already, being written anew, or why it cannot be sent over this one.
    private enum Upcoming {
        case ready(StoreItem, Ready)
        case inWriting(StoreWriting)
        case unsendable(StoreItem, any Error)

        /// Whether taking it costs no wait.
        var isDecided: Bool {
            if case .inWriting(let writing) = self { writing.isOver } else { true }
        }
    }

    /// Without anything under way for so long, a peer may have closed the association: the loss then says nothing about what was sent over it next.
    private static let pause = Duration.seconds(2)

    /// Sends until the queue is empty or the association is lost.
    ///
    /// Runs where the association runs, so that an object costs no change of thread but that to its file. The next object is read, or written
    /// anew, while this one is on its way and is answered.
    func send(over association: isolated Association) async -> Outcome {
        var outcome = Outcome()
        var underWay: [UnderWay] = []
        var following: Upcoming?
        var lastAnswer = ContinuousClock.now
        do {
            while true {
                if following == nil { following = upcoming(over: association) }
                guard let current = following, !queue.isStopped, underWay.count < association.operationsWindow,
                    underWay.isEmpty || current.isDecided
                else {
                    if underWay.isEmpty { break }
                    if try await takeAnswer(&underWay, over: association) { outcome.acknowledged += 1 }
                    lastAnswer = .now
                    continue
                }
                following = nil
                guard let (item, ready) = try await decided(current, over: association) else { continue }
                following = upcoming(over: association)
                guard await mayStart() else {
                    queue.stop()
                    continue
                }
                let isAfterPause = underWay.isEmpty && .now - lastAnswer > Self.pause
                underWay.append(UnderWay(item: item, ready: ready, isAfterPause: isAfterPause))
                try await association.send(ready.store)
            }
            await association.release()
        } catch {
            outcome.failure = CStoreDestination.networkError(error)
            association.abort()
        }
        // What was under way is put back last, so that it is the next one.
        await putBack(following)
        if let failure = outcome.failure { await settle(underWay, failure, &outcome) }
        return outcome
    }

    /// Says what became of those under way when the association was lost, or puts them back when it is not known which one it was lost over.
    private func settle(_ underWay: [UnderWay], _ failure: NetworkError, _ outcome: inout Outcome) async {
        guard failure.code != .cancelled else { return }
        if underWay.count == 1, var item = underWay.first?.item, underWay[0].isAfterPause, !item.wasLostAfterPause, !queue.isStopped,
            failure.code != .contentFailed
        {
            outcome.wasIdle = true
            item.wasLostAfterPause = true
            queue.putBack([item])
            return
        }
        // The one whose content failed is the one that was sent last.
        let items = underWay.map(\.item)
        let isKnown = items.count == 1 || failure.code == .contentFailed
        let failed = queue.isStopped ? items : isKnown ? items.suffix(1) : []
        if !queue.isStopped { queue.putBack(isKnown ? items.dropLast() : items) }
        for item in failed { await report(item.place, .failed(failure.category, detail: failure.message)) }
        outcome.isUncertain = !isKnown && !queue.isStopped
    }

    /// Gives back what was not begun to be sent, and what was written of it; what could not be written is reported.
    private func putBack(_ following: Upcoming?) async {
        switch following {
        case nil: return
        case .ready(let item, _), .unsendable(let item, _): queue.putBack([item])
        case .inWriting(let writing):
            do {
                queue.putBack([try await writing.end(isWanted: !queue.isStopped)])
            } catch {
                await reportFailure(of: writing.item, error)
            }
        }
    }

    /// Takes the next answer and reports it, unless the object can be sent otherwise; true for an acknowledgement.
    private func takeAnswer(_ underWay: inout [UnderWay], over association: isolated Association) async throws -> Bool {
        let (id, response) = try await association.nextStoreResponse()
        guard let index = underWay.firstIndex(where: { $0.ready.store.id == id }) else { return false }
        let answered = underWay.remove(at: index)
        if let again = otherwise(answered, response.status, over: association) {
            queue.putBack([again])
            return false
        }
        let verdict = verdict(response.status, on: answered)
        await report(answered.item.place, verdict)
        if case .acknowledged = verdict { return true }
        return false
    }

    /// The instance, to be sent in another syntax, if the peer has accepted a context with the object's own and yet could not store it.
    private func otherwise(_ answered: UnderWay, _ status: DIMSEStatus, over association: isolated Association) -> StoreItem? {
        var item = answered.item
        item.isRefusedAsItIs = true
        guard status.isOfEncoding, !queue.isStopped, answered.ready.transferSyntaxUID == item.instance.transferSyntaxUID,
            otherSyntax(for: item, over: association) != nil
        else { return nil }
        return item
    }

    private func verdict(_ status: DIMSEStatus, on answered: UnderWay) -> InstanceVerdict {
        switch status.category {
        case .success, .warning:
            let sent = answered.ready.transferSyntaxUID
            return .acknowledged(
                warning: status.category == .success ? "" : "warning \(status)", changed: answered.ready.changed,
                writtenAs: sent == answered.item.instance.transferSyntaxUID ? nil : sent)
        case .pending, .cancel, .failure:
            let category: ExceptionCategory = status.isOutOfResources ? .outOfResources : .destinationRefused
            return .failed(category, detail: "\(destination.address.calledAETitle) answered C-STORE with status \(status)")
        }
    }

    /// Begins to read the next instance as it is, or to write it in a syntax that the peer takes.
    private func upcoming(over association: isolated Association) -> Upcoming? {
        guard let item = queue.next() else { return nil }
        guard let other = otherSyntax(for: item, over: association) else {
            return begun(item, in: item.instance.transferSyntaxUID, item.instance.content, changed: [], over: association)
        }
        guard let written = item.written, written.transferSyntaxUID == other else {
            return .inWriting(StoreWriting(item, as: other, for: destination, mayStart: mayStart))
        }
        return begun(item, in: other, written.instance.content, changed: written.instance.changed, over: association)
    }

    /// The syntax in which an instance is to go, if not in its own.
    private func otherSyntax(for item: StoreItem, over association: isolated Association) -> String? {
        let own = item.instance.transferSyntaxUID
        let isTaken = { association.acceptedContext(item.instance.sopClassUID, transferSyntaxUID: $0) != nil }
        return isTaken(own) && !item.isRefusedAsItIs ? nil : destination.transcoder.alternatives(to: own).first(where: isTaken)
    }

    private func begun(
        _ item: StoreItem, in transferSyntaxUID: String, _ content: any ObjectContent, changed: [Tag], over association: isolated Association
    ) -> Upcoming {
        let request = StoreRequest(
            sopClassUID: item.instance.sopClassUID, sopInstanceUID: item.instance.sopInstanceUID, transferSyntaxUID: transferSyntaxUID)
        do {
            let store = try association.makeReady(request, content: content.forOneReader())
            return .ready(item, Ready(store: store, transferSyntaxUID: transferSyntaxUID, changed: changed))
        } catch {
            return .unsendable(item, error)
        }
    }

    /// What is ready to be sent; nil, and a verdict reported, when it cannot be sent, or nil when no more may be.
    ///
    /// - Throws: `CancellationError`.
    private func decided(_ upcoming: Upcoming, over association: isolated Association) async throws -> (StoreItem, Ready)? {
        switch upcoming {
        case .ready(let item, let ready): return (item, ready)
        case .unsendable(let item, let error): await reportFailure(of: item, error)
        case .inWriting(let writing):
            do {
                guard let (item, written) = try await writing.result() else {
                    queue.stop()
                    return nil
                }
                let begun = begun(
                    item, in: written.transferSyntaxUID, written.instance.content, changed: written.instance.changed, over: association)
                return try await decided(begun, over: association)
            } catch let error as CancellationError {
                throw error
            } catch {
                await reportFailure(of: writing.item, error)
            }
        }
        return nil
    }

    private func reportFailure(of item: StoreItem, _ error: any Error) async {
        if let error = error as? DestinationError { return await report(item.place, .failed(error.category, detail: error.message)) }
        let failure = CStoreDestination.networkError(error)
        await report(item.place, .failed(failure.category, detail: failure.message))
    }
}
