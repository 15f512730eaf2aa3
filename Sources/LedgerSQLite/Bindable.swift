internal import GRDBSQLite

/// A value that takes the place of a `?` in a statement.
protocol Bindable {
    /// Puts the value into the statement's place `index`, from 1 on; returns SQLite's result code.
    func bind(to statement: OpaquePointer, at index: Int32) -> Int32
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
