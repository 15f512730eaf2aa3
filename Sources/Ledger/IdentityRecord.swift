public import Migration

/// What one kind of the hospital's sources has said of a patient, all of them together.
public struct IdentityWord: Hashable, Sendable, Codable {
    /// What they said.
    public var notice: IdentityNotice
    /// The moment of the newest of them by its sender's clock; nil: none had one.
    public var saidAt: Instant?

    /// A word of these.
    public init(notice: IdentityNotice, saidAt: Instant?) {
        self.notice = notice
        self.saidAt = saidAt
    }
}

/// What the hospital has said of a patient: by messages, which change the patient's orders, and by lists, which leave them as they are. Kept apart, neither
/// takes from the other what it said, whichever comes first.
public struct IdentityRecord: Hashable, Sendable {
    /// What messages said.
    public var told: IdentityWord
    /// What lists of patients said; nil: none names the patient.
    public var listed: IdentityWord?
    /// Names that the hospital gave the patient before, sorted, each once; at most ``nameLimit``. Objects of that time bear them.
    public var formerNames: [Identifying]

    /// Former names that are kept of a patient: more are beyond what a life brings (law 9).
    public static var nameLimit: Int { 16 }

    /// When a list without moments said what it says, before all messages: 0001-01-01.
    public static var beforeMessages: Instant { Instant(milliseconds: -62_135_596_800_000) }

    /// A record of what messages said.
    public init(notice: IdentityNotice, saidAt: Instant?, formerNames: [Identifying] = []) {
        self.init(told: IdentityWord(notice: notice, saidAt: saidAt), listed: nil, formerNames: formerNames)
    }

    /// A record of these, which are about one patient.
    public init(told: IdentityWord, listed: IdentityWord?, formerNames: [Identifying]) {
        self.told = told
        self.listed = listed
        self.formerNames = formerNames
    }

    /// All that was said, the newer over the older; a message without a moment counts as newer than a list.
    public var notice: IdentityNotice {
        guard let listed else { return told.notice }
        guard let list = listed.saidAt, let message = told.saidAt, list > message else { return told.notice.over(listed.notice) }
        return listed.notice.over(told.notice)
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
