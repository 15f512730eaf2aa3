import ArgumentParser
import Console
import Foundation
import Terminal

/// `coordinator status`.
struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show progress, throughput and what holds the migration back.")

    @Flag(help: "Show it again every second, until it is finished or interrupted.")
    var watch = false

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: JSONOption

    /// Between two pictures on a terminal a second, between two lines elsewhere ten.
    private var pause: Duration { isTerminal ? .seconds(1) : .seconds(10) }
    private var isTerminal: Bool { isatty(FileHandle.standardOutput.fileDescriptor) == 1 }

    func validate() throws {
        if watch && output.json { throw ValidationError("--watch shows many pictures and --json prints one document: choose one") }
    }

    func run() async throws {
        let configuration = try common.configuration()
        while true {
            let status = try await Operators.ask(configuration) { try await $0.run(ShowStatus()) }
            if output.json { return try Standard.json(status) }
            // ECMA-48: cursor home, erase to the end of the screen.
            let erasing = watch && isTerminal ? "\u{1B}[H\u{1B}[J" : ""
            let isRead = try Standard.output(erasing + (watch && !isTerminal ? StatusText.line(status) : StatusText.text(status)))
            // Media that are still to be inserted are work to come, though nothing moves until somebody inserts them.
            if !isRead || !watch || (status.finished && status.media["expected"] == 0) { return }
            try await Task.sleep(for: pause)
        }
    }
}

/// A status for people.
enum StatusText {
    static func text(_ status: StatusShape) -> String {
        var lines = [
            "media      " + list(status.media),
            "studies    " + list(status.studies),
            "held       " + list(status.heldByReason),
            "flagged    " + list(status.flaggedByReason),
            "misfiled   " + list(status.corrections),
            "instances  \(status.instances.verified) of \(status.instances.known) verified",
            "bytes      \(Amount.bytes(status.bytes.verified)) of \(Amount.bytes(status.bytes.known)) verified",
            "pace       \(Amount.bytes(status.bytes.perSecond))/s",
            "workers    \(status.workers.connected) of \(status.workers.total) heard of",
            "requests   " + requests(status.requests),
            "orders out " + outbound(status.outbound),
            "copies     " + copies(status.ledgerCopies),
            "to go      " + (status.finished ? "nothing is waiting" : status.secondsToGo.map(Amount.time) ?? "not known yet"),
        ]
        lines += status.complaints.map { "!  " + Standard.plain($0) }
        return lines.joined(separator: "\n")
    }

    private static func requests(_ requests: StatusShape.Requests) -> String {
        list(requests.byState) + (requests.automatic > 0 ? "; \(requests.automatic) for priors of new orders" : "")
    }

    private static func outbound(_ outbound: StatusShape.Outbound) -> String {
        list(outbound.byState) + "; \(outbound.numbersLeft) accession numbers for unspecified exams are left"
    }

    private static func copies(_ copies: StatusShape.Copies) -> String {
        guard let newest = copies.newest else { return copies.wanted ? "none of the ledger yet" : "none are made of the ledger" }
        let next = copies.next.map { ", the next at \($0)" } ?? ""
        return "\(copies.count) of the ledger, the newest of \(newest), \(Amount.bytes(copies.byteCount))\(next)"
    }

    /// The same in one line, for logs.
    static func line(_ status: StatusShape) -> String {
        let known = status.studies.values.reduce(0, +)
        let read = ["read", "partly read", "drained"].reduce(0) { $0 + (status.media[$1] ?? 0) }
        let verified = ["verified", "verified, incomplete"].reduce(0) { $0 + (status.studies[$1] ?? 0) }
        return """
            media \(read) of \(status.media.values.reduce(0, +)) read; studies \(verified) of \(known) verified, \
            \(status.studies["held"] ?? 0) held; instances \(status.instances.verified) of \(status.instances.known) verified; \
            \(Amount.bytes(status.bytes.perSecond))/s; to go: \(status.secondsToGo.map(Amount.time) ?? "not known yet")
            """
    }

    private static func list(_ counts: [String: Int]) -> String {
        let shown = counts.filter { $0.value > 0 }.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
        return shown.isEmpty ? "none" : shown.joined(separator: ", ")
    }
}
