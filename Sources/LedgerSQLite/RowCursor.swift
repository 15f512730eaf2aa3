internal import GRDB
internal import GRDBSQLite
internal import Migration

/// A query over one of the indices that matching compares by: its rows are asked for one by one, in the order of their patient IDs, which is the first
/// column. What a row holds is valid until the next.
final class RowCursor {
    private let statement: Statement
    private let pointer: OpaquePointer
    private let database: Database
    /// The patient ID of the row; nil behind the last one.
    private(set) var key: UnsafeRawBufferPointer?

    /// Stands at the first row of `sql`.
    init(_ sql: String, _ database: Database) throws {
        self.database = database
        statement = try database.cachedStatement(sql: sql)
        pointer = statement.sqliteStatement
        try next()
    }

    deinit { sqlite3_reset(pointer) }

    /// Goes on to the next row.
    func next() throws {
        switch sqlite3_step(pointer) {
        case SQLITE_ROW: key = bytes(0)
        case SQLITE_DONE: key = nil
        case let code: throw DatabaseError(resultCode: ResultCode(rawValue: code), message: database.lastErrorMessage)
        }
    }

    /// Whether the row's patient ID is `wanted`.
    func isAt(_ wanted: UnsafeRawBufferPointer) -> Bool { key?.holdsSame(as: wanted) ?? false }

    /// Goes on to the first row whose patient ID does not come before `wanted`.
    func skip(before wanted: UnsafeRawBufferPointer) throws {
        while let key, key.compared(with: wanted) < 0 { try next() }
    }

    /// The bytes of a text in `column`; none for NULL.
    func bytes(_ column: Int32) -> UnsafeRawBufferPointer {
        let start = sqlite3_column_blob(pointer, column)
        return UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(pointer, column)))
    }

    /// The day in `column`, a number; nil for NULL and for what is no day.
    func day(_ column: Int32) -> CalendarDate? { CalendarDate(number: sqlite3_column_int64(pointer, column)) }
}
