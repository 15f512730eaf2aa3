import ArgumentParser
import Console
import Migration
import Orders
import Terminal

extension OrdersCommand {
    /// `coordinator orders query`.
    struct Query: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Ask the hospital's modality worklist for orders.",
            discussion: "The worklist stands in coordinator.yaml (`worklist`). Exit status 1 when it does not answer, or when an answer cannot be an order.")

        @Option(help: ArgumentHelp("What is scheduled on this day, or from one to another.", valueName: "YYYYMMDD[-YYYYMMDD]"))
        var date: String?

        @Option(help: ArgumentHelp("What is scheduled for this patient.", valueName: "patient-id"))
        var patient: String?

        @OptionGroup var common: CommonOptions
        @OptionGroup var output: JSONOption

        private struct Document: Encodable {
            var imported: Int
            var updated: Int
            var unchanged: Int
            var broken: [String]
        }

        func validate() throws {
            guard date != nil || patient?.isEmpty == false else { throw ValidationError("--date, --patient or both say what to ask for") }
            _ = try date.map(Self.dates)
            guard patient?.contains("*") != true, patient?.contains("?") != true else { throw ValidationError("--patient is a whole patient ID, without wildcards") }
        }

        func run() async throws {
            let configuration = try common.configuration()
            guard let worklist = try configuration.worklist?.worklist() else {
                throw CommandFailure(.usage, "\(common.config) names no worklist: worklist.address says where it is")
            }
            let answer: Worklist.Answer
            do {
                answer = try await worklist.ask(dates: date.map(Self.dates), patientID: patient, batch: ImportOrders.limit)
            } catch let error as WorklistError {
                throw CommandFailure(.failed, error.message)
            }
            let taken = try await Operators.ask(configuration) { operators in
                var total = TakeMessage.Output()
                for message in answer.messages {
                    let taken = try await operators.run(TakeMessage(message: message))
                    total.count += taken.count
                    total.refused += taken.refused
                }
                return total
            }
            try tell(taken.count, orders: answer.orders - taken.refused.count, broken: answer.faults + taken.refused)
        }

        private func tell(_ total: ImportCount, orders: Int, broken: [String]) throws {
            for fault in broken { Standard.error(fault) }
            let unchanged = orders - total.imported - total.updated
            if output.json {
                try Standard.json(Document(imported: total.imported, updated: total.updated, unchanged: unchanged, broken: broken))
            } else {
                try Standard.output("\(total.imported) orders imported, \(total.updated) updated, \(unchanged) unchanged, \(broken.count) answers broken")
            }
            if !broken.isEmpty { throw CommandFailure(.failed) }
        }

        /// A day, or two with a hyphen between.
        private static func dates(_ text: String) throws -> ClosedRange<String> {
            let days = text.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
            guard let first = days.first, let last = days.last, days.count <= 2, days.allSatisfy({ $0.utf8.count == 8 && CalendarDate($0) != nil }), first <= last else {
                throw ValidationError("--date '\(text)' is no day YYYYMMDD, nor one and a later one with a hyphen between")
            }
            return first...last
        }
    }
}
