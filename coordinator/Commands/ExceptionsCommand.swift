import ArgumentParser
import Console

/// `coordinator exceptions`.
struct ExceptionsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "exceptions", abstract: "List the studies that were given up and the files that could not be read.",
        subcommands: [List.self, Retry.self], defaultSubcommand: List.self)

    /// `coordinator exceptions list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the exceptions.")

        private struct Document: Encodable {
            var exceptions: [ExceptionShape]
            var unreadableFiles: [UnreadableShape]
        }

        @OptionGroup var common: CommonOptions
        @OptionGroup var output: JSONOption

        func run() async throws {
            let document = try await Operators.ask(common.configuration()) { operators in
                try await Document(
                    exceptions: operators.all(ListExceptions()), unreadableFiles: operators.all(ListUnreadableFiles()))
            }
            if output.json { return try Standard.json(document) }
            var studies = TextTable(["STUDY", "CATEGORY", "SINCE", "MEDIA", "DETAIL"])
            for row in document.exceptions {
                studies.add([row.studyInstanceUID, row.category, row.since ?? "-", row.media.joined(separator: " "), row.detail])
            }
            var files = TextTable(["MEDIUM", "PATH", "CODE", "DETAIL"])
            for row in document.unreadableFiles { files.add([row.medium, row.path, row.code, row.detail]) }
            try Standard.output(studies.text + "\n\n" + files.text)
        }
    }

    /// `coordinator exceptions retry`.
    struct Retry: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Try a study again that was given up.")

        @Argument(help: "Its Study Instance UID.")
        var study: String

        @OptionGroup var common: CommonOptions

        func run() async throws {
            let operation = SettleStudy(study: study, decision: .retry)
            let done = try await Operators.ask(common.configuration()) { try await $0.run(operation) }
            Standard.error(done.text)
        }
    }
}
