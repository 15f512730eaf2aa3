internal import GRDB
internal import GRDBSQLite
internal import Migration

/// A query over one of the indices that matching compares by: its rows are asked for one by one, in the order of their patient IDs, which is the first
/// column. What a row holds is valid until the next.
struct RowCursor: ~Copyable {
    private let statement: Statement
    private let pointer: OpaquePointer
    private let database: Database
    /// The patient ID of the row; nil behind the last one.
    private(set) var key: UnsafeRawBufferPointer?

    private init(_ statement: Statement, _ database: Database) {
        self.database = database
        self.statement = statement
        pointer = statement.sqliteStatement
    }

    /// A cursor at the first row of `sql`, in whose one place `start` is put.
    static func open(_ sql: String, from start: String, _ database: Database) throws -> RowCursor {
        var cursor = RowCursor(try database.cachedStatement(sql: sql), database)
        let code = start.bind(to: cursor.pointer, at: 1)
        guard code == SQLITE_OK else { throw DatabaseError(resultCode: ResultCode(rawValue: code), message: database.lastErrorMessage) }
        try cursor.next()
        return cursor
    }

    deinit { sqlite3_reset(pointer) }

    /// Goes on to the next row.
    mutating func next() throws {
        switch sqlite3_step(pointer) {
        case SQLITE_ROW: key = bytes(0)
        case SQLITE_DONE: key = nil
        case let code: throw DatabaseError(resultCode: ResultCode(rawValue: code), message: database.lastErrorMessage)
        }
    }

    /// Below, at or above zero as the row's patient ID comes before `other`, is the same or comes after; nil behind the last row.
    func compared(with other: [UInt8]) -> Int? { other.withUnsafeBytes { key?.compared(with: $0) } }

    /// The bytes of a text in `column`; none for NULL.
    func bytes(_ column: Int32) -> UnsafeRawBufferPointer {
        let value = sqlite3_column_value(pointer, column)
        let start = sqlite3_value_blob(value)
        return UnsafeRawBufferPointer(start: start, count: Int(sqlite3_value_bytes(value)))
    }

    /// The day in `column`, a number; nil for NULL and for what is no day.
    func day(_ column: Int32) -> CalendarDate? { CalendarDate(number: sqlite3_column_int64(pointer, column)) }
}
