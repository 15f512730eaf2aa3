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

        @Flag(help: "List instead what would be decided of each study, as CSV; with the evidence, where matching.evidence is on.")
        var list = false

        @Option(help: "text, csv, json or html.")
        var format: ReportCommand.Format = .text

        @OptionGroup var common: CommonOptions
        @OptionGroup var output: JSONOption

        func validate() throws {
            guard before == nil || by == .modalityAndYear else { throw ValidationError("--before goes with --by modality,year") }
            guard !list || by == nil && !output.json && format == .text else { throw ValidationError("--list goes with no other way to show a simulation") }
        }

        func run() async throws {
            if list { return try await listMatches() }
            let simulation = try await Operators.ask(common.configuration()) { try await $0.run(SimulateMatching()) }
            let tables = SimulationTables(simulation, by: by, before: before)
            switch output.json ? .json : format {
            case .text: try Standard.output(SimulationText.text(tables))
            case .csv: try Standard.output(SimulationCSV.text(tables))
            case .json: try Standard.json(SimulationDocument(tables))
            case .html: try Standard.output(SimulationPage.text(tables))
            }
        }

        private func listMatches() async throws {
            try await Operators.ask(common.configuration()) { runner in
                try Standard.output(MatchListing.header)
                var next: String? = ""
                while let behind = next {
                    let page = try await runner.run(ListSimulatedMatches(behind: behind))
                    for row in page.rows { try Standard.output(MatchListing.line(row)) }
                    next = page.next
                }
            }
        }
    }
}
