public import Migration

/// A grant as the ledger keeps it: of a medium to read, or of a part to send.
public struct GrantRecord: Hashable, Sendable {
    /// Its number.
    public var number: GrantNumber
    /// What was granted.
    public var subject: Subject
    /// To whom.
    public var worker: WorkerID
    /// When.
    public var grantedAt: Instant
    /// Whether it is live, or how it ended.
    public var state: State
    /// The digest of the line's matter that ended it, so that the same line said again is answered the same way; nil while none did.
    public var answered: [UInt8]?

    /// What is granted.
    public enum Subject: Hashable, Sendable {
        /// A medium to read.
        case medium(MediumID)
        /// A part to send, with the positions granted and the plan to send them by.
        case part(PartID, InstanceRanges, SendPlan)
    }

    /// The life of a grant.
    public enum State: String, Hashable, Sendable, CaseIterable {
        /// Its worker may act on it.
        case live
        /// Its worker answered it.
        case answered
        /// Its worker was not heard of for its term.
        case expired
        /// Taken back: the worker was lost, revoked or restarted, the medium excluded.
        case withdrawn
    }

    /// A live grant.
    public init(number: GrantNumber, subject: Subject, worker: WorkerID, grantedAt: Instant) {
        self.number = number
        self.subject = subject
        self.worker = worker
        self.grantedAt = grantedAt
        state = .live
    }
}

/// A grant of a part, without the plan to send it by.
public struct LeaseRecord: Hashable, Sendable {
    /// Its number.
    public let number: GrantNumber
    /// The part.
    public let part: PartID
    /// The positions granted.
    public let positions: InstanceRanges
    /// To whom.
    public let worker: WorkerID
    /// Whether it is live, or how it ended.
    public var state: GrantRecord.State
    /// See ``GrantRecord/answered``.
    public let answered: [UInt8]?

    /// A record of these values.
    public init(
        number: GrantNumber, part: PartID, positions: InstanceRanges, worker: WorkerID, state: GrantRecord.State, answered: [UInt8]?
    ) {
        self.number = number
        self.part = part
        self.positions = positions
        self.worker = worker
        self.state = state
        self.answered = answered
    }
}

/// Grants.
public protocol GrantStore {
    /// The grant with this number.
    func grant(_ number: GrantNumber) throws -> GrantRecord?
    /// The grant of a part with this number.
    func lease(_ number: GrantNumber) throws -> LeaseRecord?
    /// All live grants, in growing order.
    func liveGrants() throws -> [GrantRecord]
    /// Adds a live grant.
    func insertGrant(_ grant: GrantRecord) throws
    /// Writes how a grant ended.
    func endGrant(_ number: GrantNumber, as state: GrantRecord.State, answered: [UInt8]?) throws
    /// SHA-256 of `bytes`.
    func digest(of bytes: [UInt8]) -> [UInt8]
}
