import ArgumentParser
import Console
import Terminal

/// `coordinator request`.
struct RequestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "request", abstract: "Migrate at once what a clinician asked for: ahead of all else, and say which media to insert for it.")

    @Option(help: ArgumentHelp("All studies of this patient, those that are read later too.", valueName: "patient-id"))
    var patient: String?

    @Option(help: ArgumentHelp("Who issued the patient ID, where several did.", valueName: "issuer"))
    var issuer: String?

    @Option(help: ArgumentHelp("The study of this Study Instance UID.", valueName: "uid"))
    var study: String?

    @Option(help: ArgumentHelp("The exam of this accession number.", valueName: "number"))
    var accession: String?

    @Option(help: ArgumentHelp("Why; who may see patients' data sees it.", valueName: "text"))
    var reason: String

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: JSONOption

    func validate() throws {
        guard [patient, study, accession].count(where: { $0 != nil }) == 1 else {
            throw ValidationError("one of --patient, --study and --accession says what is asked for")
        }
        guard issuer == nil || patient != nil else { throw ValidationError("--issuer belongs to --patient") }
    }

    func run() async throws {
        let operation = MakeRequest(patientID: patient, issuer: issuer, studyInstanceUID: study, accessionNumber: accession, reason: reason)
        let request = try await Operators.ask(common.configuration()) { try await $0.run(operation) }
        if output.json { return try Standard.json(request) }
        try Standard.output(RequestText.text(request))
    }
}

/// `coordinator requests`.
struct RequestsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "requests", abstract: "List what clinicians asked for and where it stands, or cancel a request.", subcommands: [List.self, Cancel.self],
        defaultSubcommand: List.self)

    /// `coordinator requests list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the open requests, each with the media to insert for it.")

        private struct Document: Encodable { var requests: [RequestShape] }

        @Flag(help: "Those that have ended as well.")
        var all = false

        @OptionGroup var common: CommonOptions
        @OptionGroup var output: JSONOption

        func run() async throws {
            let list = ListRequests(filter: all ? .all : .open)
            let requests = try await Operators.ask(common.configuration()) { try await $0.all(list) }
            if output.json { return try Standard.json(Document(requests: requests)) }
            try Standard.output(requests.isEmpty ? "no requests" : requests.map(RequestText.text).joined(separator: "\n\n"))
        }
    }

    /// `coordinator requests cancel`.
    struct Cancel: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "End a request before its time.")

        @Argument(help: "The request's number.")
        var number: Int64

        @Option(help: "Why.")
        var reason: String

        @OptionGroup var common: CommonOptions

        func run() async throws {
            let operation = CancelRequest(number: number, reason: reason)
            let done = try await Operators.ask(common.configuration()) { try await $0.run(operation) }
            Standard.error(done.text)
        }
    }
}

/// A request for people.
enum RequestText {
    static func text(_ request: RequestShape) -> String {
        var lines = [
            "request \(request.number): \(subject(request)): \(request.state)",
            "  asked for by \(request.madeBy) at \(request.madeAt)\(request.expires.map { ", until \($0)" } ?? ""): \(request.reason)",
        ]
        lines += request.studies.map { "  study \($0.studyInstanceUID): \($0.state)\(why($0))" }
        for (index, medium) in request.media.filter({ $0.state != "reading" }).enumerated() {
            lines.append("  \(index + 1). insert \(medium.label)\(medium.shelf.isEmpty ? "" : " (\(medium.shelf))"): \(medium.text)")
        }
        lines += request.media.filter { $0.state == "reading" }.map { "  \($0.label) is being read: \($0.text)" }
        lines += request.films.map { "  \($0)" }
        if request.missing > 0 { lines.append("  \(request.missing) studies that the legacy index lists are on no medium that is left to be read") }
        if request.unknownAmong > 0 {
            lines.append("  nothing says where some of its studies lie: they may be on any of \(request.unknownAmong) media that are still to be read")
        } else if request.undatedMedia > 0 {
            lines.append("  \(request.undatedMedia) media that are still to be read have no dates in the media list: any of them may hold more")
        }
        return lines.map(Standard.plain).joined(separator: "\n")
    }

    private static func subject(_ request: RequestShape) -> String {
        if let patient = request.patientID { return "patient \(patient)\(request.issuer.map { " of \($0)" } ?? "")" }
        return request.studyInstanceUID.map { "study \($0)" } ?? "exam \(request.accessionNumber ?? "")"
    }

    private static func why(_ study: RequestShape.Study) -> String {
        let isSaid = ["held", "exception", "failed", "excluded"].contains(study.state)
        return isSaid ? study.reasonText.map { ", \($0)" } ?? "" : ""
    }
}
