internal import DICOMNetwork

/// What a destination was found to have committed to (PS3.4 annex J).
public struct CommitmentOutcome: Hashable, Sendable {
    /// SOP Instance UIDs that it keeps.
    public var committed: Set<String> = []
    /// Those that it does not, with the reason in words.
    public var refused: [String: String] = [:]

    /// Nothing is decided yet.
    public init() {}
}

/// Requests for commitment that are not answered yet, and what was reported on them.
///
/// A report may come hours later, when nobody waits any more: it is kept, and counts when the same is asked again.
actor CommitmentDesk {
    private struct Transaction {
        let destination: ApplicationEntityAddress
        let references: [InstanceReference]
        /// SOP classes by instance.
        let wanted: [String: String]
        let began: ContinuousClock.Instant
        var outcome = CommitmentOutcome()
        var listeners: [AsyncStream<Void>.Continuation] = []

        var isSettled: Bool { wanted.keys.allSatisfy { outcome.committed.contains($0) || outcome.refused[$0] != nil } }
    }

    /// Transactions that are remembered, the newest: each has at most some thousand UIDs of 64 bytes.
    private static let maximumTransactions = 256
    /// How long a report may be late. PACS that archive in batches report by the next morning.
    static let lateness: Duration = .seconds(24 * 3_600)

    private var transactions: [String: Transaction] = [:]
    /// Transaction UIDs in the order in which they began.
    private var order: [String] = []

    /// The transaction that asks this destination for exactly these references and is not too old; nil: it is to be asked.
    func transaction(for references: [InstanceReference], at destination: ApplicationEntityAddress) -> String? {
        order.last { uid in
            guard let known = transactions[uid], known.destination == destination, known.references == references else { return false }
            return ContinuousClock.now - known.began < Self.lateness
        }
    }

    /// A request is about to be sent to this destination.
    func begin(_ request: CommitmentRequest, to destination: ApplicationEntityAddress) {
        if order.count == Self.maximumTransactions { end(order[0]) }
        order.append(request.transactionUID)
        transactions[request.transactionUID] = Transaction(
            destination: destination, references: request.references,
            wanted: Dictionary(request.references.map { ($0.sopInstanceUID, $0.sopClassUID) }, uniquingKeysWith: { first, _ in first }), began: .now)
    }

    /// Instances are about to be stored at this destination, anew maybe and with other changes: what it says of them from an earlier request is about
    /// what lay there before.
    func forget(_ sopInstanceUIDs: Set<String>, at destination: ApplicationEntityAddress) {
        let stale = order.filter { uid in
            guard let known = transactions[uid], known.destination == destination else { return false }
            return known.wanted.keys.contains { sopInstanceUIDs.contains($0) }
        }
        for uid in stale { end(uid) }
    }

    /// A transaction is forgotten: it was settled, or never came about.
    func end(_ transactionUID: String) {
        order.removeAll { $0 == transactionUID }
        for listener in transactions.removeValue(forKey: transactionUID)?.listeners ?? [] { listener.finish() }
    }

    /// Takes a report, for all or for a part; false when its transaction is not known. What it says of instances that were not asked about is passed over.
    func take(_ report: CommitmentReport) -> Bool {
        guard var transaction = transactions[report.transactionUID] else { return false }
        for failure in report.failed where transaction.wanted[failure.reference.sopInstanceUID] != nil {
            transaction.outcome.refused[failure.reference.sopInstanceUID] = Self.words(failure.reason)
        }
        for reference in report.committed {
            let uid = reference.sopInstanceUID
            guard let wanted = transaction.wanted[uid], transaction.outcome.refused[uid] == nil else { continue }
            // A report without the class, which PS3.4 table J.3-3 demands, contradicts nothing.
            if reference.sopClassUID.isEmpty || reference.sopClassUID == wanted {
                transaction.outcome.committed.insert(uid)
            } else {
                transaction.outcome.refused[uid] = "committed to as another SOP class"
            }
        }
        if transaction.isSettled {
            for listener in transaction.listeners { listener.finish() }
            transaction.listeners = []
        }
        transactions[report.transactionUID] = transaction
        return true
    }

    /// What is known of a transaction, and whether that is all there is to know.
    func standing(of transactionUID: String) -> (outcome: CommitmentOutcome, isSettled: Bool) {
        guard let transaction = transactions[transactionUID] else { return (CommitmentOutcome(), true) }
        return (transaction.outcome, transaction.isSettled)
    }

    /// Ends when the transaction is settled or forgotten.
    func settling(of transactionUID: String) -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
        if standing(of: transactionUID).isSettled {
            continuation.finish()
        } else {
            transactions[transactionUID]?.listeners.append(continuation)
        }
        return stream
    }

    /// The words of PS3.3 §C.14.1.1.
    private static func words(_ reason: UInt16?) -> String {
        switch reason {
        case 0x0110: "processing failure (0110)"
        case 0x0112: "no such object instance (0112)"
        case 0x0119: "class and instance conflict (0119)"
        case 0x0122: "SOP class not supported (0122)"
        case 0x0131: "duplicate transaction UID (0131)"
        case 0x0213: "resource limitation (0213)"
        case let reason?: "reason \(String(reason, radix: 16, uppercase: true))"
        case nil: "no reason given"
        }
    }
}
