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
                    add(value, to: field, of: Procedure(modality: entry.modality, words: entry.words), count)
                }
            }
        }
        close()
    }

    /// Writes the counts of all that was met in ``leastKept`` studies of a modality at least: what is rarer weighs nothing, and could be somebody's name.
    public func encode(to encoder: any Encoder) throws {
        let procedures = Set(Field.allCases.flatMap { (counts[$0] ?? [:]).map(\.key) }).sorted()
        let entries = procedures.map { procedure in
            let fields = Field.allCases.map { ($0.rawValue, kept($0, of: procedure)) }.filter { !$0.1.isEmpty }
            return Entry(modality: procedure.modality, words: procedure.words, counts: Dictionary(uniqueKeysWithValues: fields))
        }
        try Document(procedures: entries.filter { !$0.counts.isEmpty }).encode(to: encoder)
    }

    private func kept(_ field: Field, of procedure: Procedure) -> [String: Double] {
        (counts[field]?[procedure]?.values ?? [:]).filter { total(of: $0.key, field, procedure.modality) >= Self.leastKept }
    }

    private static var leastKept: Double { 3 }
}
