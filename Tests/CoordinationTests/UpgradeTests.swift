import Foundation
import GRDB
import Coordination
import Ledger
import LedgerSQLite
import LineProtocol
import Migration
import Testing

@Suite("A migration that was begun with an earlier version")
struct UpgradeTests {
    /// The ledger of the first released version: two workers, twenty studies of which nine are held.
    private func bench(_ path: String) throws -> Bench {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let text = try String(contentsOf: tests.appendingPathComponent("LedgerSQLiteTests/Released/version-1.sql"), encoding: .utf8)
        // The text has the tables in the order of their names.
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        let database = try DatabaseQueue(path: path, configuration: configuration)
        try database.writeWithoutTransaction { try $0.execute(sql: text) }
        try database.close()
        var bench = Bench(ledger: try SQLiteLedger(path: path))
        bench.now = Instant(milliseconds: 1_795_500_000_000)
        return bench
    }

    @Test("Its workers keep their custody, and what was held is decided, leased and verified")
    func goesOn() throws {
        let folder = NSTemporaryDirectory() + "skein-upgrade-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var bench = try bench(folder + "/ledger.sqlite")
        let workers = try bench.ledger.read { try $0.workers(page: Page()) }.map(\.worker)
        for worker in workers {
            let custody = try bench.ledger.write { try $0.custodyGrants(of: worker.id, andLost: false) }
            #expect(custody.count == 2)
            _ = bench.hello(worker.id, spool: try #require(worker.spool), custody: custody)
        }
        let held = try bench.ledger.read { try $0.studies(StudyFilter(), page: Page()) }.map(\.study).filter {
            $0.progress.state == .held && !$0.progress.wasGranted && $0.holdReason != .uidConflict
        }
        #expect(held.count == 7)
        for study in held { bench.act(.fileAsUnspecified(studyInstanceUID: study.header.studyInstanceUID)) }
        bench.sendAll(workers[0].id, workers[1].id)
        for study in held { #expect(try bench.study(study.header.studyInstanceUID).progress.state == .verified) }
        #expect(try bench.ledger.write { try $0.value(of: .grant) } == 17 + 7)
        guard case .whole = try bench.ledger.read({ try $0.verifyChain() }) else { return #expect(Bool(false), "the chain is broken") }
    }
}
