internal import CSQLite

/// How SQLite keeps account of its memory and uses it, for the whole process.
enum SQLiteMemory {
    /// Lets SQLite count its memory no more, once: each allocation would take a lock for it. Nobody asks for those numbers. And lets it keep in memory what
    /// an event's savepoint may have to put back, 4 KiB for each page that the event changes: a temporary file for it was a third of what an import of orders
    /// wrote. Events change some thousand pages; the largest ones of all, thousand orders into the indices of a million, four thousand.
    static let isSet: Void = {
        _ = countNoSQLiteMemory()
        _ = keepStatementJournalsInMemory()
    }()
}
