internal import CSQLite

/// Reads a page that is in no memory together with those around it.
///
/// In a large ledger nearly every first touch of a page is a read of the disk, and SQLite asks for one page of 4 KiB at a time, in no order that the kernel
/// would take for one. But what is needed next lies beside it: the studies of a medium, those of the media read before and after, the same places of
/// the indexes. A disk gives sixteen pages in two or three times the time of one.
enum ReadAround {
    /// Lets SQLite's files be read so, once a process.
    static let isOn: Void = haveSQLiteReadWithSurroundings()

    /// Whether they are.
    static var isInPlace: Bool { doesSQLiteReadWithSurroundings() != 0 }
}
