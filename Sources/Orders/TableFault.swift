/// What is wrong with one row of a table. It costs that row at most: the others are read (law 14).
public struct TableFault: Error, Hashable, Sendable {
    /// What is wrong.
    public var code: Code
    /// The line of the file, from 1 on, in which the row begins.
    public var line: Int
    /// Line, column and limit in words; never the value, which may be a patient's.
    public var message: String
    /// Whether the row counts all the same: the fault is then a warning.
    public var isRowKept: Bool {
        [.accessionRepeated, .accessionTwoPatients, .patientRepeated, .studyRepeated, .studyTwoPatients, .repetitionsUnchecked, .valueLeftOut, .valueCut].contains(code)
    }

    /// The stable codes.
    public enum Code: String, Hashable, Sendable, Codable, CaseIterable {
        /// A quote that is opened and never closed.
        case unclosedQuote = "unclosed-quote"
        /// A quote inside an unquoted field, or text after a closing quote.
        case strayQuote = "stray-quote"
        /// A line is longer than ``TableLimits/rowByteCount``.
        case rowTooLong = "row-too-long"
        /// More or fewer fields than the header names.
        case fieldCount = "field-count"
        /// A field is not UTF-8.
        case notUTF8 = "not-utf8"
        /// A field that must not be empty is.
        case missingValue = "missing-value"
        /// A field does not keep to its form or limit.
        case badValue = "bad-value"
        /// A field does not keep to its form or limit, and the row counts without it.
        case valueLeftOut = "value-left-out"
        /// A field is longer than its limit, and the row counts with the beginning of it.
        case valueCut = "value-cut"
        /// A label that an earlier row has.
        case labelRepeated = "label-repeated"
        /// An accession number that an earlier row has for the same patient; the later row counts.
        case accessionRepeated = "accession-repeated"
        /// An accession number that an earlier row has for another patient (law 12); both rows are kept, for a person to decide.
        case accessionTwoPatients = "accession-two-patients"
        /// A patient whom an earlier row has; what was said later counts, or else the later row.
        case patientRepeated = "patient-repeated"
        /// A merge that contradicts another row's, leads back to its own patient, or has too many behind it.
        case mergeImpossible = "merge-impossible"
        /// A Study Instance UID that an earlier row has for the same patient; the later row counts.
        case studyRepeated = "study-repeated"
        /// A Study Instance UID that an earlier row has for another patient; the later row counts, since it stands for no image.
        case studyTwoPatients = "study-two-patients"
        /// More rows than repetitions are looked for in.
        case repetitionsUnchecked = "repetitions-unchecked"
    }

    init(_ code: Code, line: Int, _ message: String) {
        self.code = code
        self.line = line
        self.message = "line \(line): \(message)"
    }
}

/// What is wrong with a table as a whole: nothing of it is read.
public struct TableError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong.
    public var code: Code
    /// The same in words, with the columns that the table may have.
    public var message: String

    /// The stable codes.
    public enum Code: String, Hashable, Sendable, Codable, CaseIterable {
        /// There is no header row.
        case empty
        /// The header row cannot be read.
        case badHeader = "bad-header"
        /// A column that the table must have is not there.
        case missingColumn = "missing-column"
        /// A column that the table does not know. A misspelt name would otherwise lose its values silently.
        case unknownColumn = "unknown-column"
        /// A column is named twice.
        case repeatedColumn = "repeated-column"
    }

    public var description: String { message }

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}

/// One row's worth of a table.
public enum TableItem<Value: Sendable>: Sendable {
    /// A sound row, and the line in which it begins.
    case value(Value, line: Int)
    /// A broken row, or a warning about the row before it.
    case fault(TableFault)
}

extension TableItem: Equatable where Value: Equatable {}
