import ArgumentParser
import Coordination
import Foundation
import Ledger
import LedgerSQLite
import LineServer
import Migration
import Terminal

/// `coordinator restore`.
struct RestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Put a copy of the ledger in the ledger's place, while no coordinator runs.",
        discussion: """
            What is there now is kept, in the folder set-aside. What happened after the copy was made is asked of the workers and the \
            destination again; docs/ledger.md says what a person has to enter anew.
            """)

    @Option(help: ArgumentHelp("The copy. Default: the newest one that is whole.", valueName: "file"))
    var from: String?

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: JSONOption

    private struct Document: Encodable {
        var copy: String
        var lastEvent: Int64
        var lastEventAt: String?
        var setAside: String
    }

    func run() async throws {
        let configuration = try common.configuration()
        let folder = MigrationFolder(path: configuration.folder)
        let lock = try await Operators.lockToRestore(folder)
        let now = SystemClock.reading()
        let aside = folder.setAside + "/" + now.text.filter { $0 != "-" && $0 != ":" }
        do {
            let (copy, contents) = try chosen(from: configuration.copies)
            try LedgerRestoration(of: folder.ledger, copies: configuration.copies).restore(from: copy, aside: aside) { tx, numbers in
                try Restoration.enter(
                    in: tx, numbers: numbers, lastEventAt: contents.lastEventAt, configuration: configuration.migration, now: now)
            }
            try tell(copy, contents, aside)
        } catch let error as LedgerError {
            throw CommandFailure(.failed, "\(error)")
        }
        withExtendedLifetime(lock) {}
    }

    /// The copy that was named, or the newest one that is whole; what is wrong with newer ones is told.
    private func chosen(from copies: LedgerCopies) throws -> (path: String, contents: LedgerRestoration.Contents) {
        if let from {
            let path = URL(fileURLWithPath: from).standardizedFileURL.path
            return (path, try LedgerRestoration.check(path))
        }
        for copy in copies.list() {
            do {
                return (copy.path, try LedgerRestoration.check(copy.path))
            } catch let error as LedgerError where error.code != .newerSchema {
                Standard.error("not \(copy.path): \(error)")
            }
        }
        throw CommandFailure(.failed, "there is no copy of the ledger in \(copies.folder) that is whole; --from FILE names one elsewhere")
    }

    private func tell(_ copy: String, _ contents: LedgerRestoration.Contents, _ aside: String) throws {
        let moment = contents.lastEventAt?.text
        if output.json {
            return try Standard.json(Document(copy: copy, lastEvent: contents.lastEvent, lastEventAt: moment, setAside: aside))
        }
        try Standard.output(
            """
            \(copy) is the ledger now; what was there before lies in \(aside).
            It knows what happened until \(moment ?? "before its first event"). After that moment, enter again what a person did:
            orders and media imported, studies decided by hand, workers invited, drained and, above all, revoked.
            """)
    }
}
