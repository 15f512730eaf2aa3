/// A row of a CSV file: its fields' bytes without the quotes.
struct CSVRow: Hashable, Sendable {
    /// The line, from 1 on, in which the row begins.
    let line: Int
    private let bytes: [UInt8]
    private let ends: [Int]

    init(line: Int, bytes: [UInt8], ends: [Int]) {
        self.line = line
        self.bytes = bytes
        self.ends = ends
    }

    /// How many fields the row has, at least one.
    var count: Int { ends.count }

    /// The bytes of field `index`, from 0 on.
    subscript(index: Int) -> ArraySlice<UInt8> { bytes[(index == 0 ? 0 : ends[index - 1])..<ends[index]] }
}

/// Puts a row together from the lines that it runs over (RFC 4180 §2).
struct CSVRowBuilder {
    /// How far the row is after a line.
    enum Progress: Hashable {
        /// The row is complete.
        case complete
        /// A quote is open at the end of the line.
        case open
        /// A quote stands where none may be, in this field, from 1 on.
        case stray(field: Int)
    }

    private var bytes: [UInt8] = []
    private var ends: [Int] = []
    private var isQuoted = false

    private static var quote: UInt8 { UInt8(ascii: "\"") }
    private static var comma: UInt8 { UInt8(ascii: ",") }
    private static var lineFeed: UInt8 { UInt8(ascii: "\n") }

    /// The field that is being read, from 1 on.
    var field: Int { ends.count + 1 }

    /// Bytes of the row so far.
    var byteCount: Int { bytes.count }

    /// The row, when it is complete.
    func row(line: Int) -> CSVRow { CSVRow(line: line, bytes: bytes, ends: ends) }

    /// Adds a line without its line end.
    mutating func add(_ line: ArraySlice<UInt8>) -> Progress {
        var rest = line
        if isQuoted { bytes.append(Self.lineFeed) }
        while true {
            if !isQuoted, rest.first == Self.quote {
                isQuoted = true
                rest = rest.dropFirst()
            }
            let isWellFormed = isQuoted ? takeQuoted(&rest) : takePlain(&rest)
            guard isWellFormed else { return .stray(field: field) }
            if isQuoted { return .open }
            ends.append(bytes.count)
            guard rest.first == Self.comma else { return .complete }
            rest = rest.dropFirst()
        }
    }

    /// Takes an unquoted field up to its comma or the line's end; false when it has a quote in it.
    private mutating func takePlain(_ rest: inout ArraySlice<UInt8>) -> Bool {
        var end = rest.startIndex
        while end < rest.endIndex, rest[end] != Self.comma {
            if rest[end] == Self.quote { return false }
            end += 1
        }
        bytes.append(contentsOf: rest[rest.startIndex..<end])
        rest = rest[end...]
        return true
    }

    /// Takes a quoted field up to behind its closing quote, or to the line's end; false when text follows the closing quote.
    private mutating func takeQuoted(_ rest: inout ArraySlice<UInt8>) -> Bool {
        while let quote = rest.firstIndex(of: Self.quote) {
            bytes.append(contentsOf: rest[rest.startIndex..<quote])
            rest = rest[(quote + 1)...]
            guard rest.first == Self.quote else {
                isQuoted = false
                return rest.isEmpty || rest.first == Self.comma
            }
            bytes.append(Self.quote)
            rest = rest.dropFirst()
        }
        bytes.append(contentsOf: rest)
        rest = rest[rest.endIndex...]
        return true
    }
}
