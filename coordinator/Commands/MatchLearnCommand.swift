import ArgumentParser
import Console
import Terminal

extension MatchCommand {
    /// `coordinator match learn`.
    struct Learn: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Learn what the archive's consoles call the hospital's procedures, for matching.evidence.",
            discussion: """
                Learned is from the studies that are known, most of them from the legacy index (studies import), whose order the paper's rule alone finds. \
                What was learned is written into vocabulary.json beside coordinator.yaml, and counts from the coordinator's next start.
                """)

        @OptionGroup var common: CommonOptions

        func run() async throws {
            var configuration = try common.configuration()
            // What is learned comes from the paper's rule alone, and may be the first.
            configuration.migration.evidence = nil
            let learned = try await Operators.ask(configuration) { try await $0.run(LearnVocabulary()) }
            guard learned.studies > 0 else {
                throw CommandFailure(.failed, "no study has an order by the paper's rule yet: import orders and the legacy index first (studies import)")
            }
            let file = VocabularyFile(in: MigrationFolder(path: configuration.folder))
            try file.write(learned.vocabulary)
            Standard.error("\(file.path): learned from \(learned.studies) studies. It counts from the coordinator's next start, with matching.evidence on.")
        }
    }
}
