internal import GRDBSQLite

/// A value that takes the place of a `?` in a statement.
protocol Bindable {
    /// Puts the value into the statement's place `index`, from 1 on; returns SQLite's result code.
    func bind(to statement: OpaquePointer, at index: Int32) -> Int32
}

/// A statement that is run for each lease, result or beat: made once, and found by its identity among those that are prepared, since its
/// text is long to compare.
final class FrequentStatement: Sendable {
    let sql: String

    init(_ sql: String) { self.sql = sql }
}

/// Fills a statement's places one after the other, in the order of their `?`.
struct Places {
    private let statement: OpaquePointer
    private let texts: BoundTexts
    /// How many were filled.
    private(set) var count: Int32 = 0
    /// The first result of SQLite that was none of success.
    private(set) var code = SQLITE_OK

    /// The places of `statement`, whose texts stay in `texts` until it has run.
    init(statement: OpaquePointer, texts: BoundTexts) {
        self.statement = statement
        self.texts = texts
    }

    mutating func put<Value: Bindable>(_ value: Value?) {
        count += 1
        note(value?.bind(to: statement, at: count) ?? sqlite3_bind_null(statement, count))
    }

    mutating func put(_ text: String) {
        count += 1
        note(texts.bind(text, to: statement, at: count))
    }

    mutating func put(_ text: String?) {
        if let text { put(text) } else { put(Int64?.none) }
    }

    mutating func put(_ bytes: [UInt8]) {
        count += 1
        note(texts.bind(bytes, to: statement, at: count))
    }

    /// As the others, for a value whose type is not known here.
    mutating func put(boxed value: (any Bindable)?) {
        count += 1
        note(value?.bind(to: statement, at: count) ?? sqlite3_bind_null(statement, count))
    }

    private mutating func note(_ result: Int32) {
        if code == SQLITE_OK { code = result }
    }
}

/// Memory in which the texts and bytes stand that a running statement was given, so that SQLite need not copy each into memory of its own. A statement
/// keeps their addresses until its places are filled anew, but reads them only while it runs.
final class BoundTexts {
    private let memory = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: capacity)
    /// Bytes that are taken. Who runs a statement puts back what was there before: one may run while the rows of another are read.
    var used = 0

    /// Bytes of all texts together; what finds no room is copied by SQLite. A lease's plan and a sentence have hundreds.
    private static let capacity = 16 * 1024

    deinit { memory.deallocate() }

    /// Puts `text` into a statement's place `index`; returns SQLite's result code.
    func bind(_ text: String, to statement: OpaquePointer, at index: Int32) -> Int32 {
        var text = text
        guard let place = text.withUTF8(keep) else { return text.bind(to: statement, at: index) }
        return place.withMemoryRebound(to: CChar.self, capacity: text.utf8.count) {
            sqlite3_bind_text64(statement, index, $0, UInt64(text.utf8.count), nil, UInt8(SQLITE_UTF8))
        }
    }

    /// As for a text.
    func bind(_ bytes: [UInt8], to statement: OpaquePointer, at index: Int32) -> Int32 {
        guard let place = bytes.withUnsafeBufferPointer(keep) else { return bytes.bind(to: statement, at: index) }
        return sqlite3_bind_blob64(statement, index, place, UInt64(bytes.count), nil)
    }

    /// Where a copy of `bytes` stands; nil when there is no room. SQLite is given no destructor for it, which is SQLITE_STATIC: it stays.
    private func keep(_ bytes: UnsafeBufferPointer<UInt8>) -> UnsafeMutablePointer<UInt8>? {
        guard bytes.count <= memory.count - used, let place = memory.baseAddress.map({ $0 + used }) else { return nil }
        if let begin = bytes.baseAddress { place.initialize(from: begin, count: bytes.count) }
        used += bytes.count
        return place
    }
}

/// The values of a statement's places, in their order.
struct Arguments: ExpressibleByArrayLiteral {
    var values: [(any Bindable)?]

    init(arrayLiteral values: (any Bindable)?...) { self.values = values }

    init(_ values: [(any Bindable)?]) { self.values = values }
}

/// SQLITE_TRANSIENT, a macro that Swift does not see: SQLite copies the bytes before the call returns.
private var copied: sqlite3_destructor_type { unsafeBitCast(-1, to: sqlite3_destructor_type.self) }

extension Int64: Bindable {
    func bind(to statement: OpaquePointer, at index: Int32) -> Int32 { sqlite3_bind_int64(statement, index, self) }
}

extension Int: Bindable {
    func bind(to statement: OpaquePointer, at index: Int32) -> Int32 { sqlite3_bind_int64(statement, index, Int64(self)) }
}

extension Int32: Bindable {
    func bind(to statement: OpaquePointer, at index: Int32) -> Int32 { sqlite3_bind_int64(statement, index, Int64(self)) }
}

extension Bool: Bindable {
    func bind(to statement: OpaquePointer, at index: Int32) -> Int32 { sqlite3_bind_int64(statement, index, self ? 1 : 0) }
}

extension String: Bindable {
    func bind(to statement: OpaquePointer, at index: Int32) -> Int32 {
        var text = self
        return text.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) {
                // An empty string may have no address, which SQLite would take for NULL.
                sqlite3_bind_text64(statement, index, $0.baseAddress ?? UnsafePointer(bitPattern: 1), UInt64($0.count), copied, UInt8(SQLITE_UTF8))
            }
        }
    }
}

extension Array: Bindable where Element == UInt8 {
    func bind(to statement: OpaquePointer, at index: Int32) -> Int32 {
        withUnsafeBytes { bytes in
            if let address = bytes.baseAddress, !bytes.isEmpty {
                sqlite3_bind_blob64(statement, index, address, UInt64(bytes.count), copied)
            } else {
                sqlite3_bind_zeroblob(statement, index, 0)
            }
        }
    }
}
