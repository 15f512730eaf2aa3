import ArgumentParser
import Console
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
    var unreadableFiles: [UnreadableShape]
    var media: [MediumShape]
    var exceptions: [ExceptionShape]

    init(from operators: any OperationRunner) async throws {
        summary = try await operators.run(ShowStatus())
        studies = try await operators.all(ListStudies())
        unreadableFiles = try await operators.all(ListUnreadableFiles())
        media = try await operators.all(ListMedia())
        exceptions = try await operators.all(ListExceptions())
    }

    /// The studies that have their order together with others, or serve orders beside their own, because a person says so.
    var linked: [StudyShape] { studies.filter { $0.sharesOrder || !$0.servedOrders.isEmpty } }

    /// The studies that were rejected at the destination, and lie there, or are to, under new UIDs.
    var renewed: [StudyShape] { studies.filter { $0.studyInstanceUIDAtDestination != nil } }

    /// The studies that are not at the destination as they should be.
    var open: [StudyShape] { studies.filter { $0.state != "verified" } }
}
