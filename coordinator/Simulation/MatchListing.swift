import Console

/// What matching would say of each study as CSV (RFC 4180).
enum MatchListing {
    static let header = line([
        "study_instance_uid", "outcome", "reason", "accession_number", "score", "margin", "bar", "evidence",
    ])

    static func line(_ row: ListSimulatedMatches.Row) -> String {
        let weighing = row.weighing
        return line([
            row.studyInstanceUID, row.outcome, row.reason ?? "", row.accessionNumber ?? "", weighing.map { hundredths($0.score) } ?? "",
            weighing.map { hundredths($0.margin) } ?? "", weighing?.bar?.rawValue ?? "",
            (weighing?.evidence ?? []).map { "\($0.kind.rawValue) \(hundredths($0.weight))" }.joined(separator: "; "),
        ])
    }

    private static func line(_ fields: [String]) -> String { fields.map(CSVReport.field).joined(separator: ",") }

    /// A logarithm with two decimals: quoted fields of a spreadsheet must not begin with a minus, so that it is written as a word would be.
    private static func hundredths(_ weight: Int) -> String {
        let digits = String(abs(weight) % 100)
        return (weight < 0 ? "minus " : "") + "\(abs(weight) / 100)." + (digits.count == 1 ? "0" : "") + digits
    }
}
