internal import Coordination
internal import Ledger
internal import Migration

/// Where the migration stands, as JSON.
public struct StatusShape: Codable, Hashable, Sendable {
    /// A number of things and of those of them that are done.
    public struct Known: Codable, Hashable, Sendable {
        /// Found on media so far.
        public var known: Int64
        /// Verified at the destination.
        public var verified: Int64
    }

    /// Bytes, and how many go each second.
    public struct Bytes: Codable, Hashable, Sendable {
        /// Found on media so far.
        public var known: Int64
        /// Of verified studies.
        public var verified: Int64
        /// Sent each second now.
        public var perSecond: Int64
    }

    /// Workers.
    public struct Workers: Codable, Hashable, Sendable {
        /// Heard of lately.
        public var connected: Int
        /// Enrolled and not revoked.
        public var total: Int
    }

    /// Something that all work waits for.
    public struct Trouble: Codable, Hashable, Sendable {
        /// What is wrong: a category of the exceptions list, or of the ledger's errors.
        public var category: String
        /// The same in words, where there are any.
        public var detail: String
        /// Since when, ISO 8601.
        public var since: String
        /// When it is tried again, ISO 8601; null: all the time.
        @OrNull public var nextTry: String?
    }

    /// Requests of clinicians.
    public struct Requests: Codable, Hashable, Sendable {
        /// Open ones that persons made, by state; every state is there. At most the newest ``RequestOverview/limit`` are looked at.
        public var byState: [String: Int]
        /// Open ones that new orders made.
        public var automatic: Int
        /// The labels of the media to be inserted for those of persons, in that order.
        public var media: [String]
    }

    /// Orders of unspecified exams that the PACS or RIS is told of.
    public struct Outbound: Codable, Hashable, Sendable {
        /// By state; every state is there.
        public var byState: [String: Int]
        /// Accession numbers of the reserved range that are left.
        public var numbersLeft: Int64
    }

    /// Copies of the ledger.
    public struct Copies: Codable, Hashable, Sendable {
        /// Whether any are made.
        public var wanted: Bool
        /// How many there are.
        public var count: Int
        /// When the newest was made, ISO 8601; null: there is none.
        @OrNull public var newest: String?
        /// The newest one's file; null: there is none.
        @OrNull public var path: String?
        /// Its bytes.
        public var byteCount: Int64
        /// Why the last try failed; null: it did not.
        @OrNull public var failure: String?
        /// When the last try failed, ISO 8601; null: it did not.
        @OrNull public var failedAt: String?
        /// When the next one is made, ISO 8601; null: that is not settled.
        @OrNull public var next: String?
    }

    /// Media by state; every state is there.
    public var media: [String: Int]
    /// Studies by state; every state is there.
    public var studies: [String: Int]
    /// Held studies by the code of the reason.
    public var heldByReason: [String: Int]
    /// Studies that were settled, and mostly sent, and against which something came up since, by its code; one study may have several.
    public var flaggedByReason: [String: Int]
    /// Studies that lie, or lay, at the destination under another patient or order than they should, by the state of their correction; every state is there.
    public var corrections: [String: Int]
    /// Instances.
    public var instances: Known
    /// Bytes.
    public var bytes: Bytes
    /// Workers.
    public var workers: Workers
    /// Requests of clinicians.
    public var requests: Requests
    /// What is wrong with the destination; null: nothing that is known of.
    @OrNull public var destination: Trouble?
    /// Why nothing can be recorded; null: everything is.
    @OrNull public var ledger: Trouble?
    /// How the ledger's copies stand.
    public var ledgerCopies: Copies
    /// Orders that the PACS or RIS is told of.
    public var outbound: Outbound
    /// Seconds until what is known is sent, at the present rate.
    @OrNull public var secondsToGo: Int64?
    /// What holds the migration back, in words.
    public var complaints: [String]
    /// Whether nothing goes on by itself any more: nothing is read, sent, told, corrected or looked at anew, nor waits to be.
    public var finished: Bool
}

extension StatusShape.Copies {
    init(_ status: LedgerCopyStatus) {
        self.init(
            wanted: status.isWanted, count: status.count, newest: status.newest?.madeAt.text, path: status.newest?.path,
            byteCount: status.newest?.byteCount ?? 0, failure: status.failure, failedAt: status.failedAt?.text, next: status.next?.text)
    }
}

extension StatusShape.Outbound {
    init(_ progress: MigrationProgress) {
        self.init(
            byState: Dictionary(uniqueKeysWithValues: OutboundState.allCases.map { ($0.rawValue, progress.outbound[$0] ?? 0) }),
            numbersLeft: (progress.reservedNumbers ?? .standard).left(at: progress.unspecifiedExams))
    }
}

extension StatusShape.Trouble {
    init(_ trouble: DestinationTrouble) {
        self.init(category: trouble.category.rawValue, detail: "", since: trouble.since.text, nextTry: trouble.nextProbe.text)
    }

    init(_ trouble: LedgerTrouble) {
        self.init(category: "ledger-unavailable", detail: trouble.message, since: trouble.since.text, nextTry: nil)
    }
}
