public import Migration

/// A work item: an exam that somebody asked for cannot be read from its media, and is to be digitised from film.
public struct FilmRecord: Hashable, Sendable {
    /// Its number; the ledger gives it.
    public var id: FilmID
    /// The request that needs it.
    public var request: RequestID
    /// The Study Instance UID of what cannot be read; empty: only its order is known.
    public var studyInstanceUID: String
    /// The order of the exam; nil: nobody knows it.
    public var order: OrderID?
    /// Why it is needed.
    public var reason: Sentence
    /// When that was found.
    public var madeAt: Instant
    /// The newest study then: what is digitised comes behind it.
    public var after: StudyID
    /// The Study Instance UID of what was digitised; empty: there is none.
    public var digitised: String
    /// How it ended; nil while it is open.
    public var closing: Sentence?
    /// When it ended; nil while it is open.
    public var closedAt: Instant?

    /// An open item of these values; the ledger gives it its number, and says which study is the newest.
    public init(request: RequestID, studyInstanceUID: String, order: OrderID?, reason: Sentence, madeAt: Instant) {
        id = FilmID(0)
        self.request = request
        self.studyInstanceUID = studyInstanceUID
        self.order = order
        self.reason = reason
        self.madeAt = madeAt
        after = StudyID(0)
        digitised = ""
    }
}

/// Films to be digitised. How they are found is in ``LedgerLookup``.
public protocol FilmStore {
    /// Adds an open item, whose reason `reason` makes of the number that it gets.
    func insertFilm(_ film: FilmRecord, _ reason: (FilmID) -> Sentence) throws -> FilmRecord
    /// Writes how an item ended, or that it has not after all.
    func updateFilm(_ film: FilmRecord) throws
}
