import ArgumentParser
import Console
import Migration
import Terminal

/// `coordinator studies`.
struct StudiesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "studies", abstract: "List the studies.")

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
        try Standard.output(Self.table(studies).text)
    }

    static func table(_ studies: [StudyShape]) -> TextTable {
        var table = TextTable(["STUDY", "STATE", "OUTCOME", "ACCESSION", "PATIENT ID", "DATE", "MODALITY", "VERIFIED", "MEDIA", "WHY"])
        for study in studies {
            table.add([
                study.studyInstanceUID, study.state, study.outcome ?? "-", study.accessionNumber ?? "-", study.patientID, study.studyDate,
                study.modalities.joined(separator: "/"), "\(study.verifiedCount)/\(study.instanceCount)",
                study.media.joined(separator: " "), study.reasonText ?? "",
            ])
        }
        return table
    }
}
