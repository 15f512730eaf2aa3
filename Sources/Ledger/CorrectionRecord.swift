public import Migration

/// A study that lies at the destination, or may, otherwise than the hospital says by now: its patient was merged or is called otherwise.
public struct CorrectionRecord: Hashable, Sendable {
    /// The study.
    public var study: StudyID
    /// What it was sent as in the first place. Sent anew since, it lies as its study's plan says, and may lie so still.
    public var sent: SendPlan
    /// What it should be.
    public var intended: SendPlan
    /// Since when.
    public var since: Instant
    /// How far it is.
    public var state: CorrectionState
    /// When the destination is to be asked next; nil: not by itself.
    public var askAt: Instant?
    /// Until when the destination's own correction is awaited.
    public var until: Instant
    /// What is known of it; the last decision.
    public var sentence: Sentence
    /// Who approved that it is deleted and sent again; nil while nobody did.
    public var approvedBy: String?
    /// When the destination last listed it as it was sent, since it was approved; nil: it has not since then.
    public var listedAt: Instant?
    /// Since when the destination, which listed it before, lists nothing of it; nil: it does.
    public var emptyAt: Instant?
    /// What of its parts had arrived when it was approved: that lies at the destination until it is deleted there.
    public var arrived: [PartID: InstanceRanges] = [:]
    /// How it is to be rejected at the destination and sent again as other objects, as was approved; nil: it is not.
    public var rejection: Rejection?
    /// What was rejected before and sent again as other objects, the last one last: it must stay rejected.
    public var rejections: [Rejection] = []
    /// How many instances had arrived when it was approved last that they are sent again: that many the destination had, and is to have again.
    public var owed = 0
    /// The study's ``StudyRecord/round`` when the correction came up.
    public var round = 0

    /// A record of these values.
    public init(study: StudyID, sent: SendPlan, intended: SendPlan, since: Instant, state: CorrectionState, askAt: Instant?, until: Instant, sentence: Sentence) {
        self.study = study
        self.sent = sent
        self.intended = intended
        self.since = since
        self.state = state
        self.askAt = askAt
        self.until = until
        self.sentence = sentence
    }
}

/// The rejection of what the destination has of a study: a note says of its objects that they are not to be used, and the study is sent as other objects.
public struct Rejection: Hashable, Sendable, Codable {
    /// By what the UIDs of what is rejected had become others; nil: they are those of the study's objects.
    public var former: UIDGeneration?
    /// By what the UIDs become others.
    public var generation: UIDGeneration
    /// When it was approved: the note bears that moment.
    public var approvedAt: Instant
    /// The notes that may have been stored, the last one last.
    public var notes: [Note] = []

    /// A note, and what it names.
    public struct Note: Hashable, Sendable, Codable {
        /// Its SOP Instance UID.
        public var uid: String
        /// What it names, part by part.
        public var named: [NamedPart]

        /// A note of these.
        public init(uid: String, named: [NamedPart]) {
            self.uid = uid
            self.named = named
        }
    }

    /// What a note names of one part.
    public struct NamedPart: Hashable, Sendable, Codable {
        /// The part.
        public var part: PartID
        /// The positions of the instances in it.
        public var positions: InstanceRanges

        /// These positions of a part.
        public init(part: PartID, positions: InstanceRanges) {
            self.part = part
            self.positions = positions
        }
    }

    /// A rejection of which nothing was carried out.
    public init(former: UIDGeneration?, generation: UIDGeneration, approvedAt: Instant) {
        self.former = former
        self.generation = generation
        self.approvedAt = approvedAt
    }
}

/// How far a correction is.
public enum CorrectionState: String, Hashable, Sendable, CaseIterable {
    /// The destination's own correction is awaited, and asked for.
    case awaited
    /// It did not come in time: a person decides.
    case open
    /// A person approved that the study is deleted and sent again; all of it is gathered in the workers' custody first.
    case approved
    /// All of it is there: it is being deleted at the destination.
    case deleting
    /// All of it is there: a note rejects at the destination what it has of it.
    case rejecting
    /// The destination has nothing of it any more, or has the note that rejects it: it is being sent again.
    case sending
    /// The destination has it as it should be.
    case corrected
}

extension CorrectionState {
    /// Whether a person approved that the study is sent again, and the destination still has what was sent first.
    public var isPreparing: Bool { self == .approved || self == .deleting || self == .rejecting }
}

/// A correction with what a list shows of its study.
public struct CorrectionRow: Hashable, Sendable {
    /// The correction.
    public var correction: CorrectionRecord
    /// The study.
    public var study: StudyRecord

    /// A row of these.
    public init(correction: CorrectionRecord, study: StudyRecord) {
        self.correction = correction
        self.study = study
    }
}

/// Corrections, one a study at most.
public protocol CorrectionStore {
    /// Writes all of `correction`, in place of one of the same study.
    func putCorrection(_ correction: CorrectionRecord) throws
    /// Forgets the correction of a study: the hospital says again what was sent, or nothing had arrived.
    func removeCorrection(of study: StudyID) throws
}
