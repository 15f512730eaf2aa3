import LedgerSQLite
import Logging
import Migration
import Testing

@testable import coordinator

/// When one of the coordinator's services fails the others are cancelled, and not asked to end: the coordinator ends only when all of them do.
@Suite("Services that are cancelled end", .timeLimit(.minutes(5))) struct CancelledServiceTests {
    @Test("The copying of the ledger")
    func copying() async throws {
        let program = try CoordinatorProgram()
        let ledger = try SQLiteLedger(path: program.folder + "/ledger.sqlite")
        let copies = LedgerCopies(folder: program.folder + "/copies", keep: 2)
        let copying = LedgerCopying(of: ledger, into: copies, every: .minutes(60))
        let running = Task { try await copying.run() }
        running.cancel()
        try await running.value
        #expect(copies.list().count <= 1)
        try ledger.close()
    }

    @Test("The asking of the worklist")
    func polling() async throws {
        let program = try CoordinatorProgram()
        try program.initialise()
        let configuration = try CoordinatorConfiguration.load(program.configuration)
        let lock = try #require(try LedgerLock.take(MigrationFolder(path: configuration.folder)))
        let office = try Office(configuration, lock: lock)
        // Nobody listens at port 1.
        let worklist = WorklistConfiguration(address: "dicom://WORKLIST@127.0.0.1:1?calling=SKEIN", every: .minutes(60))
        let polling = try #require(try WorklistPolling(worklist, desk: office.desk, logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })))
        let running = Task { try await polling.run() }
        running.cancel()
        try await running.value
        await office.close()
    }
}
