internal import Foundation
internal import GRDB
internal import Ledger
internal import Migration

/// Reads a row's columns one after the other, in the order of the query.
struct Fields {
    private let row: Row
    private var column = 0

    /// The columns of `row` from the first on.
    init(row: Row) { self.row = row }

    private mutating func take<Value: DatabaseValueConvertible & StatementColumnConvertible>(_ type: Value.Type) throws -> Value {
        guard let value = try takeIfPresent(type) else { throw fault("is missing") }
        return value
    }

    private mutating func takeIfPresent<Value: DatabaseValueConvertible & StatementColumnConvertible>(
        _: Value.Type
    ) throws -> Value? {
        defer { column += 1 }
        return row[column] as Value?
    }

    private func fault(_ what: String) -> LedgerError {
        let names = Array(row.columnNames)
        let name = column < names.count ? names[column] : String(column)
        return LedgerError(.corrupt, "column \(name) \(what)")
    }

    mutating func integer() throws -> Int64 { try take(Int64.self) }
    mutating func integerIfPresent() throws -> Int64? { try takeIfPresent(Int64.self) }
    mutating func count() throws -> Int { Int(try integer()) }
    mutating func flag() throws -> Bool { try integer() != 0 }
    mutating func text() throws -> String { try take(String.self) }
    mutating func textIfPresent() throws -> String? { try takeIfPresent(String.self) }
    mutating func bytes() throws -> [UInt8] { Array(try take(Data.self)) }
    mutating func bytesIfPresent() throws -> [UInt8]? { try takeIfPresent(Data.self).map { Array($0) } }
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

    mutating func ranges() throws -> InstanceRanges { try Coding.ranges(try text()) }

    mutating func day() throws -> CalendarDate? { try integerIfPresent().flatMap { CalendarDate(String($0)) } }
}
