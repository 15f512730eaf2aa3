import ArgumentParser
import Console
import Ledger
import Migration
import Terminal

/// `coordinator report`.
struct ReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Report what was migrated, what was not, and why.")

    /// The forms of a report.
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text, csv, json, html
    }

    @Option(help: "text, csv (one row a study), json or html.")
    var format: Format = .text

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: JSONOption

    func run() async throws {
        let report = try await Operators.ask(common.configuration()) { try await Report(from: $0) }
        switch output.json ? .json : format {
        case .text: try Standard.output(TextReport.text(report))
        case .csv: try Standard.output(CSVReport.text(report))
        case .json: try Standard.json(report)
        case .html: try Standard.output(HTMLReport.text(report))
        }
    }
}

/// What was migrated, what was not, and why.
struct Report: Encodable {
    var summary: StatusShape
    var studies: [StudyShape]
    /// The studies that lie, or lay, at the destination under another patient or order than they should.
    var corrections: [CorrectionShape]
    var unreadableFiles: [UnreadableShape]
    var media: [MediumShape]
    var exceptions: [ExceptionShape]

    init(from operators: any OperationRunner) async throws {
        summary = try await operators.run(ShowStatus())
        studies = try await operators.all(ListStudies())
        corrections = try await operators.all(ListCorrections(.all))
        unreadableFiles = try await operators.all(ListUnreadableFiles())
        media = try await operators.all(ListMedia())
        exceptions = try await operators.all(ListExceptions())
    }

    /// The studies that have their order together with others, or serve orders beside their own, because a person says so.
    var linked: [StudyShape] { studies.filter { $0.sharesOrder || !$0.servedOrders.isEmpty } }

    /// The studies against which something came up after they were sent or decided on.
    var flagged: [StudyShape] { studies.filter { !$0.flags.isEmpty } }

    /// The corrections that the destination does not have yet, by Study Instance UID.
    var pending: [String: CorrectionShape] {
        Dictionary(uniqueKeysWithValues: corrections.filter { $0.state != CorrectionState.corrected.rawValue }.map { ($0.studyInstanceUID, $0) })
    }

    /// All studies; of one that lies under another patient or order than it should, that is the reason that is told.
    var told: [StudyShape] {
        let pending = pending
        return studies.map { study in
            guard let correction = pending[study.studyInstanceUID] else { return study }
            var study = study
            study.reasonText = "correction \(correction.state): \(correction.detail)"
            return study
        }
    }

    /// The studies that are not at the destination as they should be: not wholly there, or under another patient or order.
    var open: [StudyShape] {
        let pending = pending
        return told.filter { $0.state != StudyState.verified.rawValue || pending[$0.studyInstanceUID] != nil }
    }

    /// The studies that were rejected at the destination, and lie there, or are to, under new UIDs.
    var renewed: [StudyShape] { studies.filter { $0.studyInstanceUIDAtDestination != nil } }

    /// The corrections by state, in the order of the states.
    var correctionsByState: [CorrectionShape] {
        CorrectionState.allCases.flatMap { state in corrections.filter { $0.state == state.rawValue } }
    }
}

extension CorrectionShape.Identity {
    /// The patient, and the exam's accession number.
    var words: String { [patientID, issuer, name, birthDate, sex, accessionNumber].filter { !$0.isEmpty }.joined(separator: " ") }
}
