import Matching
import Migration

/// A simulation as CSV (RFC 4180): the lines of table 2, or the rows and columns of table 3.
enum SimulationCSV {
    static func text(_ tables: SimulationTables) -> String {
        rows(tables).map { $0.map(CSVReport.field).joined(separator: ",") }.joined(separator: "\r\n")
    }

    private static func rows(_ tables: SimulationTables) -> [[String]] {
        guard tables.grouping != nil else {
            return [["studies", "number", "percent"]]
                + tables.lines.map { [$0.words, String($0.count), SimulationTables.percentage($0.count, of: tables.whole.total)] }
        }
        let years = tables.grouping == .modalityAndYear ? tables.years : []
        let header = ["modality", "matching"] + years + ["total"]
        return [header] + tables.modalities.flatMap { modality in
            SimulationTables.outcomes.map { outcome in
                [modality, outcome.rawValue] + years.map { String(tables.counts(modality, $0).count(of: outcome)) }
                    + [String(tables.counts(modality).count(of: outcome))]
            }
        }
    }
}
