internal import Migration

/// A patient's name: the repetitions of XPN (HL7 v2.9 §2.A.88) as the component groups of PN (PS3.5 §6.2.1).
enum HL7PersonName {
    /// The name of `repetitions`; nil when they have none.
    ///
    /// Legal names count (XPN-7 `L`), or those without a type; where there are none, those of the first one's type. The representation code
    /// (XPN-8) tells the group: alphabetic, ideographic, phonetic. Of names without one the first is the alphabetic group as the hospital writes it, whatever its
    /// script; further ones are the ideographic group, when they begin with a Han character, or the phonetic one.
    static func groups(of repetitions: [HL7Value]) -> String? {
        let names = repetitions.filter { !pn($0).isEmpty }
        let types = names.map { $0.text(7) }
        guard let type = ["L", ""].first(where: types.contains) ?? types.first else { return nil }
        var groups = ["", "", ""]
        for name in names where name.text(7) == type || (type == "L" && name.text(7).isEmpty) {
            let text = pn(name)
            let index = ["A": 0, "I": 1, "P": 2][name.text(8)] ?? (groups[0].isEmpty ? 0 : beginsWithHan(text) ? 1 : 2)
            if groups[index].isEmpty { groups[index] = text }
        }
        while groups.last?.isEmpty == true { groups.removeLast() }
        return groups.joined(separator: "=")
    }

    /// Family name, given name, middle name, prefix, suffix; XPN has the last two in the other order.
    private static func pn(_ name: HL7Value) -> String {
        var components = [name.text(1), name.text(2), name.text(3), name.text(5), name.text(4)]
        while components.last?.isEmpty == true { components.removeLast() }
        return components.joined(separator: "^")
    }

    private static func beginsWithHan(_ text: String) -> Bool { text.unicodeScalars.first?.properties.isIdeographic == true }

    /// Whether a component has a character that parts names, which an escape sequence may bring in.
    static func isAmbiguous(_ repetitions: [HL7Value]) -> Bool {
        repetitions.contains { name in (1...5).contains { name.text($0).utf8.contains { $0 == UInt8(ascii: "^") || $0 == UInt8(ascii: "=") } } }
    }
}
