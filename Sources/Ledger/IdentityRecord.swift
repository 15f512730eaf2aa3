public import Migration

/// What the hospital's messages have said of a patient, all of them together.
public struct IdentityRecord: Hashable, Sendable {
    /// What they said.
    public var notice: IdentityNotice
    /// The moment of the newest of them by its sender's clock; nil: none had one.
    public var saidAt: Instant?
    /// Names that the hospital gave the patient before, sorted, each once; at most ``nameLimit``. Objects of that time bear them.
    public var formerNames: [Identifying]

    /// Former names that are kept of a patient: more are beyond what a life brings (law 9).
    public static var nameLimit: Int { 16 }

    /// A record of these.
    public init(notice: IdentityNotice, saidAt: Instant?, formerNames: [Identifying] = []) {
        self.notice = notice
        self.saidAt = saidAt
        self.formerNames = formerNames
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
    /// Keeps the digest of a message that was outdated when it came; whether it was not known.
    func noteOutdated(_ digest: [UInt8]) throws -> Bool
    /// Takes back that `former` was merged into another.
    func removeMerge(of former: PatientKey) throws
}
