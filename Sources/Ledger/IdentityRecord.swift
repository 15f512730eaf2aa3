public import Migration

/// What the hospital's messages have said of a patient, all of them together.
public struct IdentityRecord: Hashable, Sendable {
    /// What they said.
    public var notice: IdentityNotice
    /// The moment of the newest of them by its sender's clock; nil: none had one.
    public var saidAt: Instant?

    /// A record of these.
    public init(notice: IdentityNotice, saidAt: Instant?) {
        self.notice = notice
        self.saidAt = saidAt
    }
}

/// A patient ID that is no longer used: what was kept under it belongs to another patient.
public struct MergeRecord: Hashable, Sendable {
    /// The patient ID that is no longer used.
    public var former: PatientKey
    /// Whom it belongs to; may have been merged into yet another.
    public var survivor: PatientKey
    /// The moment of the message that said so, by its sender's clock; nil: it had none.
    public var saidAt: Instant?

    /// A record of these.
    public init(former: PatientKey, survivor: PatientKey, saidAt: Instant?) {
        self.former = former
        self.survivor = survivor
        self.saidAt = saidAt
    }
}

/// Identities and merges that the hospital's messages told of.
public protocol IdentityStore {
    /// What was said of exactly this patient.
    func identity(of patient: PatientKey) throws -> IdentityRecord?
    /// Writes all of `identity`.
    func putIdentity(_ identity: IdentityRecord) throws
    /// Writes all of `merge`, in place of one of the same former patient.
    func putMerge(_ merge: MergeRecord) throws
    /// Takes back that `former` was merged into another.
    func removeMerge(of former: PatientKey) throws
}
