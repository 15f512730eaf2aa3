internal import DICOM

/// How a message's bytes are read: the character sets that it declares in MSH-18 (HL7 table 0211).
public struct HL7CharacterSet: Hashable, Sendable {
    enum Reading: Hashable, Sendable {
        case ascii, utf8
        /// By the C library's encoding of this name.
        case encoding(String)
        /// With the escape sequences of ISO 2022.
        case extensible(SpecificCharacterSet)
    }

    let reading: Reading
    /// How it is read where it has no escape sequence.
    let plain: Reading?

    /// What holds where nothing is declared.
    public static let ascii = HL7CharacterSet(reading: .ascii, plain: nil)

    private init(reading: Reading, plain: Reading?) {
        self.reading = reading
        self.plain = plain
    }

    /// The sets of these names, as in `KS X 1001`; nil when one is not known. Further ones, or those of Japanese, are called by escape sequences.
    public init?(_ names: [String]) {
        guard let first = names.first else { return nil }
        if names.count == 1, let reading = Self.alone(first) {
            self.init(reading: reading, plain: nil)
            return
        }
        let terms = names.map(Self.term)
        guard !terms.contains(nil) else { return nil }
        self.init(reading: .extensible(SpecificCharacterSet(terms: terms.compactMap(\.self))), plain: names == [Self.korean] ? Self.unifiedHangul : nil)
    }

    /// The text of `bytes`; nil when they are none in these sets.
    func text(of bytes: ArraySlice<UInt8>) -> String? {
        let reading = plain != nil && !bytes.contains(Self.escape) ? plain ?? reading : reading
        switch reading {
        case .ascii: return bytes.allSatisfy { $0 < 0x80 && $0 != Self.escape } ? String(decoding: bytes, as: UTF8.self) : nil
        case .utf8: return String(validating: bytes, as: UTF8.self)
        case .encoding(let name): return Iconv(from: name, to: "UTF-8")?.convert(bytes).map { String(decoding: $0, as: UTF8.self) }
        case .extensible(let sets): return sets.text(of: bytes)
        }
    }

    private static var escape: UInt8 { 0x1B }
    private static var korean: String { "KS X 1001" }
    /// What Korean systems write under the name of KS X 1001: its characters in the same bytes, and the syllables that it lacks.
    private static var unifiedHangul: Reading { .encoding("CP949") }

    /// The sets that need no escape sequences.
    private static func alone(_ name: String) -> Reading? {
        switch name {
        case "", "ASCII", "ISO IR6": .ascii
        case "UNICODE", "UNICODE UTF-8": .utf8
        case "GB 18030-2000": .encoding("GB18030")
        case "BIG-5": .encoding("BIG5")
        default: latin(name).map { .encoding("ISO-8859-\($0)") }
        }
    }

    /// The part of ISO 8859 that `8859/15` names; there is no twelfth.
    private static func latin(_ name: String) -> Int? {
        guard name.hasPrefix("8859/"), let part = Int(name.dropFirst(5)), (1...15).contains(part), part != 12 else { return nil }
        return part
    }

    /// Registration numbers of the parts of ISO 8859 that DICOM has too (PS3.3 table C.12-3).
    private static let registrations = [1: 100, 2: 101, 3: 109, 4: 110, 5: 144, 6: 127, 7: 126, 8: 138, 9: 148, 11: 166, 15: 203]

    /// The term by which PS3.3 §C.12.1.1.2 calls the set, with escape sequences.
    private static func term(_ name: String) -> String? {
        switch name {
        case "", "ASCII", "ISO IR6": "ISO 2022 IR 6"
        case korean: "ISO 2022 IR 149"
        // JIS X 0201 has both: romaji (IR 14) and katakana (IR 13).
        case "ISO IR13", "ISO IR14": "ISO 2022 IR 13"
        case "ISO IR87": "ISO 2022 IR 87"
        case "ISO IR159": "ISO 2022 IR 159"
        default: latin(name).flatMap { registrations[$0] }.map { "ISO 2022 IR \($0)" }
        }
    }
}
