import Foundation
import GRDB
import Ledger
@testable import LedgerSQLite
import Migration
import Testing

@Suite("Copies of the ledger, and the way back from them")
struct CopyTests {
    private let folder = LedgerFolder()
    private var copies: LedgerCopies { LedgerCopies(folder: folder.path + "/copies", keep: 2) }
    private let noon = Instant(milliseconds: 1_795_262_400_000)

    private func append(_ count: Int, to ledger: SQLiteLedger) throws {
        try ledger.write { tx in
            for _ in 0..<count {
                _ = try tx.next(.grant)
                try tx.append(Sentence("happened"), about: EventSubject(), at: noon)
            }
        }
    }

    /// What lies in the folder, but for what SQLite makes anew.
    private func contents() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { !$0.hasSuffix("-wal") && !$0.hasSuffix("-shm") }.sorted()
    }

    @Test("A copy shows the moment at which it was begun, is whole in one private file, and readers and the writer go on")
    func copyInUse() throws {
        let ledger = try SQLiteLedger(path: folder.ledger)
        // More than one step's pages.
        try append(6000, to: ledger)
        var written = 0
        let copy = try copies.make(of: ledger, at: noon) {
            // Between two steps of the copy the writer writes.
            try? append(1, to: ledger)
            written += 1
            return false
        }
        #expect(written > 1)
        #expect(try ledger.read { try $0.verifyChain() } == .whole(count: Int64(6000 + written)))
        #expect(copy.madeAt == noon)
        #expect(copy.path.hasSuffix("/copies/ledger-000001-20261121T120000Z.sqlite"))
        #expect(try LedgerRestoration.check(copy.path) == .init(lastEvent: 6000, lastEventAt: noon))
        let attributes = try FileManager.default.attributesOfItem(atPath: copy.path)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        #expect(try FileManager.default.contentsOfDirectory(atPath: copies.folder) == ["ledger-000001-20261121T120000Z.sqlite"])
    }

    @Test("The newest copies stay; one that was given up leaves nothing")
    func pruning() throws {
        let ledger = try SQLiteLedger(path: folder.ledger)
        for hour in 0..<4 { _ = try copies.make(of: ledger, at: noon + .minutes(Int64(hour) * 60)) }
        let kept = [noon + .minutes(180), noon + .minutes(120)]
        #expect(copies.list().map(\.madeAt) == kept)
        #expect(throws: CancellationError.self) { try copies.make(of: ledger, at: noon + .minutes(300)) { true } }
        #expect(copies.list().map(\.madeAt) == kept)
        #expect(try FileManager.default.contentsOfDirectory(atPath: copies.folder).count == 2)
    }

    @Test("A copy made while the clock ran ahead, or by the first version, is older than those made after it")
    func clockAhead() throws {
        let ledger = try SQLiteLedger(path: folder.ledger)
        _ = try copies.make(of: ledger, at: noon + .minutes(60))
        let first = copies.folder + "/ledger-20301121T120000Z.sqlite"
        try FileManager.default.moveItem(atPath: copies.list()[0].path, toPath: first)
        #expect(copies.list().map(\.path) == [first])
        _ = try copies.make(of: ledger, at: noon + .minutes(60_000))
        _ = try copies.make(of: ledger, at: noon)
        #expect(copies.list().map(\.madeAt) == [noon, noon + .minutes(60_000)])
        _ = try copies.make(of: ledger, at: noon)
        #expect(copies.list().map(\.madeAt) == [noon, noon])
        #expect(Set(copies.list().map(\.path)).count == 2)
    }

    @Test("Files of other names in the folder are no copies", arguments: [
        "ledger-.sqlite", "ledger-20261121T120000Z.sqlite.part", "before-version-2.sqlite", "ledger-x-20261121T120000Z.sqlite", "ledger-1-2-20261121T120000Z.sqlite",
    ])
    func strangers(name: String) { #expect(CopyName(name) == nil) }

    @Test("A damaged ledger makes no copy, and takes no good one away")
    func damagedSource() throws {
        _ = try folder.filled()
        let ledger = try SQLiteLedger(path: folder.ledger)
        _ = try copies.make(of: ledger, at: noon)
        try ledger.close()
        // Not the schema, which every opening reads.
        let (page, size) = try DatabaseQueue(path: folder.ledger).read { db in
            (try Int.fetchOne(db, sql: "SELECT rootpage FROM sqlite_master WHERE name = 'event'"), try Int.fetchOne(db, sql: "PRAGMA page_size"))
        }
        let file = try #require(FileHandle(forWritingAtPath: folder.ledger))
        try file.seek(toOffset: UInt64((try #require(page) - 1) * (try #require(size))))
        try file.write(contentsOf: Data(repeating: 0xA5, count: 16))
        try file.close()
        // Opened without the look that an opening takes: damage that came later.
        let damaged = try DatabaseQueue(path: folder.ledger)
        #expect(throws: LedgerError.self) { try copies.makeBeforeMigration(of: damaged, from: 1) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: copies.folder) == [(copies.list()[0].path as NSString).lastPathComponent])
        #expect(copies.list().map(\.madeAt) == [noon])
    }

    @Test("A restored ledger is the copy's, with what was entered; what was there is kept aside; numbers seen anywhere are told")
    func restoring() throws {
        let ledger = try SQLiteLedger(path: folder.ledger)
        try append(3, to: ledger)
        let copy = try copies.make(of: ledger, at: noon)
        try append(4, to: ledger)
        try ledger.close()
        let aside = folder.path + "/aside"
        try LedgerRestoration(of: folder.ledger, copies: copies).restore(from: copy.path, aside: aside) { tx, numbers in
            #expect(numbers[.grant] == 7)
            try tx.raise(.grant, to: 100)
        }
        let restored = try SQLiteLedger(path: folder.ledger)
        #expect(try restored.read { try $0.verifyChain() } == .whole(count: 3))
        #expect(try restored.write { try $0.next(.grant) } == 101)
        #expect(try SQLiteLedger(path: aside + "/ledger.sqlite").read { try $0.verifyChain() } == .whole(count: 7))
        #expect(try contents() == ["aside", "copies", "ledger.sqlite", "ledger.sqlite-head"])
    }

    @Test("A copy that is damaged, or a step that fails, changes nothing")
    func refusedRestoring() throws {
        struct Stop: Error {}
        _ = try folder.filled()
        let ledger = try SQLiteLedger(path: folder.ledger)
        let copy = try copies.make(of: ledger, at: noon)
        try ledger.close()
        let before = try contents()
        let restoration = LedgerRestoration(of: folder.ledger, copies: copies)
        #expect(throws: Stop.self) { try restoration.restore(from: copy.path, aside: folder.path + "/aside") { _, _ in throw Stop() } }
        var bytes = try Data(contentsOf: URL(fileURLWithPath: copy.path))
        for offset in 8192..<8292 { bytes[offset] ^= 0xFF }
        try bytes.write(to: URL(fileURLWithPath: copy.path))
        #expect(throws: LedgerError.self) { try LedgerRestoration.check(copy.path) }
        #expect(throws: LedgerError.self) { try restoration.restore(from: folder.path + "/none", aside: folder.path + "/aside") { _, _ in } }
        #expect(try contents() == before)
    }
}
