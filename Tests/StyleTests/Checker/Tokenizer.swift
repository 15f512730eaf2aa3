/// A word, a number, or one punctuation mark of Swift code. A string literal is one token `"` for its text; code interpolated into it follows.
struct Token: Hashable {
    let text: String
    /// Counted from 1.
    let line: Int

    var isWord: Bool { text.utf8.first.map(Tokenizer.isWordByte) ?? false }
}

/// A comment's text with its marks, on the line where it begins. A block comment is one.
struct Comment: Hashable {
    let text: String
    let line: Int
}

/// Parts Swift code, as far as rules of style need it, into tokens and comments. It knows nested comments, strings of several lines, raw strings,
/// interpolations, and regular expressions between `#/` and `/#`; a bare `/…/` is taken for code.
struct Tokenizer {
    private(set) var tokens: [Token] = []
    private(set) var comments: [Comment] = []
    /// Lines that lie wholly within a string literal: data, not code.
    private(set) var dataLines = 0

    private let bytes: [UInt8]
    private var position = 0
    private var line = 1

    init(_ text: String) {
        bytes = Array(text.utf8)
        readCode(untilParenthesis: false)
    }

    static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 0x80...: true
        default: false
        }
    }

    private func peek(_ ahead: Int = 0) -> UInt8 { position + ahead < bytes.count ? bytes[position + ahead] : 0 }

    private func at(_ text: StaticString) -> Bool {
        for index in 0..<text.utf8CodeUnitCount where peek(index) != text.utf8Start[index] { return false }
        return true
    }

    private mutating func advance() {
        if peek() == UInt8(ascii: "\n") { line += 1 }
        position += 1
    }

    private func text(from start: Int) -> String { String(decoding: bytes[start..<min(position, bytes.count)], as: UTF8.self) }

    /// Reads code to its end, or to the parenthesis that closes an interpolation.
    private mutating func readCode(untilParenthesis: Bool) {
        var depth = 0
        while position < bytes.count {
            let byte = peek()
            if at("//") || at("/*") {
                readComment()
            } else if byte == UInt8(ascii: "\"") || (byte == UInt8(ascii: "#") && startsRawString) {
                readString()
            } else if at("#/") {
                readRegularExpression()
            } else if Self.isWordByte(byte) {
                readWord()
            } else {
                if byte == UInt8(ascii: "(") { depth += 1 }
                if byte == UInt8(ascii: ")") { depth -= 1 }
                if untilParenthesis, depth < 0 { return }
                if byte > UInt8(ascii: " ") { tokens.append(Token(text: String(UnicodeScalar(byte)), line: line)) }
                advance()
            }
        }
    }

    private mutating func readWord() {
        let start = position
        while Self.isWordByte(peek()), position < bytes.count { position += 1 }
        tokens.append(Token(text: text(from: start), line: line))
    }

    private mutating func readComment() {
        let (start, first) = (position, line)
        if at("//") {
            while position < bytes.count, peek() != UInt8(ascii: "\n") { position += 1 }
        } else {
            var depth = 0
            repeat {
                if at("/*") { depth += 1; position += 2 } else if at("*/") { depth -= 1; position += 2 } else { advance() }
            } while depth > 0 && position < bytes.count
        }
        comments.append(Comment(text: text(from: start), line: first))
    }

    private mutating func readRegularExpression() {
        tokens.append(Token(text: "\"", line: line))
        position += 2
        while position < bytes.count, !at("/#") { advance() }
        position += 2
    }

    private var startsRawString: Bool {
        var ahead = 0
        while peek(ahead) == UInt8(ascii: "#") { ahead += 1 }
        return peek(ahead) == UInt8(ascii: "\"")
    }

    private func hashes(_ count: Int, ahead: Int) -> Bool { (0..<count).allSatisfy { peek(ahead + $0) == UInt8(ascii: "#") } }

    private mutating func readString() {
        let first = line
        tokens.append(Token(text: "\"", line: line))
        var hashCount = 0
        while peek() == UInt8(ascii: "#") { hashCount += 1; position += 1 }
        let quotes = at("\"\"\"") ? 3 : 1
        position += quotes
        while position < bytes.count {
            if peek() == UInt8(ascii: "\\"), hashes(hashCount, ahead: 1) {
                readEscape(hashCount)
            } else if quotes == 3 ? at("\"\"\"") : peek() == UInt8(ascii: "\""), hashes(hashCount, ahead: quotes) {
                position += quotes + hashCount
                break
            } else {
                advance()
            }
        }
        dataLines += max(0, line - first - 1)
    }

    /// A backslash in a string: an interpolation, or one more character.
    private mutating func readEscape(_ hashCount: Int) {
        position += 1 + hashCount
        guard peek() == UInt8(ascii: "(") else { return advance() }
        position += 1
        readCode(untilParenthesis: true)
        position += 1
    }
}

extension [Token] {
    /// Whether the words and marks of `pattern` stand at `index`.
    func matches(_ pattern: [String], at index: Int) -> Bool {
        guard index + pattern.count <= count else { return false }
        for offset in pattern.indices where self[index + offset].text != pattern[offset] { return false }
        return true
    }

    /// The text at `index`, empty outside.
    func text(at index: Int) -> String { indices.contains(index) ? self[index].text : "" }
}
