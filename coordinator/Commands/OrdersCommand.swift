import ArgumentParser
import Console
import Foundation
import Migration
import Orders
import Terminal

/// `coordinator orders`.
struct OrdersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "orders", abstract: "Bring in the hospital's orders.", subcommands: [Import.self, EndImport.self, Query.self])

    /// `coordinator orders import`.
    struct Import: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Import hospital orders from a CSV file; a known accession number is updated.")

        @Argument(help: "The file, with a header row.", completion: .file(extensions: ["csv"]))
        var csv: String

        @Option(
            help: ArgumentHelp(
                "When the hospital wrote the file, as 2004-03-01T08:15:00+09:00. Without it the file gives way to what the hospital has said otherwise.",
                valueName: "moment"),
            transform: Self.moment)
        var asOf: Instant?

        @OptionGroup var common: CommonOptions
        @OptionGroup var output: JSONOption

        /// By its name a broken import is known when the file is imported again.
        private var name: String { URL(fileURLWithPath: csv).lastPathComponent }

        func run() async throws {
            let (asOf, name) = (asOf, name)
            let result = try await TableImport.run(
                csv, common.configuration(), entry: { ImportOrders(orders: $0, asOf: asOf) },
                announcement: (AnnounceOrderImport(name: name, hasEnded: false), AnnounceOrderImport(name: name, hasEnded: true))
            ) { source in
                var reader = try CSVOrdersReader(source: source)
                return { try reader.next() }
            }
            try result.finish("orders", asJSON: output.json)
        }

        /// A moment with a time zone (ISO 8601).
        private static func moment(_ text: String) throws -> Instant {
            guard let date = try? Date(text, strategy: .iso8601) else {
                throw ValidationError("‘\(text)’ is no moment with a time zone, as 2004-03-01T08:15:00+09:00 or 2004-02-29T23:15:00Z")
            }
            return Instant(milliseconds: Int64(date.timeIntervalSince1970 * 1000))
        }
    }

    /// `coordinator orders end-import`.
    struct EndImport: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "end-import", abstract: "Give up an import that broke off: what waits for it is sent, though its day may lack orders.")

        @Argument(help: "The import's name, as status tells it.")
        var name: String

        @OptionGroup var common: CommonOptions
        @OptionGroup var output: JSONOption

        func run() async throws {
            let operation = AnnounceOrderImport(name: name, hasEnded: true)
            let done = try await Operators.ask(common.configuration()) { try await $0.run(operation) }
            if output.json { return try Standard.json(done) }
            try Standard.output(done.text)
        }
    }
}
