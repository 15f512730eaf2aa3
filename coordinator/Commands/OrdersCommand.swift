import ArgumentParser
import Console
import Migration
import Orders

/// `coordinator orders`.
struct OrdersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "orders", abstract: "Bring in the hospital's orders.", subcommands: [Import.self])

    /// `coordinator orders import`.
    struct Import: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Import hospital orders from a CSV file; a known accession number is updated.")

        @Argument(help: "The file, with a header row.", completion: .file(extensions: ["csv"]))
        var csv: String

        @OptionGroup var common: CommonOptions
        @OptionGroup var output: JSONOption

        func run() async throws {
            let csv = csv
            let result = try await Operators.ask(common.configuration()) { operators in
                try await naming(csv) {
                    let progress = ImportProgress(of: csv)
                    defer { progress.end() }
                    var reader = try CSVOrdersReader(source: TableFile.source(csv, progress))
                    return try await TableImport.run(progress, { try reader.next() }) { try await operators.run(ImportOrders(orders: $0)) }
                }
            }
            try result.finish("orders", asJSON: output.json)
        }
    }
}

/// Puts the name of the file before what is wrong with a table as a whole.
func naming<Result>(_ file: String, _ body: () async throws -> Result) async throws -> Result {
    do {
        return try await body()
    } catch let error as TableError {
        throw CommandFailure(.failed, "\(file): \(error.message)")
    }
}
