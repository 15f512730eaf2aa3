public import Migration

/// What matching says of one study.
///
/// For a study whose claim is settled it is what would be decided if it were open, except that rivals for its settled orders make it
/// `manual match` with `competing-studies`: its state stays, and it is flagged.
public struct Match: Hashable, Sendable {
    /// The study.
    public var study: StudyID
    /// One of the paper's four outcomes.
    public var outcome: Outcome
    /// The study's order; only when it is `matched`.
    public var order: OrderID?
    /// The order that tells the patient's identity at the destination: the matched one, or for `exam level failed` the patient's most recent
    /// one. Nil for the other outcomes.
    public var identityOrder: OrderID?
    /// Why it is not matched; nil when it is. `contradiction` holds the study whatever the policy for its outcome.
    public var reason: HoldReason?
    /// Whether something besides patient ID, day and modality speaks for the only candidate. A match without it waits while an
    /// unread medium could hold the same patient and day.
    public var isCorroborated: Bool
    /// The orders of the patient, day and modality, in the order of their IDs: what a person chooses among.
    public var candidates: [OrderID]
    /// The other studies that claim the same order, in the order of their IDs: each is to be held or flagged.
    public var rivals: [StudyID]
    /// The decision with its reasons (law 8); its codes are ``Matcher/sentenceCodes``.
    public var sentence: Sentence
    /// What evidence comes to; nil where it is not asked, or finds no order.
    public var weighing: Weighing?
    /// The days on which another study, read or unread, could change what evidence comes to; nil where evidence finds no order.
    public var reach: ClosedRange<CalendarDate>?
}

/// What evidence says of the order that fits a study best, when all studies that could have the same orders are assigned together.
public struct Weighing: Hashable, Sendable, Codable {
    /// The order.
    public var order: OrderID
    /// What speaks for it and against it.
    public var evidence: [Evidence]
    /// The sum of what speaks for this exam, in hundredths (``Evidence/weight``).
    public var score: Int
    /// How much better this is than any other way, likewise.
    public var margin: Int
    /// Why a person must decide; nil when the match is automatic.
    public var bar: EvidenceBar?
}
