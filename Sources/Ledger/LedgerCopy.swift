public import Migration

/// A copy of the ledger that was made while it was in use, and looked through.
public struct LedgerCopy: Hashable, Sendable {
    /// Its file.
    public var path: String
    /// The moment that it shows.
    public var madeAt: Instant
    /// Its size in bytes.
    public var byteCount: Int64

    /// A copy of these values.
    public init(path: String, madeAt: Instant, byteCount: Int64) {
        self.path = path
        self.madeAt = madeAt
        self.byteCount = byteCount
    }
}

/// How the ledger's copies stand, for the operators.
public struct LedgerCopyStatus: Hashable, Sendable {
    /// The newest copy; nil: there is none.
    public var newest: LedgerCopy?
    /// How many there are.
    public var count: Int
    /// Why the last try failed, in words; nil: it did not.
    public var failure: String?
    /// When the last try failed.
    public var failedAt: Instant?
    /// When the next one is made; nil: that is not settled.
    public var next: Instant?
    /// Whether copies are made at all.
    public var isWanted: Bool

    /// A standing of these values.
    public init(
        newest: LedgerCopy?, count: Int, failure: String? = nil, failedAt: Instant? = nil, next: Instant? = nil, isWanted: Bool = true
    ) {
        self.newest = newest
        self.count = count
        self.failure = failure
        self.failedAt = failedAt
        self.next = next
        self.isWanted = isWanted
    }
}

/// Who knows how the ledger's copies stand.
public protocol LedgerCopyStanding: Sendable {
    /// The standing now.
    var status: LedgerCopyStatus { get }
}
