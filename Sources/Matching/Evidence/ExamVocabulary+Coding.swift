/// A JSON object that people can read: `{"procedures":[{"modality":"CR","words":"CHEST PA","counts":{"description":{"CXR PA":12.5}}}]}`.
extension ExamVocabulary: Codable {
    private struct Document: Codable {
        var procedures: [Entry]
    }

    private struct Entry: Codable {
        var modality: String
        var words: String
        var counts: [String: [String: Double]]
    }

    /// Reads what ``encode(to:)`` wrote.
    public init(from decoder: any Decoder) throws {
        let document = try Document(from: decoder)
        self.init()
        for entry in document.procedures {
            for (name, values) in entry.counts.sorted(by: { $0.key < $1.key }) {
                guard let field = Field(rawValue: name) else {
                    throw DecodingError.dataCorrupted(
                        .init(codingPath: decoder.codingPath, debugDescription: "\"\(name)\" is none of the fields that are counted"))
                }
                for (value, count) in values.sorted(by: { $0.key < $1.key }) {
                    guard count.isFinite, count > 0, count <= Self.mostCounted else {
                        throw DecodingError.dataCorrupted(
                            .init(codingPath: decoder.codingPath, debugDescription: "the count of \"\(value)\" is \(count); it is to be above 0, at most \(Self.mostCounted)"))
                    }
                    add(value, to: field, of: Procedure(modality: entry.modality, words: entry.words), count)
                }
            }
        }
        close()
    }

    /// Writes the counts of all that was met with ``leastKept`` patients of a modality at least, for procedures that were: what is rarer weighs nothing, and
    /// could be somebody's name.
    public func encode(to encoder: any Encoder) throws {
        let procedures = Set(Field.allCases.flatMap { (counts[$0] ?? [:]).map(\.key) }).sorted()
        let entries = procedures.map { procedure in
            let fields = Field.allCases.map { ($0.rawValue, kept($0, of: procedure)) }.filter { !$0.1.isEmpty }
            return Entry(modality: procedure.modality, words: procedure.words, counts: Dictionary(uniqueKeysWithValues: fields))
        }
        try Document(procedures: entries.filter { !$0.counts.isEmpty }).encode(to: encoder)
    }

    private func kept(_ field: Field, of procedure: Procedure) -> [String: Double] {
        guard let own = counts[field]?[procedure], own.sum >= Self.leastKept else { return [:] }
        return own.values.filter { total(of: $0.key, field, procedure.modality) >= Self.leastKept }
    }

    private static var leastKept: Double { 3 }
    /// More exams no archive has.
    private static var mostCounted: Double { 1e9 }
}
