import ArgumentParser
import Foundation
import LedgerSQLite
import LineServer
import Terminal
import Trust

/// `coordinator init`.
struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Write a commented configuration, the certificate authority and an empty ledger.")

    @Argument(help: "The folder of the migration; it is made, or must be empty.", completion: .directory)
    var dir: String

    @Option(help: ArgumentHelp("The new PACS.", valueName: "dicom://CALLED@host:port?calling=AET"))
    var destination: String

    func run() throws {
        if let fault = DestinationAddress.fault(in: destination) {
            throw CommandFailure(.usage, "--destination \(destination) \(fault); it is written dicom://CALLED@host:port?calling=AET")
        }
        let folder = MigrationFolder(path: URL(fileURLWithPath: dir).standardizedFileURL.path)
        try Operators.checkSocketPath(folder)
        try makeFolder(folder)
        do {
            let now = SystemClock.reading()
            _ = try Authorities.establish(in: folder.path, at: now)
            _ = try SpoolSecret(in: folder.path)
            try SQLiteLedger(path: folder.ledger).close()
            let text = ConfigurationTemplate.text(destination: destination)
            try text.write(toFile: folder.configuration, atomically: true, encoding: .utf8)
            Standard.error("\(folder.path) is ready. Look through coordinator.yaml, then: coordinator serve --config \(folder.configuration)")
        } catch {
            throw CommandFailure(.failed, "\(folder.path) could not be set up: \(error)")
        }
    }

    private func makeFolder(_ folder: MigrationFolder) throws {
        let files = FileManager.default
        do {
            try files.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
            let contents = try files.contentsOfDirectory(atPath: folder.path)
            guard contents.isEmpty else {
                throw CommandFailure(.usage, "\(folder.path) is not empty: a migration has a folder of its own")
            }
            try files.setAttributes([.posixPermissions: 0o700], ofItemAtPath: folder.path)
        } catch let failure as CommandFailure {
            throw failure
        } catch {
            throw CommandFailure(.failed, "\(folder.path) cannot be made: \(error.localizedDescription)")
        }
    }
}
