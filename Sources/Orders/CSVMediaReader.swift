public import Migration

/// Reads the list of expected media from a CSV file, row by row.
public struct CSVMediaReader {
    /// The columns. ``required`` ones must be there, the others may be left out; their order is free.
    public enum Column: String, CaseIterable, Hashable, Sendable {
        case label, kind
        case dateFrom = "date_from"
        case dateTo = "date_to"
        case shelf
        case copyOf = "copy_of"

        /// What a medium must have.
        public static var required: [Column] { [.label, .kind] }
    }

    private var table: CSVTable<Column>
    private var lines: [String: Int] = [:]

    /// Reads the header row of the file that `source` gives.
    ///
    /// - Throws: ``TableError`` for a header that will not do, and whatever `source` throws.
    public init(source: @escaping ByteSource) throws {
        table = try CSVTable(source: source, required: Column.required)
    }

    /// The next medium, or what is wrong with the next row; nil at the end. Whatever the source throws is thrown on.
    public mutating func next() throws -> TableItem<ExpectedMedium>? {
        switch try table.next() {
        case nil: return nil
        case .fault(let fault): return .fault(fault)
        case .row(let row):
            do throws(TableFault) {
                return .value(try medium(row), line: row.line)
            } catch {
                return .fault(error)
            }
        }
    }

    private mutating func medium(_ row: TableRow<Column>) throws(TableFault) -> ExpectedMedium {
        let medium = ExpectedMedium(
            label: try row.needed(.label, limit: TableLimits.label),
            kind: try Self.kind(row),
            dateFrom: try row.day(.dateFrom),
            dateTo: try row.day(.dateTo),
            shelf: try row.text(.shelf, limit: TableLimits.hospitalText),
            copyOf: try row.text(.copyOf, limit: TableLimits.label))
        if let first = medium.dateFrom, let last = medium.dateTo, last < first {
            throw row.fault(.dateTo, .badValue, "is before date_from")
        }
        guard medium.copyOf != medium.label else { throw row.fault(.copyOf, .badValue, "is the medium's own label") }
        if let earlier = lines[medium.label] { throw row.fault(.label, .labelRepeated, "is also that of line \(earlier)") }
        lines[medium.label] = row.line
        return medium
    }

    private static func kind(_ row: TableRow<Column>) throws(TableFault) -> MediumKind {
        guard let kind = MediumKind(rawValue: try row.needed(.kind, limit: TableLimits.longString).lowercased()) else {
            let kinds = MediumKind.allCases.map(\.rawValue).joined(separator: ", ")
            throw row.fault(.kind, .badValue, "is none of \(kinds)")
        }
        return kind
    }
}
