import ArgumentParser
import Console
import Terminal

/// `coordinator outbound`.
struct OutboundCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "outbound", abstract: "List the orders of unspecified exams that the PACS or RIS is told of.", subcommands: [List.self, Close.self],
        defaultSubcommand: List.self)

    /// `coordinator outbound list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List what waits, is under way or was refused. A refused one is told again after `exceptions retry STUDY`.")

        private struct Document: Encodable { var outbound: [OutboundShape] }

        @Flag(help: "Those that were acknowledged, withdrawn or closed as well.")
        var all = false

        @OptionGroup var common: CommonOptions
        @OptionGroup var output: JSONOption

        func run() async throws {
            let list = ListOutbound(all ? .all : .present)
            let orders = try await Operators.ask(common.configuration()) { try await $0.all(list) }
            if output.json { return try Standard.json(Document(outbound: orders)) }
            var table = TextTable(["NUMBER", "KIND", "ACCESSION", "STATE", "MADE", "STUDY", "DETAIL"])
            for row in orders { table.add(["\(row.number)", row.kind, row.accessionNumber, row.state, row.madeAt, row.studyInstanceUID, row.detail]) }
            try Standard.output(table.text)
        }
    }
    /// `coordinator outbound close`.
    struct Close: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say that nothing is to be done about a refused order or cancel.",
            discussion: "An order that a study waits for is told again instead (exceptions retry), or its study decided on.")

        @Argument(help: "The number of the order or cancel.") var number: Int64
        @Option(help: "Why; who may see patients' data sees it.") var reason: String
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let done = try await Operators.ask(common.configuration()) { try await $0.run(CloseOutbound(number: number, reason: reason)) }
            Standard.error(done.text)
        }
    }
}
