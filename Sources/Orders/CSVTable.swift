/// A CSV file whose first row names its columns, in any order.
struct CSVTable<Column: RawRepresentable & CaseIterable & Hashable & Sendable> where Column.RawValue == String {
    /// A row or a fault of the table.
    enum Item {
        case row(TableRow<Column>)
        case fault(TableFault)
    }

    private var reader: CSVReader
    private let places: [Column: Int]

    /// Reads the header row.
    ///
    /// - Throws: ``TableError``, and whatever `source` throws.
    init(source: @escaping ByteSource, required: [Column]) throws {
        reader = CSVReader(source: source)
        let header: CSVRow
        switch try reader.next() {
        case nil: throw TableError(.empty, "the file is empty; its first row must name the columns: \(Self.known)")
        case .fault(let fault): throw TableError(.badHeader, "the header row cannot be read: \(fault.message)")
        case .row(let row): header = row
        }
        places = try Self.places(in: header)
        let missing = required.filter { places[$0] == nil }.map(\.rawValue)
        guard missing.isEmpty else {
            throw TableError(.missingColumn, "the header row lacks: \(missing.joined(separator: ", ")); the columns are \(Self.known)")
        }
        reader.columnCount = header.count
    }

    /// The next row or fault; nil at the end. Whatever the source throws is thrown on.
    mutating func next() throws -> Item? {
        switch try reader.next() {
        case nil: return nil
        case .fault(let fault): return .fault(fault)
        case .row(let row) where row.count != reader.columnCount:
            let message = "\(row.count) fields, where the header row has \(reader.columnCount)"
            return .fault(TableFault(.fieldCount, line: row.line, message))
        case .row(let row): return .row(TableRow(row: row, places: places))
        }
    }

    private static var known: String { Column.allCases.map(\.rawValue).joined(separator: ", ") }

    /// Whether `name` may be shown: it differs from a column's name by two letters at most.
    private static func isLikeColumn(_ name: String) -> Bool {
        let letters = Set(name.filter { $0 != "_" })
        return name.count > 3 && name.allSatisfy { $0 == "_" || ("a"..."z").contains($0) } && Column.allCases.contains { column in
            let own = column.rawValue
            return abs(own.count - name.count) <= 2 && letters.symmetricDifference(own.filter { $0 != "_" }).count <= 2
        }
    }

    private static func places(in header: CSVRow) throws -> [Column: Int] {
        var places: [Column: Int] = [:]
        for index in 0..<header.count {
            guard let text = String(validating: header[index], as: UTF8.self) else {
                throw TableError(.badHeader, "the header row is not UTF-8: save the file as CSV in UTF-8")
            }
            let name = text.lowercased().filter { $0 != " " }
            guard let column = Column(rawValue: name) else {
                // Of a file without a header row this is a patient's number or name.
                let shown = isLikeColumn(name) ? " ‘\(name)’" : ""
                throw TableError(.unknownColumn, "unknown column\(shown), the \(index + 1). of the header row; the columns are \(known)")
            }
            guard places.updateValue(index, forKey: column) == nil else {
                throw TableError(.repeatedColumn, "the header row names \(name) twice")
            }
        }
        return places
    }
}

/// One row of a ``CSVTable``, read column by column.
struct TableRow<Column: RawRepresentable & Hashable & Sendable> where Column.RawValue == String {
    let row: CSVRow
    let places: [Column: Int]

    /// The line in which the row begins.
    var line: Int { row.line }

    /// The text of `column` without spaces around it, of `limit` characters at most; empty when the table lacks the column.
    ///
    /// - Throws: ``TableFault`` when it is not UTF-8, too long, or has control characters in it.
    func text(_ column: Column, limit: Int) throws(TableFault) -> String {
        guard let place = places[column] else { return "" }
        let bytes = Self.trimmed(row[place])
        let text: String
        switch Self.kind(bytes) {
        case .ascii: text = String(decoding: bytes, as: UTF8.self)
        case .control: throw fault(column, .badValue, "has a control character or line break in it")
        case .other:
            guard let valid = String(validating: bytes, as: UTF8.self) else { throw fault(column, .notUTF8, "is not UTF-8") }
            text = valid
        }
        // A text of n bytes has n scalars at most; nearly all are short.
        if bytes.count > limit {
            let count = text.unicodeScalars.count
            guard count <= limit else { throw fault(column, .badValue, "has \(count) characters, at most \(limit) are allowed") }
        }
        return text
    }

    private enum Kind { case ascii, control, other }

    private static func kind(_ bytes: ArraySlice<UInt8>) -> Kind {
        var kind = Kind.ascii
        for byte in bytes {
            if byte < 0x20 || byte == 0x7F { return .control }
            if byte >= 0x80 { kind = .other }
        }
        return kind
    }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var bytes = bytes
        while bytes.first == UInt8(ascii: " ") { bytes = bytes.dropFirst() }
        while bytes.last == UInt8(ascii: " ") { bytes = bytes.dropLast() }
        return bytes
    }

    /// The text of `column`, which must not be empty.
    func needed(_ column: Column, limit: Int) throws(TableFault) -> String {
        let text = try text(column, limit: limit)
        guard !text.isEmpty else { throw fault(column, .missingValue, "is empty") }
        return text
    }

    /// A fault of this row in `column`.
    func fault(_ column: Column, _ code: TableFault.Code, _ message: String) -> TableFault {
        TableFault(code, line: line, "\(column.rawValue) \(message)")
    }
}
