import Console
import Coordination
import Ledger
import LedgerSQLite
import LineServer
import Previews
import Terminal
import Trust

/// Engine, ledger and desk in this process: what `serve` runs, and what other commands use when nobody serves.
struct Office: Sendable {
    let engine: EngineThread
    let desk: Desk
    let authorities: Authorities
    let copying: LedgerCopying
    let ledger: SQLiteLedger
    let previews: PreviewOffice
    private let lock: LedgerLock

    /// Opens the ledger in the configuration's folder; the caller has its lock.
    init(_ configuration: CoordinatorConfiguration, lock: LedgerLock) throws(CommandFailure) {
        let folder = MigrationFolder(path: configuration.folder)
        var configuration = configuration
        if configuration.migration.evidence != nil { configuration.migration.vocabulary = try VocabularyFile(in: folder).read() }
        self.lock = lock
        do {
            authorities = try Authorities(in: folder.path, life: configuration.certificateLife)
            ledger = try SQLiteLedger(path: folder.ledger, copies: configuration.copies)
        } catch let error as TrustError {
            throw CommandFailure(.usage, error.message)
        } catch let error as LedgerError where error.code == .corrupt {
            throw CommandFailure(
                .failed, "\(error). Nothing was changed. The way back: coordinator restore, which puts the newest copy in its place (docs/ledger.md)")
        } catch {
            throw CommandFailure(.failed, "\(error)")
        }
        engine = EngineThread(driver: EngineDriver(engine: Engine(configuration: configuration.migration), ledger: ledger), ledger: ledger)
        let address = Desk.Address(
            host: configuration.workerPort.invitationHost ?? configuration.workerPort.host, port: configuration.workerPort.port)
        copying = LedgerCopying(of: ledger, into: configuration.copies, every: configuration.ledgerCopies.every)
        previews = PreviewOffice(in: folder.previews, of: ledger, by: configuration.previews)
        desk = Desk(engine: engine, ledger: ledger, copies: copying, authorities: authorities, address: address,
            areSpoolsEncrypted: configuration.areSpoolsEncrypted, matching: configuration.migration.matching, previews: previews)
    }

    /// Lets the engine finish and closes the ledger.
    func close() async {
        await engine.stop()
        try? ledger.close()
    }
}
