internal import DICOMNetwork
internal import Synchronization

/// An instance and its place among those that were given to `store`.
struct StoreItem: Sendable {
    let place: Int
    let instance: OutgoingInstance
    /// As it was written for a peer that does not take its own syntax, for the next association when the one it was written for is gone.
    var written: WrittenInstance?
    /// Whether the peer could not store it in its own syntax, though it had accepted a context with that.
    var isRefusedAsItIs = false
    /// Whether an association was lost over it on which nothing had gone for a while; that is no fault of it once.
    var wasLostAfterPause = false

    init(place: Int, instance: OutgoingInstance) {
        self.place = place
        self.instance = instance
    }
}

/// An instance in another transfer syntax than its own.
struct WrittenInstance: Sendable {
    let transferSyntaxUID: String
    let instance: TranscodedInstance
}

/// Instances whose contexts fit into one association.
struct StoreBatch {
    var contexts: [ProposedContext] = []
    var items: [StoreItem] = []
    private var pairs: Set<Pair> = []

    private struct Pair: Hashable {
        let sopClassUID: String
        let transferSyntaxUID: String

        func `in`(_ transferSyntaxUID: String) -> Pair { Pair(sopClassUID: sopClassUID, transferSyntaxUID: transferSyntaxUID) }
    }

    /// Splits instances so that no batch needs more than 128 contexts, one for each SOP class with one transfer syntax, so that the
    /// peer has nothing to choose. Places of what cannot be proposed at all come back as unsendable.
    ///
    /// - Parameter alternatives: The syntaxes that an object of this one may be sent in when the peer does not take it as it is; each is
    ///   proposed as a context of its own beside the object's.
    static func batches(
        of instances: [OutgoingInstance], alternatives: (String) -> [String] = { _ in [] }
    ) -> (batches: [StoreBatch], unsendable: [Int]) {
        var batches: [StoreBatch] = []
        var unsendable: [Int] = []
        var batchOfPair: [Pair: Int] = [:]
        for (place, instance) in instances.enumerated() {
            let pair = Pair(sopClassUID: instance.sopClassUID, transferSyntaxUID: instance.transferSyntaxUID)
            guard isUID(pair.sopClassUID), isUID(pair.transferSyntaxUID) else {
                unsendable.append(place)
                continue
            }
            let index = batchOfPair[pair] ?? add([pair] + alternatives(pair.transferSyntaxUID).map { pair.in($0) }, to: &batches)
            batchOfPair[pair] = index
            batches[index].items.append(StoreItem(place: place, instance: instance))
        }
        return (batches, unsendable)
    }

    /// Proposes the pairs in the last batch, or in a new one when that has no room for all; gives the batch's index.
    private static func add(_ pairs: [Pair], to batches: inout [StoreBatch]) -> Int {
        let missing = batches.last.map { batch in pairs.filter { !batch.pairs.contains($0) } } ?? pairs
        let isFull = batches.last.map { $0.contexts.count + missing.count > UpperLayerLimits.maximumPresentationContexts } ?? true
        if isFull { batches.append(StoreBatch()) }
        for pair in isFull ? pairs : missing {
            batches[batches.count - 1].pairs.insert(pair)
            batches[batches.count - 1].contexts.append(
                ProposedContext(pair.sopClassUID, transferSyntaxUIDs: [pair.transferSyntaxUID]))
        }
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

    /// Takes back instances that were given out and not decided; they are the next ones again.
    func putBack(_ items: [StoreItem]) {
        state.withLock { $0.items.insert(contentsOf: items, at: $0.items.startIndex) }
    }

    /// Gives nothing out any more.
    func stop() {
        state.withLock { $0.isStopped = true }
    }
}
