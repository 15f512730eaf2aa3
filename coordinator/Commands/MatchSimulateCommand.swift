import ArgumentParser
import Console
import Terminal

extension MatchCommand {
    /// `coordinator match simulate`.
    struct Simulate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Simulate the matching of all studies that are known; nothing is sent or changed.",
            discussion: """
                Counted are the studies that were read and those that only the legacy index lists (studies import), each once, as docs/matching.md says.
                """)

        @Option(help: ArgumentHelp("Count by modality too, or by modality and year: modality, or modality,year.", valueName: "grouping"), transform: choice)
        var by: SimulationTables.Grouping?

        @Option(help: ArgumentHelp("Put all years before this one into one column.", valueName: "year"))
        var before: Int?

        @Option(help: "text, csv, json or html.")
        var format: ReportCommand.Format = .text

        @OptionGroup var common: CommonOptions
        @OptionGroup var output: JSONOption

        func validate() throws {
            guard before == nil || by == .modalityAndYear else { throw ValidationError("--before goes with --by modality,year") }
        }

        func run() async throws {
            let simulation = try await Operators.ask(common.configuration()) { try await $0.run(SimulateMatching()) }
            let tables = SimulationTables(simulation, by: by, before: before)
            switch output.json ? .json : format {
            case .text: try Standard.output(SimulationText.text(tables))
            case .csv: try Standard.output(SimulationCSV.text(tables))
            case .json: try Standard.json(SimulationDocument(tables))
            case .html: try Standard.output(SimulationPage.text(tables))
            }
        }
    }
}
