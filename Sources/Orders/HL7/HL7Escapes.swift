/// Escape sequences in text (HL7 v2.9 §2.7): `\F\ \S\ \T\ \R\ \E\ \P\ \X0D0A\ \.br\ \H\ \N\`.
struct HL7Escapes: Hashable, Sendable {
    let delimiters: HL7Delimiters
    let set: HL7CharacterSet

    /// The text of `bytes`, which are UTF-8, without spaces at its ends. What is no escape sequence, or one that only its sender knows, stays as it is
    /// written: a path of Windows is none.
    func text(of bytes: ArraySlice<UInt8>) -> String {
        guard delimiters.escape != 0, bytes.contains(delimiters.escape) else { return Self.trimmed(String(decoding: bytes, as: UTF8.self)) }
        var text = ""
        var rest = bytes
        while let start = rest.firstIndex(of: delimiters.escape) {
            text += String(decoding: rest[..<start], as: UTF8.self)
            let sequence = rest[(start + 1)...].prefix { $0 != delimiters.escape }
            if sequence.endIndex < rest.endIndex, let meaning = meaning(of: sequence) {
                text += meaning
                rest = rest[(sequence.endIndex + 1)...]
            } else {
                text.unicodeScalars.append(Unicode.Scalar(delimiters.escape))
                rest = rest[(start + 1)...]
            }
        }
        return Self.trimmed(text + String(decoding: rest, as: UTF8.self))
    }

    private func meaning(of sequence: ArraySlice<UInt8>) -> String? {
        switch sequence.first {
        case UInt8(ascii: "X"): return hexadecimal(sequence.dropFirst())
        case UInt8(ascii: "."): return formatting(String(decoding: sequence, as: UTF8.self))
        case let letter? where sequence.count == 1: return single(letter)
        default: return nil
        }
    }

    private func single(_ letter: UInt8) -> String? {
        switch letter {
        case UInt8(ascii: "F"): character(delimiters.field)
        case UInt8(ascii: "S"): character(delimiters.component)
        case UInt8(ascii: "T"): character(delimiters.subcomponent)
        case UInt8(ascii: "R"): character(delimiters.repetition)
        case UInt8(ascii: "E"): character(delimiters.escape)
        // The truncation character of HL7 v2.7 and later.
        case UInt8(ascii: "P"): "#"
        // Highlighting begins, and ends.
        case UInt8(ascii: "H"), UInt8(ascii: "N"): ""
        default: nil
        }
    }

    private func character(_ delimiter: UInt8) -> String? { delimiter == 0 ? nil : String(Unicode.Scalar(delimiter)) }

    /// Commands of formatted text (HL7 v2.9 §2.7.6): those that part lines become a line break, indents nothing.
    private func formatting(_ command: String) -> String? {
        switch command.prefix(3) {
        case ".br", ".sp", ".ce": "\n"
        case ".in", ".ti", ".sk", ".fi", ".nf": ""
        default: nil
        }
    }

    /// Bytes in the message's own character set.
    private func hexadecimal(_ digits: ArraySlice<UInt8>) -> String? {
        guard !digits.isEmpty, digits.count.isMultiple(of: 2), digits.count <= 2 * HL7Limits.hexadecimalBytes else { return nil }
        var bytes: [UInt8] = []
        var rest = digits
        while !rest.isEmpty {
            let pair = rest.prefix(2)
            // UInt8's own reading takes a sign as well.
            guard pair.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }), let byte = UInt8(String(decoding: pair, as: UTF8.self), radix: 16) else {
                return nil
            }
            bytes.append(byte)
            rest = rest.dropFirst(2)
        }
        return set.text(of: bytes[...])
    }

    private static func trimmed(_ text: String) -> String {
        guard text.utf8.first == 0x20 || text.utf8.last == 0x20 else { return text }
        let start = text.drop { $0 == " " }
        guard let last = start.lastIndex(where: { $0 != " " }) else { return "" }
        return String(start[...last])
    }
}
