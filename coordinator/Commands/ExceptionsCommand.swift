import ArgumentParser
import Console
import Migration
import Terminal

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
        static let configuration = CommandConfiguration(abstract: "Try studies again that were given up: one, those of a category, or all.")

        @Argument(help: "The Study Instance UID of one study.")
        var study: String?

        @Flag(help: "All studies that were given up.")
        var all = false

        @Option(
            help: ArgumentHelp(
                "All studies that were given up for this category: \(ExceptionCategory.allCases.map(\.rawValue).joined(separator: "; ")).",
                valueName: "category"),
            transform: choice)
        var category: ExceptionCategory?

        @OptionGroup var common: CommonOptions

        func validate() throws {
            guard [study != nil, all, category != nil].count(where: { $0 }) == 1 else {
                throw ValidationError("say which: a study's UID, --category CATEGORY or --all")
            }
        }

        func run() async throws {
            let (study, category) = (study, category?.rawValue)
            let refusals = try await Operators.ask(common.configuration()) { operators in
                var studies = [study].compactMap { $0 }
                if studies.isEmpty {
                    studies = try await operators.all(ListExceptions()).filter { $0.category == category ?? $0.category }.map(\.studyInstanceUID)
                }
                return try await Self.retry(studies, operators)
            }
            for refusal in refusals { Standard.error(refusal) }
            if !refusals.isEmpty { throw CommandFailure(.failed) }
        }

        /// Tries each again; one that is refused costs no other.
        private static func retry(_ studies: [String], _ operators: any OperationRunner) async throws -> [String] {
            var refusals: [String] = []
            for study in studies {
                do {
                    _ = try await operators.run(SettleStudy(study: study, decision: .retry))
                } catch let failure as CommandFailure where failure.status == .failed {
                    refusals.append(failure.message ?? "study \(study) was refused")
                }
            }
            Standard.error("\(studies.count - refusals.count) of \(studies.count) studies are to be tried again")
            return refusals
        }
    }
}
