import Matching
import Migration

/// A simulation as one JSON document.
struct SimulationDocument: Encodable {
    /// Counts by the paper's outcomes, and why.
    struct Counts: Encodable {
        var examLevelFailed: Int
        var patientLevelFailed: Int
        var manualMatch: Int
        var matched: Int
        var total: Int
        var why: SimulationCounts

        init(_ counts: SimulationCounts) {
            examLevelFailed = counts.count(of: .examLevelFailed)
            patientLevelFailed = counts.count(of: .patientLevelFailed)
            manualMatch = counts.count(of: .manualMatch)
            matched = counts.count(of: .matched)
            total = counts.total
            why = counts
        }
    }

    /// A line of table 2.
    struct Line: Encodable {
        var line: String
        var count: Int
        var percent: String
    }

    /// The studies of a modality, and of a year where years are told apart.
    struct Cell: Encodable {
        var modality: String
        var year: String?
        var counts: Counts
    }

    var studies: Int
    var legacyStudies: Int
    var whole: Counts
    var first: [Line]
    var byModality: [Cell]?
    var byModalityAndYear: [Cell]?

    /// The document of `tables`.
    init(_ tables: SimulationTables) {
        studies = tables.whole.total
        legacyStudies = tables.legacyStudies
        whole = Counts(tables.whole)
        first = tables.lines.map {
            Line(line: $0.code, count: $0.count, percent: SimulationTables.percentage($0.count, of: tables.whole.total))
        }
        guard tables.grouping != nil else { return }
        byModality = tables.modalities.map { Cell(modality: $0, counts: Counts(tables.counts($0))) }
        guard tables.grouping == .modalityAndYear else { return }
        byModalityAndYear = tables.modalities.flatMap { modality in
            tables.years.map { Cell(modality: modality, year: $0, counts: Counts(tables.counts(modality, $0))) }
        }
    }
}
