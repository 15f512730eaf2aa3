import ArgumentParser
import Console
import Terminal

/// `coordinator match`.
struct MatchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "match", abstract: "Simulate the matching, and settle the studies that wait for a person.",
        subcommands: [Simulate.self, Learn.self, List.self, Previews.self, Assign.self, Unspecified.self])

    /// `coordinator match list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the studies that are held, and why; first those that are requested.")

        private struct Document: Encodable { var studies: [StudyShape] }

        @OptionGroup var common: CommonOptions
        @OptionGroup var output: JSONOption

        func run() async throws {
            let held = try await Operators.ask(common.configuration()) { try await $0.all(ListStudies(state: .held)) }
            let studies = held.filter { !$0.requests.isEmpty } + held.filter(\.requests.isEmpty)
            if output.json { return try Standard.json(Document(studies: studies)) }
            try Standard.output(StudiesCommand.table(studies).text)
        }
    }

    /// `coordinator match assign`.
    struct Assign: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Link a study to an order.")

        @Argument(help: "The study's Study Instance UID.") var study: String
        @Argument(help: "The order's accession number.") var accession: String
        @OptionGroup var common: CommonOptions

        func run() async throws {
            try await MatchCommand.settle(SettleStudy(study: study, decision: .assign, accessionNumber: accession), common)
        }
    }

    /// `coordinator match unspecified`.
    struct Unspecified: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "File a study as an unspecified exam.")

        @Argument(help: "The study's Study Instance UID.") var study: String
        @OptionGroup var common: CommonOptions

        func run() async throws { try await MatchCommand.settle(SettleStudy(study: study, decision: .unspecified), common) }
    }

    fileprivate static func settle(_ operation: SettleStudy, _ common: CommonOptions) async throws {
        let done = try await Operators.ask(common.configuration()) { try await $0.run(operation) }
        Standard.error(done.text)
    }
}
