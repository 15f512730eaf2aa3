internal import Foundation
internal import GRDBSQLite
internal import JSONText
internal import Ledger
internal import Migration

/// Reads a row's columns one after the other, in the order of the query; valid until the statement goes on.
struct Fields {
    private let statement: OpaquePointer
    private var column: Int32 = 0

    /// The columns of the row that `statement` stands at, from the first on.
    init(statement: OpaquePointer) { self.statement = statement }

    /// The next column as `read` takes it; nil when it holds NULL.
    private mutating func takeIfPresent<Value>(_ kind: Int32, _ read: (OpaquePointer, Int32) throws -> Value) throws -> Value? {
        let found = sqlite3_column_type(statement, column)
        guard found != SQLITE_NULL else {
            column += 1
            return nil
        }
        guard found == kind else { throw fault("holds a value of another kind") }
        defer { column += 1 }
        return try read(statement, column)
    }

    private func required<Value>(_ value: Value?) throws -> Value {
        guard let value else { throw fault("is missing", at: column - 1) }
        return value
    }

    private func fault(_ what: String, at place: Int32? = nil) -> LedgerError {
        let name = sqlite3_column_name(statement, place ?? column).map { String(cString: $0) }
        return LedgerError(.corrupt, "column \(name ?? String(column)) \(what)")
    }

    mutating func integer() throws -> Int64 { try required(try integerIfPresent()) }
    mutating func integerIfPresent() throws -> Int64? { try takeIfPresent(SQLITE_INTEGER) { sqlite3_column_int64($0, $1) } }
    mutating func count() throws -> Int { Int(try integer()) }
    mutating func flag() throws -> Bool { try integer() != 0 }
    mutating func text() throws -> String { try required(try textIfPresent()) }
    mutating func textIfPresent() throws -> String? {
        try takeIfPresent(SQLITE_TEXT) { String(decoding: Self.view($0, $1, of: sqlite3_column_text($0, $1)), as: UTF8.self) }
    }
    mutating func bytes() throws -> [UInt8] { try required(try bytesIfPresent()) }
    mutating func bytesIfPresent() throws -> [UInt8]? {
        try takeIfPresent(SQLITE_BLOB) { Array(Self.view($0, $1, of: sqlite3_column_blob($0, $1))) }
    }

    private static func view(_ statement: OpaquePointer, _ column: Int32, of address: UnsafeRawPointer?) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: address, count: Int(sqlite3_column_bytes(statement, column)))
    }

    mutating func instant() throws -> Instant { Instant(milliseconds: try integer()) }
    mutating func instantIfPresent() throws -> Instant? { try integerIfPresent().map { Instant(milliseconds: $0) } }
    mutating func id<Kind>() throws -> LedgerID<Kind> { LedgerID(try integer()) }
    mutating func idIfPresent<Kind>() throws -> LedgerID<Kind>? { try integerIfPresent().map { LedgerID($0) } }

    /// A word of an enumeration.
    mutating func word<Word: RawRepresentable<String>>() throws -> Word {
        guard let word = Word(rawValue: try text()) else {
            column -= 1
            throw fault("holds a word that this program does not know")
        }
        return word
    }

    mutating func wordIfPresent<Word: RawRepresentable<String>>() throws -> Word? {
        guard try textIfPresent() != nil else { return nil }
        column -= 1
        return try word()
    }

    /// A value kept as JSON.
    mutating func json<Value: Decodable>() throws -> Value { try Coding.decode(Value.self, try text()) }

    mutating func jsonIfPresent<Value: Decodable>() throws -> Value? {
        try textIfPresent().map { try Coding.decode(Value.self, $0) }
    }

    mutating func json<Value: Decodable & PlainCodable>() throws -> Value { try Coding.decode(Value.self, try text()) }

    mutating func jsonIfPresent<Value: Decodable & PlainCodable>() throws -> Value? {
        try textIfPresent().map { try Coding.decode(Value.self, $0) }
    }

    mutating func ranges() throws -> InstanceRanges { try Coding.ranges(try text()) }

    mutating func day() throws -> CalendarDate? { try integerIfPresent().flatMap { CalendarDate(number: $0) } }
}
