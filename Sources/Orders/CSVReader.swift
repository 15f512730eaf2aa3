/// Reads the rows of a CSV file (RFC 4180) as they come, in bounded memory.
///
/// Line ends are CR LF or LF, a byte order mark before the first row is skipped, empty lines are no rows. A broken row costs
/// itself. An unclosed quote would swallow the rows after it; so a line that by itself has as many fields as the header is never taken for
/// the inside of a quoted field, and whatever ran into the open quote is read again as rows of its own.
struct CSVReader {
    /// What is found in the file.
    enum Item: Hashable {
        case row(CSVRow)
        case fault(TableFault)
    }

    /// How many fields the header has; 0 until it is known.
    var columnCount = 0
    private var lines: LineReader
    /// Lines that ran into an open quote and are to be read again, the next one last.
    private var again: [LineReader.Line] = []
    private var isAtStart = true

    /// A reader of the CSV file that `source` gives.
    init(source: @escaping ByteSource) {
        lines = LineReader(source: source, limit: TableLimits.rowByteCount)
    }

    /// The next row or fault; nil at the end. Whatever the source throws is thrown on.
    mutating func next() throws -> Item? {
        while let line = try nextLine() {
            guard let bytes = line.bytes else { return .fault(tooLong(line.number)) }
            if bytes.isEmpty { continue }
            var builder = CSVRowBuilder()
            switch builder.add(bytes) {
            case .complete: return .row(builder.row(line: line.number))
            case .stray(let field): return .fault(stray(line.number, field))
            case .open: return try continued(builder, from: line.number)
            }
        }
        return nil
    }

    /// Goes on with a row that has an open quote at the end of line `first`.
    private mutating func continued(_ start: CSVRowBuilder, from first: Int) throws -> Item {
        var builder = start
        var opened = (line: first, field: builder.field)
        var taken: [LineReader.Line] = []
        while let line = try nextLine() {
            taken.append(line)
            guard let bytes = line.bytes, !looksLikeRow(bytes), taken.count < TableLimits.rowLineCount,
                builder.byteCount + bytes.count < TableLimits.rowByteCount
            else { break }
            let field = builder.field
            switch builder.add(bytes) {
            case .complete: return .row(builder.row(line: first))
            case .open: if builder.field != field { opened = (line.number, builder.field) }
            case .stray: return unclosed(first, opened, taken)
            }
        }
        return unclosed(first, opened, taken)
    }

    private mutating func unclosed(_ first: Int, _ opened: (line: Int, field: Int), _ taken: [LineReader.Line]) -> Item {
        again += taken.reversed()
        return .fault(
            TableFault(
                .unclosedQuote, line: first,
                "the quote opened in line \(opened.line), field \(opened.field), is not closed; the lines after line \(first) are read as rows of their own"
            ))
    }

    private func looksLikeRow(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard columnCount > 1 else { return false }
        var commas = 0
        for byte in bytes where byte == UInt8(ascii: ",") { commas += 1 }
        return commas >= columnCount - 1
    }

    private mutating func nextLine() throws -> LineReader.Line? {
        if let line = again.popLast() { return line }
        guard let line = try lines.next() else { return nil }
        defer { isAtStart = false }
        let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
        guard isAtStart, let bytes = line.bytes, bytes.starts(with: byteOrderMark) else { return line }
        return LineReader.Line(number: line.number, bytes: bytes.dropFirst(byteOrderMark.count))
    }

    private func tooLong(_ line: Int) -> TableFault {
        TableFault(.rowTooLong, line: line, "longer than \(TableLimits.rowByteCount) bytes")
    }

    private func stray(_ line: Int, _ field: Int) -> TableFault {
        TableFault(
            .strayQuote, line: line,
            "field \(field): a quote stands inside an unquoted field or is followed by text; a field with quotes in it is quoted, its own quotes are doubled"
        )
    }
}
