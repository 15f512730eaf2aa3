public import Migration

/// That somebody wants studies ahead of all others: a clinician through an operator, or a new order for its priors.
public struct RequestRecord: Hashable, Sendable {
    /// Its number.
    public var id: RequestID
    /// What was asked for.
    public var subject: RequestSubject
    /// Whose studies these are, under the present patient ID; nil: only their UIDs or accession numbers tell.
    public var patient: PatientKey?
    /// The day of the exam that was asked for; nil: any.
    public var day: CalendarDate?
    /// Whether a new order asked for it; a person's request goes before it.
    public var isAutomatic: Bool
    /// Who asked: a person, or the system of the hospital whose order it was.
    public var madeBy: String
    /// Why, in that person's words, which may name a patient.
    public var reason: Identifying
    /// When.
    public var madeAt: Instant
    /// When it ends by itself; nil: it does not.
    public var expires: Instant?
    /// When it ended; nil while it is open.
    public var endedAt: Instant?
    /// While studies of it are still to be given their places in the order of work, the last one that has its own; nil: all have.
    public var placed: StudyID?

    /// An open request of these values; the ledger gives it its number.
    public init(
        subject: RequestSubject, patient: PatientKey?, day: CalendarDate?, isAutomatic: Bool, madeBy: String, reason: Identifying, madeAt: Instant,
        expires: Instant? = nil
    ) {
        id = RequestID(0)
        self.subject = subject
        self.patient = patient
        self.day = day
        self.isAutomatic = isAutomatic
        self.madeBy = madeBy
        self.reason = reason
        self.madeAt = madeAt
        self.expires = expires
    }
}

/// Which requests a list is to have.
public enum RequestFilter: String, Sendable, Codable, CaseIterable {
    /// Those that are open.
    case open
    /// All, those that ended among them.
    case all
}

/// Requests. How they are found is in ``LedgerLookup``.
public protocol RequestStore {
    /// Adds an open request; its number is given by the ledger.
    func insertRequest(_ request: RequestRecord) throws -> RequestRecord
    /// Writes whose studies a request is for, when it ends, that it ended, and how far its studies have their places.
    func updateRequest(_ request: RequestRecord) throws
    /// Up to `limit` open requests whose time is over at `now`, by that time, then by number.
    func requestsToEnd(at now: Instant, limit: Int) throws -> [RequestRecord]
    /// Up to `limit` requests, open or not, with studies that are still to be given their places, by number.
    func requestsToPlace(limit: Int) throws -> [RequestRecord]
}
