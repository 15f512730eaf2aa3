import Matching
import Migration
import Terminal

/// A simulation for the terminal.
enum SimulationText {
    /// The tables, one below the other.
    static func text(_ tables: SimulationTables) -> String {
        var parts = [lines(tables).text]
        if tables.whole.total > 0, tables.legacyStudies > 0 {
            parts.append("\(SimulationTables.figure(tables.legacyStudies)) of the studies are listed by the legacy index and were not read yet.")
        }
        if tables.grouping != nil { parts.append(outcomes(tables).text) }
        if !why(tables).isEmpty { parts.append(why(tables)) }
        return parts.joined(separator: "\n\n")
    }

    private static func lines(_ tables: SimulationTables) -> TextTable {
        var table = TextTable(["STUDIES", "NUMBER", "%"])
        for line in tables.lines {
            let figure = SimulationTables.figure(line.count)
            let percentage = line.isPart ? "" : SimulationTables.percentage(line.count, of: tables.whole.total)
            table.add([(line.isPart ? "  " : "") + line.words, line.isPart ? "(\(figure))" : figure, percentage])
        }
        return table
    }

    private static func outcomes(_ tables: SimulationTables) -> TextTable {
        let years = tables.grouping == .modalityAndYear ? tables.years : []
        var table = TextTable(["MODALITY", "MATCHING"] + years.map { $0.uppercased() } + ["TOTAL", "%"])
        for modality in tables.modalities {
            for outcome in SimulationTables.outcomes {
                let all = tables.counts(modality)
                let cells = years.map { SimulationTables.figure(tables.counts(modality, $0).count(of: outcome)) }
                let percentage = SimulationTables.percentage(all.count(of: outcome), of: all.total)
                table.add([SimulationTables.heading(modality), outcome.rawValue] + cells + [SimulationTables.figure(all.count(of: outcome)), percentage])
            }
        }
        return table
    }

    private static func why(_ tables: SimulationTables) -> String {
        let reasons = [
            (tables.whole.severalOrders, "several orders of the patient, day and modality"),
            (tables.whole.competingStudies, "other studies claim the same order"),
            (tables.whole.contradiction, "name, birth date or sex contradicts the only order"),
            (tables.whole.namesake, "another patient of the birth date has a name that fits as well"),
        ]
        let told = reasons.filter { $0.0 > 0 }
        return told.isEmpty ? "" : "For a person:\n" + told.map { "  \(SimulationTables.figure($0.0)): \($0.1)" }.joined(separator: "\n")
    }
}
