public import Migration

/// The instances of one study that one worker read from one medium.
public struct PartRecord: Hashable, Sendable {
    /// Its number.
    public var id: PartID
    /// The study.
    public var study: StudyID
    /// The medium it was read from.
    public var medium: MediumID
    /// The worker in whose custody it is or was.
    public let worker: WorkerID
    /// The grant under which the worker read it.
    public let mediumGrant: GrantNumber
    /// Whether the worker still has it.
    public var custody: Custody
    /// How many instances were read.
    public var instanceCount: Int
    /// Bytes of their files.
    public var byteCount: Int64
    /// The positions that are to be sent from this part; others are sent from equal copies in other parts.
    public var wanted: InstanceRanges
    /// The positions that need nothing more.
    public var done: InstanceRanges
    /// The live grant.
    public var grant: GrantNumber?
    /// What an unanswered grant may still be sending.
    public var fence: Fence?
    /// What makes it the next to be leased.
    public var queue: QueuePlace
    /// Leases of it in a row that ended without an answer although the worker was there.
    public var expiries = 0
    /// The number of the order to erase it; nil while it is to be kept.
    public var erasure: Int64?

    /// A part that was just read.
    public init(
        id: PartID, study: StudyID, medium: MediumID, worker: WorkerID, mediumGrant: GrantNumber, instanceCount: Int,
        byteCount: Int64, wanted: InstanceRanges
    ) {
        self.id = id
        self.study = study
        self.medium = medium
        self.worker = worker
        self.mediumGrant = mediumGrant
        self.instanceCount = instanceCount
        self.byteCount = byteCount
        self.wanted = wanted
        custody = .held
        done = InstanceRanges()
        queue = QueuePlace()
    }

    /// Whether nobody has it any more, although it may be needed.
    public var isGone: Bool { custody == .lost || custody == .evicted }

    /// The positions that are still to be sent from this part.
    public var remaining: InstanceRanges { wanted.subtracting(done) }
}

/// Whether a worker still has a part.
public enum Custody: String, Hashable, Sendable, CaseIterable {
    /// It is in the worker's spool or on an online medium that it reaches.
    case held
    /// The worker or its spool is gone.
    case lost
    /// Not needed any more; the worker was told to erase it.
    case released
    /// Held for a person when the worker's spool had no room left, or wanted again after it was released: the worker was told to erase it, and its
    /// medium is asked for again when the study is ready.
    case evicted
}

/// A grant that ended without an answer: its worker may be sending until `until`.
public struct Fence: Hashable, Sendable {
    /// The old term's end plus the association timeout.
    public var until: Instant
    /// The plan that it sends by.
    public var plan: SendPlan

    /// A fence of these values.
    public init(until: Instant, plan: SendPlan) {
        self.until = until
        self.plan = plan
    }
}

/// Where a part stands among those to be leased.
public struct QueuePlace: Hashable, Sendable {
    /// Whether it may be leased.
    public var isOpen = false
    /// When, at the earliest.
    public var notBefore = Instant(milliseconds: 0)
    /// Smaller is leased first: negative for what was requested, otherwise as the rules of the order of work say.
    public var workClass = 1
    /// Within a class, smaller is leased first.
    public var workOrder = 0

    /// Not to be leased.
    public init() {}
}

/// A part with what a lease of it needs of its study.
public struct LeasablePart: Sendable {
    /// The part.
    public var part: PartRecord
    /// The study's UID.
    public var studyInstanceUID: String
    /// Whether a part of the study was ever leased: something of it may be at the destination.
    public var wasGranted: Bool
    /// The study's plan.
    public var plan: SendPlan
    /// How often the study was sent again.
    public var round: Int
    /// By what the study's UIDs become others; nil: they stay.
    public var uids: UIDGeneration?

    /// A part with these of its study.
    public init(part: PartRecord, studyInstanceUID: String, wasGranted: Bool, plan: SendPlan, round: Int, uids: UIDGeneration?) {
        self.part = part
        self.studyInstanceUID = studyInstanceUID
        self.wasGranted = wasGranted
        self.plan = plan
        self.round = round
        self.uids = uids
    }
}

/// A part that need not be in a spool now, with what a choice among such parts needs of the study.
public struct HeldPart: Sendable {
    /// The part.
    public var part: PartRecord
    /// The study's UID.
    public var studyInstanceUID: String
    /// Why the study is held; nil when it is not.
    public var reason: HoldReason?

    /// A part with these of its study.
    public init(part: PartRecord, studyInstanceUID: String, reason: HoldReason?) {
        self.part = part
        self.studyInstanceUID = studyInstanceUID
        self.reason = reason
    }
}

/// Parts, by study, medium grant and worker.
public protocol PartStore {
    /// The part with this number.
    func part(_ id: PartID) throws -> PartRecord?
    /// The instances that a part is made of, in the order of their positions.
    func instances(of part: PartID) throws -> [InstanceRecord]
    /// The parts of the study that `part` belongs to, itself among them, in the order of their numbers.
    func parts(beside part: PartID) throws -> [PartRecord]
    /// The parts read from `medium`, in the order of their numbers.
    func parts(on medium: MediumID) throws -> [PartRecord]
    /// The parts that `worker` took into custody under `grant`, in the order of their numbers.
    func parts(under grant: GrantNumber) throws -> [PartRecord]
    /// The grants of the media whose parts are in `worker`'s custody or, if `andLost`, were until it was lost; in growing order.
    func custodyGrants(of worker: WorkerID, andLost: Bool) throws -> [GrantNumber]
    /// The grants under which `worker` read parts that it was told to erase, in growing order.
    func erasedGrants(of worker: WorkerID) throws -> [GrantNumber]
    /// Whether a part read from `medium` still has something to be sent.
    func hasOpenParts(on medium: MediumID) throws -> Bool
    /// Up to `limit` parts in `worker`'s custody that may be leased at `now`: by class, order in the class, number.
    func leasableParts(of worker: WorkerID, at now: Instant, limit: Int) throws -> [LeasablePart]
    /// Up to `limit` parts that `worker` is to erase with a number above `erasure`, in the order of these numbers, each with its
    /// study's UID.
    func erasures(of worker: WorkerID, above erasure: Int64, limit: Int) throws -> [(part: PartRecord, studyInstanceUID: String)]
    /// Up to `limit` parts above `part` in `worker`'s custody that are not leased, and whose studies are held, left out or were given up or of which nothing more
    /// is to be sent, in the order of their numbers; parts of media that stay online are left out, and unless `includingCorrections` those of studies that are
    /// being deleted or rejected at the destination and sent again.
    func heldParts(of worker: WorkerID, above part: PartID, limit: Int, includingCorrections: Bool) throws -> [HeldPart]
    /// Adds a part with the instances it is made of, in the order of their positions; the part's own number is given by the ledger.
    func insertPart(_ part: PartRecord, instances: [InstanceRecord]) throws -> PartRecord
    /// The parts that an unanswered grant may be sending after `now`, by the end of that, then by number.
    func fencedParts(after now: Instant) throws -> [PartRecord]
    /// Writes all of `part` but its instances.
    func updatePart(_ part: PartRecord) throws
    /// Forgets the erasures of `worker` for the parts read under `grant`: they are carried out.
    func confirmErasures(of worker: WorkerID, under grant: GrantNumber) throws
}
