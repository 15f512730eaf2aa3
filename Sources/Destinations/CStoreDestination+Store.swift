internal import DICOMNetwork
internal import Migration
internal import Synchronization

extension CStoreDestination {
    /// Associations in a row that may be lost without one acknowledged instance, before a lane gives up.
    private static let fruitlessAssociations = 3

    public func store(
        _ instances: [OutgoingInstance], associations: Int, mayStart: @escaping SendPermission, report: @escaping VerdictReport
    ) async throws {
        let (batches, unsendable) = StoreBatch.batches(of: instances)
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
        while !queue.isEmpty {
            let association: Association
            do {
                association = try await Association.connect(to: address, proposing: contexts, timeouts: timeouts)
            } catch {
                return Self.networkError(error)
            }
            let (acknowledged, failure) = await send(queue, over: association, mayStart, report)
            guard let failure else { return nil }
            if failure.code == .cancelled { return failure }
            // A source that cannot be read says nothing about the destination.
            fruitless = acknowledged > 0 || failure.code == .contentFailed ? 0 : fruitless + 1
            if fruitless == Self.fruitlessAssociations { return failure }
        }
        return nil
    }

    /// Sends until the queue is empty or the association is lost; says how many were acknowledged and what ended it.
    ///
    /// Runs where the association runs, so that an object costs no change of thread but that to its file.
    private func send(
        _ queue: StoreQueue, over association: isolated Association, _ mayStart: @escaping SendPermission, _ report: @escaping VerdictReport
    ) async -> (acknowledged: Int, failure: NetworkError?) {
        var acknowledged = 0
        var following = upcoming(queue, over: association)
        while let current = following {
            guard await mayStart() else {
                queue.stop()
                break
            }
            // The next object is read while this one is on its way and is answered.
            following = upcoming(queue, over: association)
            do {
                let verdict = try await store(current, over: association)
                if case .acknowledged = verdict { acknowledged += 1 }
                await report(current.item.place, verdict)
            } catch {
                let failure = Self.networkError(error)
                if failure.code != .cancelled {
                    await report(current.item.place, .failed(failure.category, detail: failure.message))
                }
                if let untouched = following { queue.putBack(untouched.item) }
                association.abort()
                return (acknowledged, failure)
            }
        }
        await association.release()
        return (acknowledged, nil)
    }

    /// An instance that is to be sent next over an association, being read already; or why it cannot be sent over this one.
    private struct Upcoming {
        let item: StoreItem
        let store: Result<ReadyStore, any Error>
    }

    private func upcoming(_ queue: StoreQueue, over association: isolated Association) -> Upcoming? {
        guard let item = queue.next() else { return nil }
        let instance = item.instance
        let request = StoreRequest(
            sopClassUID: instance.sopClassUID, sopInstanceUID: instance.sopInstanceUID, transferSyntaxUID: instance.transferSyntaxUID)
        do {
            return Upcoming(item: item, store: .success(try association.makeReady(request, content: instance.content)))
        } catch {
            return Upcoming(item: item, store: .failure(error))
        }
    }

    /// One instance's verdict; throws what ends the association.
    private func store(_ upcoming: Upcoming, over association: isolated Association) async throws -> InstanceVerdict {
        do {
            let status = try await association.store(upcoming.store.get()).status
            switch status.category {
            case .success: return .acknowledged(warning: "")
            case .warning: return .acknowledged(warning: "warning \(status)")
            case .pending, .cancel, .failure:
                let category: ExceptionCategory = status.isOutOfResources ? .outOfResources : .destinationRefused
                return .failed(category, detail: "\(address.calledAETitle) answered C-STORE with status \(status)")
            }
        } catch let error as NetworkError where error.code == .notAccepted {
            return .failed(.notAccepted, detail: error.message)
        }
    }

    private static func networkError(_ error: any Error) -> NetworkError {
        error as? NetworkError ?? NetworkError.unexpected(error)
    }
}

/// An instance and its place among those that were given to `store`.
struct StoreItem: Sendable {
    let place: Int
    let instance: OutgoingInstance
}

/// Instances whose contexts fit into one association.
struct StoreBatch {
    var contexts: [ProposedContext] = []
    var items: [StoreItem] = []

    private struct Pair: Hashable {
        let sopClassUID: String
        let transferSyntaxUID: String
    }

    /// Splits instances so that no batch needs more than 128 contexts, one for each SOP class with one transfer syntax, so that the
    /// peer has nothing to choose. Places of what cannot be proposed at all come back as unsendable.
    static func batches(of instances: [OutgoingInstance]) -> (batches: [StoreBatch], unsendable: [Int]) {
        var batches: [StoreBatch] = []
        var unsendable: [Int] = []
        var batchOfPair: [Pair: Int] = [:]
        for (place, instance) in instances.enumerated() {
            let pair = Pair(sopClassUID: instance.sopClassUID, transferSyntaxUID: instance.transferSyntaxUID)
            guard isUID(pair.sopClassUID), isUID(pair.transferSyntaxUID) else {
                unsendable.append(place)
                continue
            }
            let index = batchOfPair[pair] ?? addContext(pair, to: &batches)
            batchOfPair[pair] = index
            batches[index].items.append(StoreItem(place: place, instance: instance))
        }
        return (batches, unsendable)
    }

    /// Proposes the pair in the last batch, or in a new one when that is full; gives the batch's index.
    private static func addContext(_ pair: Pair, to batches: inout [StoreBatch]) -> Int {
        let isFull = batches.last.map { $0.contexts.count == UpperLayerLimits.maximumPresentationContexts } ?? true
        if isFull { batches.append(StoreBatch()) }
        batches[batches.count - 1].contexts.append(
            ProposedContext(pair.sopClassUID, transferSyntaxUIDs: [pair.transferSyntaxUID]))
        return batches.count - 1
    }

    private static func isUID(_ text: String) -> Bool {
        (1...UpperLayerLimits.maximumUIDLength).contains(text.utf8.count)
            && text.utf8.allSatisfy { $0 == UInt8(ascii: ".") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }
}

/// The instances of a batch that no association has taken yet, in order.
final class StoreQueue: Sendable {
    private struct State {
        var items: ArraySlice<StoreItem>
        var isStopped = false
    }

    private let state: Mutex<State>

    init(_ items: [StoreItem]) {
        state = Mutex(State(items: items[...]))
    }

    var isEmpty: Bool { state.withLock { $0.isStopped || $0.items.isEmpty } }

    var isStopped: Bool { state.withLock(\.isStopped) }

    func next() -> StoreItem? {
        state.withLock { $0.isStopped ? nil : $0.items.popFirst() }
    }

    /// Takes back an instance that was given out and not touched; it is the next one again.
    func putBack(_ item: StoreItem) {
        state.withLock { $0.items.insert(item, at: $0.items.startIndex) }
    }

    /// Gives nothing out any more.
    func stop() {
        state.withLock { $0.isStopped = true }
    }
}
