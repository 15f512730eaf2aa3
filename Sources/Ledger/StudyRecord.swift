public import Migration

/// A study as the ledger keeps it.
public struct StudyRecord: Hashable, Sendable {
    /// Its number.
    public var id: StudyID
    /// What its objects say of it, over all its parts.
    public var header: StudyHeader
    /// How far it is.
    public var progress: StudyProgress
    /// What matching came to; nil before the first matching.
    public var outcome: Outcome?
    /// Why it is held; nil when it is not.
    public var holdReason: HoldReason?
    /// The order it is to be filed under.
    public var order: OrderID?
    /// Whether something beside patient ID, day and modality speaks for the order.
    public var isCorroborated: Bool
    /// Who decided by hand, and over what; nil when nobody did.
    public var decision: PersonalDecision?
    /// What is to become of its objects; nil until that is decided.
    public var plan: SendPlan?
    /// Its accession number of the reserved range; nil until it needs one.
    public var reservedAccession: String?
    /// What came up after its state was settled, each code once, in their order.
    public var flags: [String]
    /// What of it lies in more than one patient's or object's name (law 12).
    public var conflicts: StudyConflicts
    /// How many different instances it has, and their bytes.
    public var size: StudySize
    /// SOP Instance UIDs that the destination has in the study beyond ours.
    public var beyond: [String]
    /// How often it was sent again after the destination had let go of what it had.
    public var round = 0
    /// By what its UIDs became others at the destination; nil: it lies there, or will, under those of its objects.
    public var uids: UIDGeneration?

    /// A study that was just read.
    public init(id: StudyID, header: StudyHeader) {
        self.id = id
        self.header = header
        progress = StudyProgress(state: .inventoried)
        isCorroborated = false
        flags = []
        conflicts = StudyConflicts()
        size = StudySize()
        beyond = []
    }
}

/// The part of a study's record that leases and results change.
public struct StudyProgress: Hashable, Sendable {
    /// How far it is.
    public var state: StudyState
    /// Failed attempts since the last success or the last retry by hand.
    public var attempts: Int
    /// When it becomes ready again after a failed attempt.
    public var retryAt: Instant?
    /// What the last failure was; with state `exception`, why it was given up.
    public var category: ExceptionCategory?
    /// The last failure in the destination's or our words; without patient data.
    public var detail: String
    /// Whether a part of it was ever leased: something of it may be at the destination.
    public var wasGranted: Bool
    /// Instances that need nothing more, as far as parts report them.
    public var doneCount: Int
    /// The last decision.
    public var sentence: Sentence?

    /// A progress in `state`, with nothing tried.
    public init(state: StudyState) {
        self.state = state
        attempts = 0
        detail = ""
        wasGranted = false
        doneCount = 0
    }
}

/// A decision by a person, which matching does not overrule.
public struct PersonalDecision: Hashable, Sendable, Codable {
    /// Who decided.
    public var by: String
    /// What was decided.
    public var kind: Kind
    /// The holds that persons saw and settled; another one, found later, holds again.
    public var settled: Set<HoldReason>
    /// When; nil: it was made with a program that did not note that.
    public var at: Instant?
    /// Why, in the person's words, which may name a patient; nil: none was given.
    public var reason: Identifying?
    /// Whether the study has its order beside others, on purpose; nil: not.
    public var isShared: Bool?
    /// Whether the person said whose order of an accession number is meant that several patients have; nil: not.
    public var namesPatient: Bool?
    /// What the study should have been sent as, where the decision came after it was sent and is not carried out; nil otherwise.
    public var amendment: Amendment?

    /// The decisions.
    public enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
        /// Linked to an order.
        case assigned
        /// Filed as an unspecified exam.
        case unspecified
        /// Left out.
        case excluded
    }

    /// Another decision than the one that a study was sent by.
    public struct Amendment: Hashable, Sendable, Codable {
        /// What it should have been sent as.
        public var plan: SendPlan
        /// The order under which it lies at the destination until it is corrected; nil: none.
        public var former: OrderID?
        /// Whether the destination has let go of what lay under the former order, and the study is sent as decided; nil: not.
        public var isBeingSent: Bool?

        /// An amendment of these.
        public init(plan: SendPlan, former: OrderID?) {
            self.plan = plan
            self.former = former
        }
    }

    /// A decision of these values.
    public init(by: String, kind: Kind, settled: Set<HoldReason> = [], at: Instant? = nil, reason: Identifying? = nil) {
        self.by = by
        self.kind = kind
        self.settled = settled
        self.at = at
        self.reason = reason
    }
}

extension StudyRecord {
    /// Whether matching does not decide any more which order it has: a person did, or it was sent by a plan.
    public var isSettled: Bool { decision != nil || progress.wasGranted && plan != nil }

    /// The order of its plan: the former one where a person has decided otherwise since it was sent, until it is sent so.
    public var orderSentUnder: OrderID? {
        guard let amendment = decision?.amendment, amendment.isBeingSent != true else { return order }
        return amendment.former
    }

    /// Whether a person has decided on it otherwise than it was sent, and it is not sent so yet.
    public var isAmended: Bool { decision?.amendment != nil && amendmentUnderWay == nil }

    /// The amendment as which it is being sent again; nil: none.
    public var amendmentUnderWay: PersonalDecision.Amendment? { decision?.amendment.flatMap { $0.isBeingSent == true ? $0 : nil } }

    /// Whether a person has left it out.
    public var isLeftOut: Bool { decision?.kind == .excluded }

    /// Whether a person is to decide on it.
    public var isWaiting: Bool { progress.state == .held || progress.state == .exception }
}

/// What law 12 forbids, as found in a study.
public struct StudyConflicts: Hashable, Sendable {
    /// Its Study Instance UID is used for two patients.
    public var hasTwoPatients = false
    /// One of its SOP Instance UIDs has different contents, here or in another study.
    public var hasInstanceConflict = false
    /// One of its SOP Instance UIDs has different contents within the study itself.
    public var hasTwoContents = false

    /// No conflict.
    public init() {}
}

/// How much a study is.
public struct StudySize: Hashable, Sendable {
    /// Different instances over all its parts.
    public var instances = 0
    /// Bytes of their files.
    public var bytes: Int64 = 0
    /// Files of it that no medium gave.
    public var unreadable = 0
    /// The instances, where all were read; else nil.
    public var readable: Int? { unreadable == 0 && instances > 0 ? instances : nil }

    /// Nothing.
    public init() {}
}

/// Studies, by state; what finds them by number, UID or patient is in ``LedgerLookup``.
public protocol StudyStore {
    /// What of the study with this number its results look at.
    func standing(of study: StudyID) throws -> StudyStanding?
    /// Up to `limit` failed studies whose delay is over at `now`, by the end of the delay, then by number.
    func studiesToRetry(at now: Instant, limit: Int) throws -> [StudyRecord]
    /// Up to `limit` patient IDs above `patientID` that have a study held for `reason`, in growing order.
    func patients(heldFor reason: HoldReason, above patientID: Identifying, limit: Int) throws -> [Identifying]
    /// The patient IDs for which the plans of studies write `accessionNumber`, each once, in their order; up to ``plannedLimit``.
    func plannedPatients(accessionNumber: String) throws -> [Identifying]
    /// Adds a study that was just read.
    func insertStudy(_ header: StudyHeader) throws -> StudyRecord
    /// Writes all of `study`.
    func updateStudy(_ study: StudyRecord) throws
    /// Writes the progress of a study only.
    func updateProgress(_ progress: StudyProgress, of study: StudyID) throws
    /// Writes the progress in `standing` only; where that has no sentence, the study's stays.
    func updateStanding(_ standing: StudyStanding) throws
    /// Writes that a part of a study is leased, and the sentence that says so.
    func noteLease(of study: StudyID, _ sentence: Sentence) throws
}

extension StudyStore {
    /// Patients of one accession number that are told: two are a conflict already.
    public static var plannedLimit: Int { 64 }
}
