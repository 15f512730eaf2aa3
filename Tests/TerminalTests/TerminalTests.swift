@testable import Terminal
import Testing

@Suite("What the programs' commands show")
struct TerminalTests {
    @Test("Text from elsewhere cannot drive or mislead the terminal", arguments: [
        ("\u{1B}[2Jx", "·[2Jx"), ("a\r\nb", "a··b"), ("a\u{202E}b", "a·b"), ("a\u{2028}b", "a·b"), ("김^민수=é", "김^민수=é"), ("\u{7F}\u{0}", "··"),
    ])
    func plain(text: String, shown: String) {
        #expect(Standard.plain(text) == shown)
    }

    @Test("Amounts of bytes have a decimal unit", arguments: [
        (0, "0 B"), (999, "999 B"), (1_000, "1.0 kB"), (1_550_000, "1.6 MB"), (2_700_000_000_000, "2.7 TB"),
    ])
    func bytes(count: Int64, text: String) {
        #expect(Amount.bytes(count) == text)
    }

    @Test("Times are shown in their two largest units", arguments: [
        (59, "59 s"), (61, "1 min 1 s"), (7_500, "2 h 5 min"), (90_000, "1 d 1 h"),
    ])
    func times(seconds: Int64, text: String) {
        #expect(Amount.time(seconds) == text)
    }

    @Test("The bar is as full as the work is done, never more, and empty while the total is not known", arguments: [
        (0, 10, 0), (5, 10, 15), (10, 10, 30), (11, 10, 30), (3, 0, 0), (1, 1_000, 0),
    ])
    func bar(done: Int, total: Int, filled: Int) {
        #expect(ProgressBar.bar(done, of: total) == "[" + String(repeating: "#", count: filled) + String(repeating: "-", count: 30 - filled) + "]")
    }
}
