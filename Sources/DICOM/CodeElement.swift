/// One of the graphic sets that a Specific Character Set may name, with its escape sequence: PS3.3 tables C.12-2 to
/// C.12-4. Which half of the code it fills, G0 (bytes below 0x80) or G1, is fixed by the standard.
struct CodeElement: Hashable, Sendable {
    enum Half: Sendable { case g0, g1 }

    let half: Half
    /// What follows ESC.
    let escape: String
    /// Bytes of a character.
    let width: Int
    /// An encoding of the C library that has this set's characters with the high bit set.
    let encoding: String
    /// What that encoding puts before such a character.
    var prefix: UInt8?

    static let ascii = CodeElement(half: .g0, escape: "(B", width: 1, encoding: "ASCII")
    /// JIS X 0201 romaji. Its yen sign and overline are read as the backslash and tilde that every system shows, since
    /// the backslash is a delimiter too.
    static let romaji = CodeElement(half: .g0, escape: "(J", width: 1, encoding: "ASCII")
    static let katakana = CodeElement(half: .g1, escape: ")I", width: 1, encoding: "EUC-JP", prefix: 0x8E)
    static let kanji = CodeElement(half: .g0, escape: "$B", width: 2, encoding: "EUC-JP")
    static let supplementaryKanji = CodeElement(half: .g0, escape: "$(D", width: 2, encoding: "EUC-JP", prefix: 0x8F)
    static let korean = CodeElement(half: .g1, escape: "$)C", width: 2, encoding: "EUC-KR")
    static let chinese = CodeElement(half: .g1, escape: "$)A", width: 2, encoding: "EUC-CN")
    static let latin1 = latin(escape: "-A", "ISO-8859-1")

    private static func latin(escape: String, _ encoding: String) -> CodeElement {
        CodeElement(half: .g1, escape: escape, width: 1, encoding: encoding)
    }

    /// The sets by the registration number that ends a defined term: `ISO_IR 100`, `ISO 2022 IR 100`.
    static let registrations: [(number: Int, sets: [CodeElement])] = [
        (6, [.ascii]),
        (100, [.ascii, .latin1]),
        (101, [.ascii, latin(escape: "-B", "ISO-8859-2")]),
        (109, [.ascii, latin(escape: "-C", "ISO-8859-3")]),
        (110, [.ascii, latin(escape: "-D", "ISO-8859-4")]),
        (144, [.ascii, latin(escape: "-L", "ISO-8859-5")]),
        (127, [.ascii, latin(escape: "-G", "ISO-8859-6")]),
        (126, [.ascii, latin(escape: "-F", "ISO-8859-7")]),
        (138, [.ascii, latin(escape: "-H", "ISO-8859-8")]),
        (148, [.ascii, latin(escape: "-M", "ISO-8859-9")]),
        (203, [.ascii, latin(escape: "-b", "ISO-8859-15")]),
        (166, [.ascii, latin(escape: "-T", "TIS-620")]),
        (13, [.romaji, .katakana]),
        (87, [.kanji]),
        (159, [.supplementaryKanji]),
        (149, [.korean]),
        (58, [.chinese]),
    ]

    /// The sets of a registration number; `nil` if the standard has none with it.
    static func registered(_ number: Int) -> [CodeElement]? {
        registrations.first { $0.number == number }?.sets
    }

    private static let all: [CodeElement] = registrations.flatMap(\.sets)

    /// The set that the escape sequence at `index` (that of ESC) calls.
    static func designated(in bytes: ArraySlice<UInt8>, at index: Int) -> CodeElement? {
        let rest = bytes[(index + 1)...]
        return all.first { rest.starts(with: $0.escape.utf8) }
    }

    var escapeSequence: [UInt8] { [SpecificCharacterSet.escape] + Array(escape.utf8) }

    /// The text of characters of this set, without escapes. One that is unknown becomes U+FFFD.
    func decode(_ bytes: ArraySlice<UInt8>) -> String {
        guard let converter = Iconv(from: encoding, to: "UTF-8") else { return "\u{FFFD}" }
        if let text = converter.convert(foreign(bytes)) { return String(decoding: text, as: UTF8.self) }
        var text = ""
        for start in stride(from: bytes.startIndex, to: bytes.endIndex, by: width) {
            let character = bytes[start..<min(start + width, bytes.endIndex)]
            text += converter.convert(foreign(character)).map { String(decoding: $0, as: UTF8.self) } ?? "\u{FFFD}"
        }
        return text
    }

    /// The characters as the C library's encoding has them.
    private func foreign(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        guard let prefix else { return bytes.map { $0 | 0x80 } }
        var result: [UInt8] = []
        for (offset, byte) in bytes.enumerated() {
            if offset.isMultiple(of: width) { result.append(prefix) }
            result.append(byte | 0x80)
        }
        return result
    }

    /// The bytes of one character beyond ASCII; `nil` if this set does not have it.
    func encode(_ scalar: Unicode.Scalar) -> [UInt8]? {
        guard let converter = Iconv(from: "UTF-8", to: encoding),
            var bytes = converter.convert(Array(String(scalar).utf8))
        else { return nil }
        if let prefix {
            guard bytes.first == prefix else { return nil }
            bytes.removeFirst()
        }
        // Half-width and supplementary characters of EUC-JP have their prefix: they are of another set.
        guard bytes.count == width, bytes.allSatisfy({ $0 >= 0xA0 }) else { return nil }
        return half == .g0 ? bytes.map { $0 & 0x7F } : bytes
    }
}
