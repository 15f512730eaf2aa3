import ArgumentParser
import Console
import Migration
import Orders
import Terminal

/// `coordinator media`.
struct MediaCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "media", abstract: "List the media, import the expected ones, or exclude one, or what could not be read of it.",
        subcommands: [List.self, Import.self, Exclude.self], defaultSubcommand: List.self)

    /// `coordinator media list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the media.")

        private struct Document: Encodable { var media: [MediumShape] }

        @Option(
            help: ArgumentHelp("Only media in this state: \(MediumState.allCases.map(\.rawValue).joined(separator: ", ")).", valueName: "state"),
            transform: choice)
        var state: MediumState?

        @OptionGroup var common: CommonOptions
        @OptionGroup var output: JSONOption

        func run() async throws {
            let state = state
            let media = try await Operators.ask(common.configuration()) { try await $0.all(ListMedia(state: state)) }
            if output.json { return try Standard.json(Document(media: media)) }
            var table = TextTable(["LABEL", "KIND", "STATE", "WORKER", "FILES", "UNREADABLE", "STUDIES", "SIZE", "REASON"])
            for medium in media {
                table.add([
                    medium.label, medium.kind, medium.state, medium.worker ?? "-", "\(medium.fileCount)",
                    "\(medium.unreadableCount)", "\(medium.studyCount)", Amount.bytes(medium.byteCount), medium.reason ?? "",
                ])
            }
            try Standard.output(table.text)
        }
    }

    /// `coordinator media import`.
    struct Import: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Import the expected media from a CSV file (label, kind, date_from, date_to, shelf, copy_of).")

        @Argument(help: "The file, with a header row.", completion: .file(extensions: ["csv"]))
        var csv: String

        @OptionGroup var common: CommonOptions
        @OptionGroup var output: JSONOption

        func run() async throws {
            let result = try await TableImport.run(csv, common.configuration(), entry: ImportMedia.init(media:)) { source in
                var reader = try CSVMediaReader(source: source)
                return { try reader.next() }
            }
            try result.finish("media", asJSON: output.json)
        }
    }

    /// `coordinator media exclude`.
    struct Exclude: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Leave a medium out, with a reason; of one that was read in part, expect no more.")

        @Argument(help: "The medium's label.")
        var label: String

        @Option(help: "Why.")
        var reason: String

        @OptionGroup var common: CommonOptions

        func run() async throws {
            let operation = ExcludeMedium(label: label, reason: reason)
            let done = try await Operators.ask(common.configuration()) { try await $0.run(operation) }
            Standard.error(done.text)
        }
    }
}
