public import Migration

/// That a person has taken a study to decide on it: nobody else does before that lapses.
public struct TakeRecord: Hashable, Sendable {
    /// The study.
    public var study: StudyID
    /// Who.
    public var by: String
    /// When.
    public var at: Instant
    /// When it lapses.
    public var until: Instant

    /// A record of these values.
    public init(study: StudyID, by: String, at: Instant, until: Instant) {
        self.study = study
        self.by = by
        self.at = at
        self.until = until
    }
}

/// That a person has put a held study off.
public struct PostponementRecord: Hashable, Sendable {
    /// The study.
    public var study: StudyID
    /// Who.
    public var by: String
    /// When.
    public var at: Instant
    /// When it comes back by itself.
    public var until: Instant
    /// Why, in the person's words, which may name a patient.
    public var reason: Identifying

    /// A record of these values.
    public init(study: StudyID, by: String, at: Instant, until: Instant, reason: Identifying) {
        self.study = study
        self.by = by
        self.at = at
        self.until = until
        self.reason = reason
    }
}

/// Which held studies a list is to have; nil does not restrict.
public struct WaitingFilter: Hashable, Sendable {
    /// Only those held for this reason; nil: for any that does not pass by itself.
    public var reason: HoldReason?
    /// Only those with an object of this modality (0008,0060).
    public var modality: String?
    /// Only those of this Study Date or later; those without a date are left out, as with ``last``.
    public var first: CalendarDate?
    /// Only those of this Study Date or earlier.
    public var last: CalendarDate?

    /// A filter of these.
    public init(reason: HoldReason? = nil, modality: String? = nil, first: CalendarDate? = nil, last: CalendarDate? = nil) {
        self.reason = reason
        self.modality = modality
        self.first = first
        self.last = last
    }
}

/// What persons do on the manual worklist. How it is found is in ``LedgerLookup``.
public protocol WorklistStore {
    /// Writes who has taken a study, in place of who had before.
    func putTake(_ take: TakeRecord) throws
    /// Nobody has taken the study any more.
    func removeTake(of study: StudyID) throws
    /// Writes until when a study is put off, in place of what was said before.
    func putPostponement(_ postponement: PostponementRecord) throws
    /// The study is not put off any more.
    func removePostponement(of study: StudyID) throws
    /// Up to `limit` postponements that are over at `now`, by their end, then by study.
    func postponementsToEnd(at now: Instant, limit: Int) throws -> [PostponementRecord]
    /// Writes which orders a study serves beside the one that it is filed under, in place of those before.
    func putServedOrders(_ orders: [OrderID], of study: StudyID) throws
}
