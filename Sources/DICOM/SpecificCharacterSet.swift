/// The character sets of a data set's text (PS3.5 §6.1.2, PS3.3 §C.12.1.1.2).
public struct SpecificCharacterSet: Hashable, Sendable {
    /// The defined terms as declared; empty: the default repertoire.
    public let terms: [String]
    /// What bytes beyond ASCII are read by where no set is declared. `nil`: as Latin-1, so that none is lost.
    public let assumed: AssumedCharacterSet?
    /// Whether the text is read by what is assumed.
    public let isAssumed: Bool
    /// What text is read by.
    let repertoire: Repertoire
    /// Whether anything beyond ASCII is declared, and may be written.
    let isExtended: Bool

    enum Repertoire: Hashable, Sendable {
        /// UTF-8, GB18030, GBK: no escape sequences (PS3.3 table C.12-5). The name is the C library's.
        case standAlone(String)
        /// Sets in the order of their terms, those of the first one in use at the begin.
        case extensible(initial: [CodeElement], declared: [CodeElement])
    }

    static let escape: UInt8 = 0x1B

    /// ASCII: what holds where nothing is declared.
    public static let defaultRepertoire = SpecificCharacterSet(terms: [])
    /// UTF-8.
    public static let unicode = SpecificCharacterSet(terms: ["ISO_IR 192"])

    /// The set of these defined terms. Terms that are misspelt in the common ways are understood, others ignored.
    public init(terms: [String], assuming assumed: AssumedCharacterSet? = nil) {
        self.terms = terms
        self.assumed = assumed
        let isWrong = assumed?.insteadOf.contains(terms.joined(separator: "\\")) ?? false
        isExtended = !isWrong && terms.contains { !$0.isEmpty && $0 != "ISO_IR 6" }
        isAssumed = !isExtended && assumed != nil
        repertoire = Self.repertoire(of: isExtended ? terms : [assumed?.term ?? ""])
    }

    /// Whether a term names a set that is known.
    static func isKnown(term: String) -> Bool {
        standAloneEncoding(of: term) != nil || registration(of: term).flatMap(CodeElement.registered) != nil
    }

    /// The set that a value of Specific Character Set (0008,0005) declares.
    init(declaredBy value: String, assuming assumed: AssumedCharacterSet?) {
        let terms = value.split(separator: "\\", omittingEmptySubsequences: false).map { term in
            String(term.drop { $0 == " " }.prefix { $0 != "\0" }).trimmingTrailingSpaces
        }
        self.init(terms: terms == [""] ? [] : terms, assuming: assumed)
    }

    /// The value of Specific Character Set (0008,0005), terms joined by backslashes.
    public var declaration: String { terms.joined(separator: "\\") }

    private static func repertoire(of terms: [String]) -> Repertoire {
        if let name = standAloneEncoding(of: terms.first ?? "") { return .standAlone(name) }
        let sets = terms.map(codeElements)
        return .extensible(initial: sets.first ?? [.ascii], declared: sets.flatMap { $0 })
    }

    private static func standAloneEncoding(of term: String) -> String? {
        let term = term.uppercased()
        if term.hasSuffix("GB18030") { return "GB18030" }
        if term.hasSuffix("GBK") { return "GBK" }
        return registration(of: term) == 192 ? "UTF-8" : nil
    }

    private static func codeElements(of term: String) -> [CodeElement] {
        registration(of: term).flatMap(CodeElement.registered) ?? [.ascii]
    }

    /// 100 of `ISO_IR 100`, `ISO 2022 IR 100`, `ISO-IR 100`, `ISO_IR_100`.
    private static func registration(of term: String) -> Int? {
        guard term.uppercased().hasPrefix("ISO") else { return nil }
        return Int(String(term.reversed().prefix { $0.isASCII && $0.isNumber }.reversed()))
    }
}

extension String {
    fileprivate var trimmingTrailingSpaces: String {
        var text = self[...]
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
