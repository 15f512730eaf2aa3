internal import Ledger
public import LineProtocol
public import Migration
internal import OrderedCollections

/// What the engine keeps in memory: nothing that a restart may not lose.
struct LiveState: Sendable {
    /// The latest moment seen; `now` never goes back (law 3).
    var now = Instant(milliseconds: 0)
    /// The enrolled workers, in the order of their enrolment; with them those revoked since the start, or so shortly before it that they may be sending.
    var workers: OrderedDictionary<WorkerID, LiveWorker> = [:]
    /// The destination's trouble, while there is any.
    var trouble: DestinationTrouble?
    /// Why leases that were asked for had to wait last, beside the destination's trouble, and when.
    var waiting: (sentence: Sentence, at: Instant)?
    /// How far the studies that wait for media were looked at since media changed.
    var mediaRound = WaitingRound()
    /// The imports of orders that have not ended.
    var orderImports = OrderImports()
    /// How far the studies that wait for orders were looked at since the last import of orders ended.
    var ordersRound = WaitingRound()
    /// The last request for which films were looked for since media or the legacy index changed; nil: nothing is to be looked at.
    var filmCursor: RequestID?
    /// How far what waits was looked at after other rules came; nil: it is all decided under those that hold.
    var review: Review?
    /// While there is a review: patients whose studies it has matched, as far as they are remembered, and studies that were matched ahead of it because they were next.
    var reviewed = ReviewedAlready()
    /// Studies of queued patients that were matched for the line at hand, because they were next.
    var matchedAhead: Set<StudyID> = []
    /// The members of the studies that workers asked for last.
    var members = KnownMembers()
    /// What went wrong in the last tick.
    var faults: [String] = []
    /// The first grant number after the ledger was last put back from a copy; 0: it never was.
    var restoration = GrantNumber(0)
    /// Until when nothing is leased, because workers may send under grants that this ledger has never seen.
    var quietUntil = Instant(milliseconds: 0)

    /// Forgets `grant` of `worker`.
    mutating func remove(_ grant: GrantNumber, of worker: WorkerID) {
        if let index = workers[worker]?.grants.firstIndex(where: { $0.number == grant }) { workers[worker]?.grants.remove(at: index) }
        if trouble?.probe == grant { trouble?.probe = nil }
    }
}

/// A look at all patients whose studies wait, some at a time.
struct WaitingRound: Sendable {
    /// The last patient who was looked at; nil: nothing is to be looked at.
    private(set) var cursor: Identifying?
    /// Whether something changed behind those who were looked at: the round goes on, and another one follows.
    private var isDueAgain = false

    /// Something changed: all are to be looked at.
    mutating func begin() {
        if cursor == nil { cursor = "" } else if cursor != "" { isDueAgain = true }
    }

    /// All up to `patient` were looked at; nil: all.
    mutating func goOn(behind patient: Identifying?) {
        cursor = patient ?? (isDueAgain ? "" : nil)
        if patient == nil { isDueAgain = false }
    }
}

/// What is known of a worker right now.
public struct LiveWorker: Hashable, Sendable {
    /// Its number.
    public let id: WorkerID
    /// Its name.
    public let name: String
    /// The identity in its certificate.
    public let identity: String
    /// Whether it is to take no new work.
    public internal(set) var isDraining: Bool
    /// Whether it is refused for good.
    public internal(set) var isRevoked = false
    /// Whether it was declared lost.
    public internal(set) var isLost: Bool
    /// Whether it ever said `HELLO`: before, it cannot be missed.
    public internal(set) var hasGreeted = false
    /// The version of the protocol that its last `HELLO` settled on; nil when it said none since the coordinator started.
    public internal(set) var version: Int?
    /// When it was heard of last; after a restart of the coordinator, when that was.
    public internal(set) var lastHeard: Instant
    /// Its live grants, in growing order.
    public internal(set) var grants: [LiveGrant] = []
    /// Its drives, as it said last.
    public internal(set) var drives: [DriveStatus] = []
    /// Bytes in its spool, as it said last.
    public internal(set) var spoolBytes: Int64 = 0
    /// The bound of its spool in bytes, as it said last.
    public internal(set) var spoolLimit: Int64 = 0
    /// What it waits for.
    public internal(set) var paused: Sentence?
    /// Its calling AE title, where there is a pool of them; kept until another worker needs it.
    public internal(set) var callingTitle: String?
    /// When it was leased something last.
    var lastLease = Instant(milliseconds: 0)
    /// The leases that ended without an answer so lately that it may still send under them; what is past is dropped with the next one.
    var unanswered: [UnansweredLease] = []
    /// The number of the last erasure that it was told since its last `HELLO`.
    var toldErasure: Int64 = 0
    /// Grants of its custody that this ledger has never seen, because it was put back from a copy; told with its next beats.
    var unknownCustody: [GrantNumber] = []
    /// Whether it may believe that it is to drain.
    var isOwedResume = true
    /// Whether held parts can leave its spool and stay in its custody, as it said last.
    var hasHoldingStore = false
    /// When room may be made in its spool next.
    var nextEviction = Instant(milliseconds: 0)
    /// The last part that it was told to move into its holding store.
    var toldEviction = PartID(0)
    /// What its spool holds of other enrolments, as it greeted.
    var strangeCustody: [StrangeStudy] = []
    /// How much of that it was told to erase.
    var toldStrange = 0
    /// When it may be told again what to erase.
    var nextTelling = Instant(milliseconds: 0)

    /// The worker of `record`, heard of at `now`.
    init(_ record: WorkerRecord, at now: Instant) {
        id = record.id
        name = record.name
        identity = record.identity
        isDraining = record.isDraining
        isRevoked = record.state == .revoked
        isLost = record.state == .lost
        hasGreeted = record.spool != nil
        callingTitle = record.callingTitle
        lastHeard = now
    }
}

extension LiveWorker {
    /// Whether it can be told something now: it has greeted since the coordinator started, and was heard of within a term, which is three beats.
    public func isConnected(within term: Interval, at now: Instant) -> Bool {
        version != nil && !isLost && !isRevoked && now.since(lastHeard) <= term
    }
}

/// A study that a spool holds under the grant of another enrolment than its worker's.
struct StrangeStudy: Hashable, Sendable {
    let mediumGrant: GrantNumber
    let studyInstanceUID: String
}

/// A live grant.
public struct LiveGrant: Hashable, Sendable {
    /// Its number.
    public let number: GrantNumber
    /// Whether a medium is read under it; otherwise a part is sent.
    public let isMedium: Bool
    /// When it ends unless it is named again.
    public internal(set) var deadline: Instant
    /// Files read, or instances sent.
    public internal(set) var items = 0
    /// Bytes read, or sent.
    public internal(set) var bytes: Int64 = 0
    /// The positions of a part that its worker has sent and need not send again, as it said last.
    public internal(set) var done = InstanceRanges()
    /// The source that is read from under it, where that has a cap.
    var source: SourceCap?
}

/// A lease that ended without an answer.
struct UnansweredLease: Hashable, Sendable {
    /// Until when its worker may send under it.
    let until: Instant
    /// See ``LiveGrant/source``.
    let source: SourceCap?
}

/// The destination is in trouble: only one part at a time is granted, as a probe.
public struct DestinationTrouble: Hashable, Sendable {
    /// What is wrong.
    public let category: ExceptionCategory
    /// Since when.
    public let since: Instant
    /// How often a probe failed.
    public internal(set) var failures: Int
    /// When the next probe may be granted.
    public internal(set) var nextProbe: Instant
    /// The probe that is under way.
    public internal(set) var probe: GrantNumber?
}

/// A picture of what the engine keeps in memory, for reports.
public struct LiveSnapshot: Hashable, Sendable {
    /// When it was taken.
    public let now: Instant
    /// The workers, in the order of their enrolment.
    public let workers: [LiveWorker]
    /// The destination's trouble.
    public let trouble: DestinationTrouble?
    /// Why leases had to wait within the last term: a cap on associations, or no calling AE title left.
    public let waiting: Sentence?
    /// What went wrong in the last tick, in words without patient data; at most 20. It is tried again at each tick.
    public let faults: [String]
    /// How long a grant lives: a worker that is silent for longer is away.
    public let term: Interval
    /// Whether the PACS or RIS is told of orders.
    public let tellsOrders: Bool
    /// Why nothing can be recorded, and since when; nil when everything is.
    public internal(set) var ledgerTrouble: LedgerTrouble?
}

/// Nothing can be made durable: lines are answered `ledger-unavailable` and said again by the workers.
public struct LedgerTrouble: Hashable, Sendable {
    /// Why, in words without patient data.
    public let message: String
    /// Since when.
    public let since: Instant
}
