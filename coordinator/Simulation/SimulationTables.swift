import Console
import Matching
import Migration

/// The tables of Jung et al. 2004 over what a simulation came to: the whole as in its table 2, modalities and years as in its table 3.
struct SimulationTables {
    /// What one of the tables counts by.
    enum Grouping: String, CaseIterable {
        case modality
        case modalityAndYear = "modality,year"
    }

    /// A line of table 2.
    struct Line: Hashable {
        var code: String
        var words: String
        var count: Int
        /// Whether it is part of the line above that is no part.
        var isPart = false
    }

    let grouping: Grouping?
    /// All studies.
    let whole: SimulationCounts
    /// Those that the legacy index alone lists.
    let legacyStudies: Int
    /// The modalities, in their order.
    let modalities: [String]
    /// The columns: years in their order, `before YEAR` ahead of them, ``noYear`` behind them.
    let years: [String]
    private let byModality: [String: SimulationCounts]
    private let byPlace: [String: [String: SimulationCounts]]

    /// The column of studies without a date.
    static var noYear: String { "no date" }

    /// The outcomes in the order of table 3.
    static var outcomes: [Outcome] { [.examLevelFailed, .patientLevelFailed, .manualMatch, .matched] }

    /// The tables over `simulation`, by `grouping`; years before `first` are one column.
    init(_ simulation: SimulateMatching.Output, by grouping: Grouping?, before first: Int?) {
        var whole = SimulationCounts()
        var byModality: [String: SimulationCounts] = [:]
        var byPlace: [String: [String: SimulationCounts]] = [:]
        var years: [String] = []
        for cell in simulation.cells.sorted(by: { ($0.year ?? .max) < ($1.year ?? .max) }) {
            let year = Self.column(cell.year, before: first)
            whole += cell.counts
            byModality[cell.modality, default: SimulationCounts()] += cell.counts
            byPlace[cell.modality, default: [:]][year, default: SimulationCounts()] += cell.counts
            if !years.contains(year) { years.append(year) }
        }
        self.grouping = grouping
        self.whole = whole
        self.byModality = byModality
        self.byPlace = byPlace
        self.years = years
        legacyStudies = simulation.legacyStudies
        modalities = byModality.keys.sorted()
    }

    private static func column(_ year: Int?, before first: Int?) -> String {
        guard let year else { return noYear }
        if let first, year < first { return "before \(first)" }
        return String(year)
    }

    /// The counts of a modality.
    func counts(_ modality: String) -> SimulationCounts { byModality[modality] ?? SimulationCounts() }

    /// The counts of a modality in a column.
    func counts(_ modality: String, _ year: String) -> SimulationCounts { byPlace[modality]?[year] ?? SimulationCounts() }

    /// The lines of table 2, in its order.
    var lines: [Line] {
        [
            Line(code: "notMatched", words: "Not matched with an order", count: whole.total - whole.found),
            Line(code: "patientIDBlank", words: "patient ID null or space", count: whole.patientIDBlank, isPart: true),
            Line(code: "patientUnknown", words: "patient ID unknown", count: whole.patientUnknown, isPart: true),
            Line(code: "studyDateMissing", words: "exam date null", count: whole.studyDateMissing, isPart: true),
            Line(code: "noOrder", words: "no exam on the date", count: whole.noOrder, isPart: true),
            Line(code: "found", words: "Matched with an order", count: whole.found),
            Line(code: "total", words: "Total", count: whole.total),
        ]
    }

    /// `count` in hundredths of all studies, to two decimals as table 2 prints it, rounded half up.
    static func percentage(_ count: Int, of total: Int) -> String {
        guard total > 0 else { return "0.00" }
        let hundredths = (count * 20_000 + total) / (2 * total)
        let rest = String(hundredths % 100)
        return "\(hundredths / 100).\(rest.count == 1 ? "0" : "")\(rest)"
    }

    /// A figure as the tables print it: `126,621`; a dash for none.
    static func figure(_ count: Int) -> String {
        guard count > 0 else { return "—" }
        let digits = Array(String(count))
        return digits.indices.reduce(into: "") { text, index in
            if index > 0, (digits.count - index) % 3 == 0 { text += "," }
            text.append(digits[index])
        }
    }

    /// A modality as a row is headed.
    static func heading(_ modality: String) -> String { modality.isEmpty ? "none" : modality }
}
