/// Makes spellings of one name equal: case, width, spaces and punctuation, katakana and hiragana.
///
/// Canonical equivalence (composed and decomposed letters, the doubled hanja of KS X 1001) is that of Swift's string comparison.
enum NameFolding {
    /// The letters, marks and digits of `text` in lower case, ordinary width and hiragana.
    static func folded(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return foldedASCII(text) }
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            let wide = ordinaryWidth(scalar)
            guard isKept(wide) else { continue }
            result.append(hiragana(wide))
        }
        // Upper case first makes ß equal to SS; sigma has one lower case form then.
        return String(result).uppercased().lowercased()
    }

    private static func foldedASCII(_ text: String) -> String {
        let bytes = text.utf8.compactMap { byte -> UInt8? in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte + 0x20
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): byte
            default: nil
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func isKept(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .letterNumber: true
        case .nonspacingMark, .spacingMark, .decimalNumber: true
        default: false
        }
    }

    /// Full-width ASCII (U+FF01…) and half-width katakana (U+FF66…, as JIS X 0201 writes it) in their ordinary forms.
    private static func ordinaryWidth(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        switch scalar.value {
        case 0xFF01...0xFF5E: Unicode.Scalar(scalar.value - 0xFEE0) ?? scalar
        case 0xFF66...0xFF9F: wideKatakana[Int(scalar.value - 0xFF66)]
        default: scalar
        }
    }

    /// U+FF66 to U+FF9F in order; the last two are the voiced and semi-voiced sound marks as combining characters.
    private static let wideKatakana: [Unicode.Scalar] = Array(
        "ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン\u{3099}\u{309A}"
            .unicodeScalars)

    private static func hiragana(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        (0x30A1...0x30F6).contains(scalar.value) ? Unicode.Scalar(scalar.value - 0x60) ?? scalar : scalar
    }
}
