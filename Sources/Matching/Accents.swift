/// Latin letters without their accents, as consoles write them that have no others.
enum Accents {
    /// `text`, in lower case, without accents: `møller` is `moller`, `straße` is `strasse`.
    static func removed(from text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars where scalar.properties.generalCategory != .nonspacingMark {
            if let plain = plain[scalar] { result += plain } else { result.unicodeScalars.append(scalar) }
        }
        return result
    }

    /// Whether two texts that are the same without accents differ only where one of them has none.
    static func areLeftOut(_ left: String, _ right: String) -> Bool {
        // Letter by letter, as readers see them; where one letter is written as two, as whole texts.
        guard left.count == right.count else { return removed(from: left) == left || removed(from: right) == right }
        return zip(left, right).allSatisfy { $0 == $1 || $0.isASCII || $1.isASCII }
    }

    /// Letters of Latin-1 Supplement and Latin Extended-A that are written as one scalar.
    private static let plain: [Unicode.Scalar: String] = {
        let table = [
            ("a", "àáâãäåāăą"), ("ae", "æ"), ("c", "çćĉċč"), ("d", "ďđð"), ("e", "èéêëēĕėęě"), ("g", "ĝğġģ"), ("h", "ĥħ"), ("i", "ìíîïĩīĭįı"), ("j", "ĵ"),
            ("k", "ķ"), ("l", "ĺļľŀł"), ("n", "ñńņňŋ"), ("o", "òóôõöøōŏő"), ("oe", "œ"), ("r", "ŕŗř"), ("s", "śŝşšș"), ("ss", "ß"), ("t", "ţťŧț"),
            ("th", "þ"), ("u", "ùúûüũūŭůűų"), ("w", "ŵ"), ("y", "ýÿŷ"), ("z", "źżž"),
        ]
        var result: [Unicode.Scalar: String] = [:]
        for (letters, accented) in table { for scalar in accented.unicodeScalars { result[scalar] = letters } }
        return result
    }()
}
