import ArgumentParser
import Console
import Terminal

/// `coordinator workers`.
struct WorkersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "workers", abstract: "List the workers, or change one's standing.",
        subcommands: [List.self, Drain.self, Resume.self, Revoke.self], defaultSubcommand: List.self)

    /// `coordinator workers list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the workers.")

        private struct Document: Encodable { var workers: [WorkerShape] }

        @OptionGroup var common: CommonOptions
        @OptionGroup var output: JSONOption

        func run() async throws {
            let workers = try await Operators.ask(common.configuration()) { try await $0.all(ListWorkers()) }
            if output.json { return try Standard.json(Document(workers: workers)) }
            var table = TextTable(["NAME", "STATE", "LAST HEARD", "LEASES", "SPOOL", "DRIVES"])
            for worker in workers {
                let drives = worker.drives.map { "\($0.name): \($0.label ?? "-") \($0.state)" }.joined(separator: ", ")
                let spool = [Amount.bytes(worker.spoolBytes), worker.staging].compactMap(\.self).joined(separator: ", ")
                table.add([worker.name, worker.state, worker.lastHeard ?? "-", "\(worker.leases)", spool, drives])
            }
            try Standard.output(table.text)
        }
    }

    /// `coordinator workers drain`.
    struct Drain: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Let a worker finish what it holds and take no new work.")
        @Argument(help: "The worker.") var name: String
        @OptionGroup var common: CommonOptions
        func run() async throws { try await WorkersCommand.change(name, .drain, common) }
    }

    /// `coordinator workers resume`.
    struct Resume: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Let a drained worker work again.")
        @Argument(help: "The worker.") var name: String
        @OptionGroup var common: CommonOptions
        func run() async throws { try await WorkersCommand.change(name, .resume, common) }
    }

    /// `coordinator workers revoke`.
    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Refuse a worker for good, from its next line on.")
        @Argument(help: "The worker.") var name: String
        @OptionGroup var common: CommonOptions
        func run() async throws { try await WorkersCommand.change(name, .revoke, common) }
    }

    fileprivate static func change(_ name: String, _ change: ChangeWorker.Change, _ common: CommonOptions) async throws {
        let done = try await Operators.ask(common.configuration()) { try await $0.run(ChangeWorker(name: name, change: change)) }
        Standard.error(done.text)
    }
}
