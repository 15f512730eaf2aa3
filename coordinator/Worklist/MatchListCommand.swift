import ArgumentParser
import Console
import Migration
import Terminal

extension MatchCommand {
    /// `coordinator match list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the studies that are held, and why: first those that are requested, last those that are put off.",
            discussion: "What passes by itself is listed with its --reason. With --flagged those that were sent or decided on, and against which something came up since.")

        private struct Document: Encodable { var studies: [WaitingShape] }

        @Option(
            help: ArgumentHelp("Only studies held, or flagged, for this reason: \(HoldReason.allCases.map(\.rawValue).joined(separator: "; ")).", valueName: "reason"),
            transform: choice)
        var reason: HoldReason?

        @Option(help: ArgumentHelp("Only studies with an object of this modality.", valueName: "modality"))
        var modality: String?

        @Option(help: ArgumentHelp("Only studies of this day or later.", valueName: "yyyymmdd"))
        var from: String?

        @Option(help: ArgumentHelp("Only studies of this day or earlier.", valueName: "yyyymmdd"))
        var to: String?

        @Flag(help: "The studies against which something came up after they were sent or decided on, whatever their state.")
        var flagged = false

        @Option(help: ArgumentHelp("At most so many.", valueName: "count"))
        var limit: Int?

        @OptionGroup var common: CommonOptions
        @OptionGroup var output: JSONOption

        func validate() throws {
            guard limit.map({ $0 > 0 }) ?? true else { throw ValidationError("--limit is at least 1") }
        }

        func run() async throws {
            let studies: [WaitingShape] = try await Operators.ask(common.configuration()) { operators in try await self.studies(from: operators) }
            if output.json { return try Standard.json(Document(studies: studies)) }
            try Standard.output(flagged ? Self.flaggedTable(studies).text : Self.table(studies).text)
        }

        /// The sections one behind the other, page by page, until there are enough.
        private func studies(from operators: any OperationRunner) async throws -> [WaitingShape] {
            var studies: [WaitingShape] = []
            for section in flagged ? [.flagged] : [ListWorklist.Section.requested, .waiting, .postponed] {
                var list = ListWorklist(section, reason: reason, modality: modality, from: from, to: to)
                repeat {
                    let page = try await operators.run(list)
                    studies += page.studies
                    if let limit, studies.count >= limit { return Array(studies.prefix(limit)) }
                    list.after = page.next
                } while list.after != nil
            }
            return studies
        }

        private static func flaggedTable(_ studies: [WaitingShape]) -> TextTable {
            var table = TextTable(["STUDY", "STATE", "ACCESSION", "PATIENT ID", "DATE", "MODALITY", "FLAGS", "TAKEN BY"])
            for study in studies {
                table.add([
                    study.studyInstanceUID, study.state, study.accessionNumber ?? "-", study.patientID, study.studyDate, study.modalities.joined(separator: "/"),
                    study.flags.joined(separator: " "), study.taken.map { "\($0.by) until \($0.until)" } ?? "",
                ])
            }
            return table
        }

        private static func table(_ studies: [WaitingShape]) -> TextTable {
            var table = TextTable(["STUDY", "OUTCOME", "PATIENT ID", "DATE", "MODALITY", "IMAGES", "MEDIA", "REQUESTS", "TAKEN BY", "PUT OFF UNTIL", "WHY"])
            for study in studies {
                table.add([
                    study.studyInstanceUID, study.outcome ?? "-", study.patientID, study.studyDate, study.modalities.joined(separator: "/"),
                    "\(study.instanceCount)", study.media.joined(separator: " "), study.requests.map(String.init).joined(separator: " "),
                    study.taken.map { "\($0.by) until \($0.until)" } ?? "", study.postponed.map { "\($0.until), \($0.by): \($0.reason)" } ?? "",
                    study.reasonText ?? "",
                ])
            }
            return table
        }
    }

    /// `coordinator match show`.
    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show a study, why it waits, and the orders that may be its own, with what speaks for each and against it.")

        @Argument(help: "The study's Study Instance UID.") var study: String
        @OptionGroup var common: CommonOptions
        @OptionGroup var output: JSONOption

        func run() async throws {
            let item = try await Operators.ask(common.configuration()) { try await $0.run(ShowWorklistItem(study: study)) }
            if output.json { return try Standard.json(item) }
            try Standard.output(WorklistText.text(item))
        }
    }

    /// `coordinator match history`.
    struct History: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List what happened to a study: who decided what, when and why among it.")

        private struct Document: Encodable { var events: [ListStudyHistory.Event] }

        @Argument(help: "The study's Study Instance UID.") var study: String
        @OptionGroup var common: CommonOptions
        @OptionGroup var output: JSONOption

        func run() async throws {
            let events = try await Operators.ask(common.configuration()) { try await $0.all(ListStudyHistory(study: study)) }
            if output.json { return try Standard.json(Document(events: events)) }
            var table = TextTable(["AT", "WHAT"])
            for event in events { table.add([event.at, event.text]) }
            try Standard.output(table.text)
        }
    }
}
