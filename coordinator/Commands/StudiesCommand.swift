import ArgumentParser
import Console
import Migration
import Orders
import Terminal

/// `coordinator studies`.
struct StudiesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "studies", abstract: "List the studies, or import the legacy archive's own list of them.", subcommands: [List.self, Import.self],
        defaultSubcommand: List.self)

    /// `coordinator studies list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the studies that were read.")

        private struct Document: Encodable { var studies: [StudyShape] }

        @Option(
            help: ArgumentHelp("Only studies in this state: \(StudyState.allCases.map(\.rawValue).joined(separator: "; ")).", valueName: "state"),
            transform: choice)
        var state: StudyState?

        @Option(help: ArgumentHelp("Only studies with a part on this medium.", valueName: "label"))
        var medium: String?

        @OptionGroup var common: CommonOptions
        @OptionGroup var output: JSONOption

        func run() async throws {
            let list = ListStudies(state: state, medium: medium)
            let studies = try await Operators.ask(common.configuration()) { try await $0.all(list) }
            if output.json { return try Standard.json(Document(studies: studies)) }
            try Standard.output(StudiesCommand.table(studies).text)
        }
    }

    /// `coordinator studies import`.
    struct Import: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Import what the legacy archive's own database lists, from a CSV file; a known Study Instance UID is updated.")

        @Argument(help: "The file, with a header row.", completion: .file(extensions: ["csv"]))
        var csv: String

        @OptionGroup var common: CommonOptions
        @OptionGroup var output: JSONOption

        func run() async throws {
            let result = try await TableImport.run(csv, common.configuration(), entry: ImportLegacyStudies.init(studies:)) { source in
                var reader = try CSVStudiesReader(source: source)
                return { try reader.next() }
            }
            try result.finish("studies", asJSON: output.json)
        }
    }

    static func table(_ studies: [StudyShape]) -> TextTable {
        var table = TextTable(["STUDY", "STATE", "OUTCOME", "ACCESSION", "PATIENT ID", "DATE", "MODALITY", "VERIFIED", "MEDIA", "REQUESTS", "FLAGS", "WHY"])
        for study in studies {
            table.add([
                study.studyInstanceUID, study.state, study.outcome ?? "-", study.accessionNumber ?? "-", study.patientID, study.studyDate,
                study.modalities.joined(separator: "/"), "\(study.verifiedCount)/\(study.instanceCount)",
                study.media.joined(separator: " "), study.requests.map(String.init).joined(separator: " "), study.flags.joined(separator: " "),
                study.reasonText ?? "",
            ])
        }
        return table
    }
}
