/// The characters that part a message, as its header names them (MSH-1 and MSH-2, HL7 v2.9 §2.5.4).
struct HL7Delimiters: Hashable, Sendable {
    let field: UInt8
    let component: UInt8
    let repetition: UInt8
    /// Zero where the message names none.
    let escape: UInt8
    let subcomponent: UInt8

    /// Those of MSH-1 and the characters of MSH-2; nil unless they are one to five different characters of ASCII that are neither letters, digits
    /// nor spaces. Later ones may be left out.
    init?(field: UInt8, encoding: ArraySlice<UInt8>) {
        let all = [field] + encoding
        guard (1...5).contains(encoding.count), all.allSatisfy(Self.isAllowed), Set(all).count == all.count else { return nil }
        let encoding = Array(encoding) + [0, 0, 0]
        self.field = field
        component = encoding[0]
        repetition = encoding[1]
        escape = encoding[2]
        subcomponent = encoding[3]
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        let isLetter = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
        let isDigit = (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        return byte > 0x20 && byte < 0x7F && !isLetter && !isDigit
    }
}
