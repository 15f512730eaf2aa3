@testable import Orders
import Testing

@Suite struct CSVReaderTests {
    @Test(arguments: [1, 2, 3, 5, 1000])
    func `Rows are the same whatever the size of the chunks`(chunk: Int) throws {
        let text = "\u{FEFF}a,b\r\n\"1,\"\"x\"\"\",\r\n\n\"two\r\nlines\",김\nlast,"
        let result = try rows(text, chunk: chunk)
        #expect(result.rows == [["a", "b"], ["1,\"x\"", ""], ["two\nlines", "김"], ["last", ""]])
        #expect(result.faults.isEmpty)
    }

    @Test func `An empty file has no rows`() throws {
        #expect(try rows("").rows.isEmpty)
        #expect(try rows("\n\r\n\n").rows.isEmpty)
        #expect(try rows("\u{FEFF}").rows.isEmpty)
    }

    @Test func `Empty quoted fields and quotes alone are fields`() throws {
        #expect(try rows("\"\",\"\"\"\",a\n").rows == [["", "\"", "a"]])
    }

    @Test func `A row is numbered by the line in which it begins`() throws {
        var reader = CSVReader(source: source("a\n\n\"x\ny\"\nb\n"))
        var lines: [Int] = []
        while case .row(let row)? = try reader.next() { lines.append(row.line) }
        #expect(lines == [1, 3, 5])
    }

    @Test func `A stray quote costs its row only`() throws {
        let result = try rows("a,b\n1,5\" disc\n\"2\"x,y\n3,z\n")
        #expect(result.rows == [["a", "b"], ["3", "z"]])
        #expect(result.faults.map(\.code) == [.strayQuote, .strayQuote])
        #expect(result.faults.map(\.line) == [2, 3])
        #expect(result.faults[0].message.hasPrefix("line 2: field 2: a quote"))
    }

    @Test func `An unclosed quote swallows no row after it`() throws {
        let result = try rows("a,b,c\n1,\"open,x\n2,y,z\n3,y,z\n", columns: 3)
        #expect(result.rows == [["a", "b", "c"], ["2", "y", "z"], ["3", "y", "z"]])
        #expect(result.faults.map(\.code) == [.unclosedQuote])
        #expect(result.faults[0].message.hasPrefix("line 2: the quote opened in line 2, field 2, is not closed"))
    }

    @Test func `A later quote does not close an unclosed one`() throws {
        // Without a look at the line in between, lines 2 to 4 would make one row of three fields.
        let result = try rows("a,b,c\n1,\"open,x\n2,y,z\n3,w\",v\n", columns: 3)
        #expect(result.rows == [["a", "b", "c"], ["2", "y", "z"]])
        #expect(result.faults.map(\.code) == [.unclosedQuote, .strayQuote])
        #expect(result.faults.map(\.line) == [2, 4])
    }

    @Test func `Neither does one in the next line that looks like a row`() throws {
        let result = try rows("a,b,c\n1,\"open,x\n2,y,\"z\"\n", columns: 3)
        #expect(result.rows == [["a", "b", "c"], ["2", "y", "z"]])
        #expect(result.faults.map(\.code) == [.unclosedQuote])
    }

    @Test func `An unclosed quote in the last line is named`() throws {
        let result = try rows("a,b\n1,\"open", columns: 2)
        #expect(result.rows == [["a", "b"]])
        #expect(result.faults.map(\.line) == [2])
    }

    @Test func `The line in which the quote was opened is named, not only the row's first`() throws {
        let result = try rows("a,b,c\n1,\"two\nlines\",\"open\nx\n2,y,z\n", columns: 3)
        #expect(result.faults[0].code == .unclosedQuote)
        #expect(result.faults[0].line == 2)
        #expect(result.faults[0].message.contains("opened in line 3, field 3"))
        #expect(result.rows.last == ["2", "y", "z"])
    }

    @Test func `Line breaks in quotes are kept up to a bound of lines`() throws {
        let fitting = "\"" + String(repeating: "x\n", count: TableLimits.rowLineCount - 1) + "\""
        #expect(try rows(fitting).rows.count == 1)
        let over = "\"" + String(repeating: "x\n", count: TableLimits.rowLineCount + 1) + "\""
        let result = try rows(over)
        #expect(result.faults.first?.code == .unclosedQuote)
        #expect(result.rows.count == TableLimits.rowLineCount)
    }

    @Test func `A row of the greatest length is read, a longer one is not, and the next one is`() throws {
        let limit = TableLimits.rowByteCount
        for end in ["\n", "\r\n"] {
            let text = String(repeating: "x", count: limit) + end + String(repeating: "y", count: limit + 1) + end + "z" + end
            for chunk in [1000, 10_000_000] {
                let result = try rows(text, chunk: chunk)
                #expect(result.rows.map { $0[0].first } == ["x", "z"])
                #expect(result.faults.map(\.code) == [.rowTooLong])
                #expect(result.faults.map(\.line) == [2])
            }
        }
    }

    @Test func `A row that grows too long over its lines is an unclosed quote`() throws {
        let line = String(repeating: "x", count: TableLimits.rowByteCount / 2 + 1)
        let result = try rows("\"\(line)\n\(line)\nend\n")
        #expect(result.faults.map(\.code) == [.unclosedQuote])
        #expect(result.rows.map { $0[0].count } == [line.count, 3])
    }

    @Test func `What the source throws comes through`() {
        struct Gone: Error {}
        var reader = CSVReader(source: { throw Gone() })
        #expect(throws: Gone.self) { try reader.next() }
    }

    @Test func `Whatever is written by the rules is read again`() throws {
        let pieces = ["a", ",", "\"", "\n", "김", " ", "x;y", "\t", ""]
        for seed in 1...300 as ClosedRange<UInt64> {
            var generator = SeededGenerator(state: seed)
            let columns = Int.random(in: 2...5, using: &generator)
            let table = (0..<Int.random(in: 1...6, using: &generator)).map { _ in
                (0..<columns).map { _ in
                    (0..<Int.random(in: 0...4, using: &generator)).map { _ in pieces.randomElement(using: &generator) ?? "" }.joined()
                }
            }
            let text = table.map { $0.map(quoted).joined(separator: ",") + "\r\n" }.joined()
            // No column count is set: a field of many commas and line breaks would look like rows.
            let result = try rows(text, chunk: Int.random(in: 1...20, using: &generator))
            #expect(result.rows == table, "seed \(seed)")
            #expect(result.faults.isEmpty, "seed \(seed)")
        }
    }

    @Test func `Random bytes never stop the reader, and every line is accounted for`() throws {
        let alphabet = Array("\"\",,\n\r\nab\u{0}".utf8) + [0xFF, 0xEF]
        for seed in 1...500 as ClosedRange<UInt64> {
            var generator = SeededGenerator(state: seed)
            let bytes = (0..<200).map { _ in alphabet.randomElement(using: &generator) ?? 0 }
            var reader = CSVReader(source: source(bytes, chunk: 13))
            reader.columnCount = 3
            var last = 0
            while let item = try reader.next() {
                let line = switch item {
                case .row(let row): row.line
                case .fault(let fault): fault.line
                }
                #expect(line > last, "seed \(seed)")
                last = line
            }
        }
    }

    private func quoted(_ field: String) -> String {
        "\"" + field.map { $0 == "\"" ? "\"\"" : String($0) }.joined() + "\""
    }
}
