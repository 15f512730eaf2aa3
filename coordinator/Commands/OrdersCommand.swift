import ArgumentParser
import Console
import Migration
import Orders

/// `coordinator orders`.
struct OrdersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "orders", abstract: "Bring in the hospital's orders.", subcommands: [Import.self, Query.self])

    /// `coordinator orders import`.
    struct Import: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Import hospital orders from a CSV file; a known accession number is updated.")

        @Argument(help: "The file, with a header row.", completion: .file(extensions: ["csv"]))
        var csv: String

        @OptionGroup var common: CommonOptions
        @OptionGroup var output: JSONOption

        func run() async throws {
            let result = try await TableImport.run(csv, common.configuration(), entry: ImportOrders.init(orders:)) { source in
                var reader = try CSVOrdersReader(source: source)
                return { try reader.next() }
            }
            try result.finish("orders", asJSON: output.json)
        }
    }
}
