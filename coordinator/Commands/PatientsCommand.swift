import ArgumentParser
import Console
import Orders

/// `coordinator patients`.
struct PatientsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "patients", abstract: "Bring in the hospital's patients.", subcommands: [Import.self])

    /// `coordinator patients import`.
    struct Import: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Import identities, issuers and merges from before the migration from a CSV file; what messages said later stays.")

        @Argument(help: "The file, with a header row.", completion: .file(extensions: ["csv"]))
        var csv: String

        @OptionGroup var common: CommonOptions
        @OptionGroup var output: JSONOption

        func run() async throws {
            let configuration = try common.configuration()
            let zone = configuration.hl7?.conventions.timeZone ?? .utc
            let result = try await TableImport.run(csv, passes: 3, configuration, entry: ImportPatients.init(rows:)) { open in
                var reader = try CSVPatientsReader(zone: zone, open: open)
                return { try reader.next() }
            }
            try result.finish("patients", asJSON: output.json)
        }
    }
}
