import ArgumentParser
import Console
import Foundation
import Terminal

/// What goes along with each decision on a study.
struct DecisionOptions: ParsableArguments {
    @Argument(help: "The study's Study Instance UID.") var study: String

    @Option(help: ArgumentHelp("Why; who may see patients' data sees it.", valueName: "text"))
    var reason: String?

    @Option(help: ArgumentHelp("What `match show` said that the study was seen as: refused when anything is otherwise by now.", valueName: "revision"))
    var seen: String?

    @OptionGroup var common: CommonOptions

    /// Carries `decision` out, as `complete` completes it.
    func settle(_ decision: SettleStudy.Decision, _ complete: (inout SettleStudy) -> Void = { _ in }) async throws {
        var operation = SettleStudy(study: study, decision: decision)
        operation.reason = reason
        operation.seen = seen
        complete(&operation)
        try await MatchCommand.settle(operation, common)
    }
}

extension MatchCommand {
    fileprivate static func settle(_ operation: SettleStudy, _ common: CommonOptions) async throws {
        let done = try await Operators.ask(common.configuration()) { try await $0.run(operation) }
        Standard.error(done.text)
    }

    /// `coordinator match take`.
    struct Take: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Keep others from deciding on a study, for the time that coordinator.yaml says.")

        @Argument(help: "The study's Study Instance UID.") var study: String
        @OptionGroup var common: CommonOptions

        func run() async throws { try await MatchCommand.settle(SettleStudy(study: study, decision: .take), common) }
    }

    /// `coordinator match release`.
    struct Release: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Let others decide again on a study that you have taken.")

        @Argument(help: "The study's Study Instance UID.") var study: String
        @OptionGroup var common: CommonOptions

        func run() async throws { try await MatchCommand.settle(SettleStudy(study: study, decision: .release), common) }
    }

    /// `coordinator match assign`.
    struct Assign: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Link a study to an order; one that was sent otherwise becomes a correction.")

        @OptionGroup var decision: DecisionOptions
        @Argument(help: "The order's accession number.") var accession: String

        @Option(help: ArgumentHelp("Whose order, where several patients have one of that accession number.", valueName: "patient-id"))
        var patient: String?

        @Option(help: ArgumentHelp("Who issued that patient's ID.", valueName: "issuer"))
        var issuer: String?

        @Flag(help: "Other studies have the order as well, on purpose.")
        var shared = false

        @Option(help: ArgumentHelp("A further order of the patient that the study serves; may stand several times.", valueName: "accession"))
        var also: [String] = []

        func run() async throws {
            try await decision.settle(.assign) {
                $0.accessionNumber = accession
                $0.patientID = patient
                $0.issuer = issuer
                $0.shared = shared
                $0.also = also
            }
        }
    }

    /// `coordinator match unspecified`.
    struct Unspecified: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "File a study as an unspecified exam.")

        @OptionGroup var decision: DecisionOptions

        func run() async throws { try await decision.settle(.unspecified) }
    }

    /// `coordinator match exclude`.
    struct Exclude: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Leave a study out; needs --reason.")

        @OptionGroup var decision: DecisionOptions

        func validate() throws { try MatchCommand.needReason(decision) }

        func run() async throws { try await decision.settle(.exclude) }
    }

    /// `coordinator match postpone`.
    struct Postpone: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Put a held study off; needs --reason. It comes back by itself, or when something about it changes.")

        @OptionGroup var decision: DecisionOptions

        @Option(help: ArgumentHelp("When it comes back: a day (its first moment in UTC) or a moment, as 2026-12-01 or 2026-12-01T14:00:00Z.", valueName: "moment"),
            transform: MatchCommand.moment)
        var until: Int64

        func validate() throws { try MatchCommand.needReason(decision) }

        func run() async throws { try await decision.settle(.postpone) { $0.until = until } }
    }

    /// `coordinator match undo`.
    struct Undo: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take back what was decided on a study: it is matched anew. Not once it was leased to be sent.")

        @OptionGroup var decision: DecisionOptions

        func run() async throws { try await decision.settle(.undo) }
    }

    /// `coordinator match link`.
    struct Link: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Note that a study serves further orders of its patient; nothing of its objects changes.")

        @OptionGroup var decision: DecisionOptions
        @Argument(help: "The orders' accession numbers.") var accessions: [String]

        func run() async throws { try await decision.settle(.link) { $0.also = accessions } }
    }

    /// `coordinator match unlink`.
    struct Unlink: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Note that a study does not serve further orders.")

        @OptionGroup var decision: DecisionOptions
        @Argument(help: "The orders' accession numbers.") var accessions: [String]

        func run() async throws { try await decision.settle(.unlink) { $0.also = accessions } }
    }

    private static func needReason(_ decision: DecisionOptions) throws {
        guard decision.reason != nil else { throw ValidationError("--reason is needed: why") }
    }

    /// Milliseconds since 1970 of a day's first moment in UTC, or of a moment, in the forms of ISO 8601.
    @Sendable static func moment(_ text: String) throws -> Int64 {
        let styles: [Date.ISO8601FormatStyle] = [.iso8601, .iso8601.year().month().day()]
        guard let date = styles.lazy.compactMap({ try? $0.parse(text) }).first else {
            throw ValidationError("'\(text)' is no day as 2026-12-01 and no moment as 2026-12-01T14:00:00Z")
        }
        return Int64(date.timeIntervalSince1970 * 1000)
    }
}
