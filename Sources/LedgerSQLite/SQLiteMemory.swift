internal import CSQLite

/// How SQLite keeps account of its memory, for the whole process.
enum SQLiteMemory {
    /// Lets SQLite count its memory no more, once: each allocation would take a lock for it. Nobody asks for those numbers.
    static let countNothing: Void = { _ = countNoSQLiteMemory() }()
}
