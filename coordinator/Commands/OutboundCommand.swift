import ArgumentParser
import Console
import Terminal

/// `coordinator outbound`.
struct OutboundCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "outbound", abstract: "List the orders of unspecified exams that the PACS or RIS is told of.", subcommands: [List.self],
        defaultSubcommand: List.self)

    /// `coordinator outbound list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List what waits, is under way or was refused. A refused one is told again after `exceptions retry STUDY`.")

        private struct Document: Encodable { var outbound: [OutboundShape] }

        @Flag(help: "Those that were acknowledged or withdrawn as well.")
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
}
