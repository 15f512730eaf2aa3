internal import CSQLite

/// How SQLite keeps account of its memory and uses it, for the whole process.
enum SQLiteMemory {
    /// Lets SQLite count its memory no more, once: each allocation would take a lock for it. Nobody asks for those numbers. And lets it keep in memory what
    /// an event's savepoint may have to put back: a temporary file for it was a third of what an import of orders wrote.
    static let isSet: Void = {
        _ = countNoSQLiteMemory()
        _ = keepStatementJournalsInMemory(savepointByteCount)
    }()

    /// Bytes of pages that one savepoint keeps in memory: a thousand orders change eleven hundred pages of 4 KiB.
    private static let savepointByteCount: Int32 = 8 << 20
}
