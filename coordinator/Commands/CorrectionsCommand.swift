import ArgumentParser
import Console
import Terminal

/// `coordinator corrections`.
struct CorrectionsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "corrections", abstract: "List the studies that lie at the destination under a former patient, name or order, and decide on them.",
        subcommands: [List.self, Approve.self, Await.self], defaultSubcommand: List.self)

    /// `coordinator corrections list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List what each was sent as, what it should be, since when, and how far that is.")

        private struct Document: Encodable { var corrections: [CorrectionShape] }

        @Flag(help: "Those that came right as well.")
        var all = false

        @OptionGroup var common: CommonOptions
        @OptionGroup var output: JSONOption

        func run() async throws {
            let list = ListCorrections(all ? .all : .present)
            let corrections = try await Operators.ask(common.configuration()) { try await $0.all(list) }
            if output.json { return try Standard.json(Document(corrections: corrections)) }
            try Standard.output(Self.table(corrections).text)
        }

        static func table(_ corrections: [CorrectionShape]) -> TextTable {
            var table = TextTable(["STUDY", "EXAM", "STATE", "SINCE", "SENT AS", "SHOULD BE", "STUDY IS", "SENT AGAIN AS", "DETAIL"])
            for row in corrections {
                let exam = [row.studyDate, row.modalities.joined(separator: "/"), row.studyDescription]
                let before = row.sentBefore.map { ", before that as \(words($0))" } ?? ""
                table.add([
                    row.studyInstanceUID, words(exam), row.state, row.since, words(row.sentAs) + before, words(row.shouldBe), row.studyState,
                    row.rejection?.studyInstanceUID ?? "", row.detail,
                ])
            }
            return table
        }

        private static func words(_ identity: CorrectionShape.Identity) -> String {
            words([identity.accessionNumber, identity.patientID, identity.issuer, identity.name, identity.birthDate, identity.sex])
        }

        private static func words(_ values: [String]) -> String { values.filter { !$0.isEmpty }.joined(separator: " ") }
    }

    /// `coordinator corrections approve`.
    struct Approve: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let a study be deleted or rejected at the destination and sent again under its present patient.",
            discussion: """
                Only where coordinator.yaml has the profile delete-and-send-again, or reject-and-send-again: then a note (IHE IOCM) rejects there what it has, \
                and the study is sent with new UIDs. Nothing is deleted or rejected before all of the study is in the workers' custody.
                """)

        @Argument(help: "The study's Study Instance UID.") var study: String
        @Flag(help: "Although birth date, sex or name in its objects contradict the patient whose it is said to be.")
        var contradicting = false
        @OptionGroup var common: CommonOptions

        func run() async throws { try await CorrectionsCommand.settle(study, contradicting ? .approveContradicting : .approve, common) }
    }

    /// `coordinator corrections await`.
    struct Await: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Await anew that the destination corrects a study by itself; it is asked at once.",
            discussion: "An approval is taken back so, as long as deleting or rejecting has not begun.")

        @Argument(help: "The study's Study Instance UID.") var study: String
        @OptionGroup var common: CommonOptions

        func run() async throws { try await CorrectionsCommand.settle(study, .await, common) }
    }

    private static func settle(_ study: String, _ decision: SettleCorrection.Decision, _ common: CommonOptions) async throws {
        let done = try await Operators.ask(common.configuration()) { try await $0.run(SettleCorrection(study: study, decision: decision)) }
        Standard.error(done.text)
    }
}
