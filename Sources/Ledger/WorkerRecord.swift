public import Migration

/// A worker's enrolment.
public struct WorkerRecord: Hashable, Sendable {
    /// Its number.
    public var id: WorkerID
    /// The name that its invitation gave it.
    public var name: String
    /// Where it stands.
    public var site: String
    /// The identity in its certificate.
    public var identity: String
    /// Whether it is known to live.
    public var state: WorkerState
    /// Whether it is to take no new work.
    public var isDraining: Bool
    /// The identity of its spool, as it said last; nil before its first `HELLO`.
    public var spool: String?
    /// Its program and version, as it said last.
    public var program: String
    /// When it enrolled.
    public var enrolledAt: Instant
    /// Why it is in this state.
    public var sentence: Sentence?
    /// The calling AE title of the pool that it was given last; nil: none.
    public var callingTitle: String?

    /// A worker that has just enrolled.
    public init(id: WorkerID, name: String, site: String, identity: String, enrolledAt: Instant) {
        self.id = id
        self.name = name
        self.site = site
        self.identity = identity
        self.enrolledAt = enrolledAt
        state = .active
        isDraining = false
        program = ""
    }
}

/// Whether a worker is known to live.
public enum WorkerState: String, Hashable, Sendable, Codable, CaseIterable {
    /// Enrolled and heard of, or not missed yet.
    case active
    /// Not heard of for too long; its custody ended.
    case lost
    /// Refused for good.
    case revoked
}

/// An invitation to enrol.
public struct InvitationRecord: Hashable, Sendable {
    /// SHA-256 of the one-time secret; the secret itself is never kept.
    public var secretDigest: [UInt8]
    /// The name that the worker will have.
    public var name: String
    /// Where it stands.
    public var site: String
    /// When the invitation ends.
    public var expires: Instant
    /// When it was used; nil before.
    public var usedAt: Instant?

    /// An invitation of these values.
    public init(secretDigest: [UInt8], name: String, site: String, expires: Instant, usedAt: Instant? = nil) {
        self.secretDigest = secretDigest
        self.name = name
        self.site = site
        self.expires = expires
        self.usedAt = usedAt
    }
}

/// Workers and invitations.
public protocol WorkerStore {
    /// The enrolment under `name` that is not revoked.
    func worker(name: String) throws -> WorkerRecord?
    /// All enrolments that are not revoked, in the order of their numbers.
    func enrolledWorkers() throws -> [WorkerRecord]
    /// Adds an enrolment; its number is given by the ledger.
    func insertWorker(name: String, site: String, identity: String, enrolledAt: Instant) throws -> WorkerRecord
    /// Writes all of `worker`.
    func updateWorker(_ worker: WorkerRecord) throws
    /// The invitation with this secret's digest.
    func invitation(secretDigest: [UInt8]) throws -> InvitationRecord?
    /// Adds an invitation.
    func insertInvitation(_ invitation: InvitationRecord) throws
    /// Records that an invitation was used.
    func useInvitation(secretDigest: [UInt8], at now: Instant) throws
    /// Lets every invitation that was not used end at `now` at the latest.
    func voidInvitations(at now: Instant) throws
}
