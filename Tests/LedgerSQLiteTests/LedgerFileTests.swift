import Foundation
import GRDB
import Ledger
import LedgerSQLite
import Migration
import Testing

@Suite("The ledger's file")
struct LedgerFileTests {
    private let path = NSTemporaryDirectory() + "skein-\(UUID().uuidString).sqlite"

    private func withFile(_ body: () throws -> Void) throws {
        defer { for suffix in ["", "-wal", "-shm", "-head"] { try? FileManager.default.removeItem(atPath: path + suffix) } }
        try body()
    }

    private func code(_ body: () throws -> Void) -> LedgerError.Code? {
        do {
            try body()
            return nil
        } catch {
            return (error as? LedgerError)?.code
        }
    }

    @Test("It is readable by its owner alone, with the files beside it")
    func mode() throws {
        try withFile {
            let ledger = try SQLiteLedger(path: path)
            try ledger.write { _ = try $0.next(.grant) }
            for suffix in ["", "-wal", "-shm", "-head"] {
                let attributes = try FileManager.default.attributesOfItem(atPath: path + suffix)
                #expect(attributes[.posixPermissions] as? Int == 0o600, "\(suffix)")
            }
        }
    }

    @Test("It is written ahead, and a commit waits for the disk")
    func durability() throws {
        try withFile {
            let ledger = try SQLiteLedger(path: path)
            #expect(try ledger.durability() == SQLiteLedger.Durability(journalMode: "wal", synchronous: 2, foreignKeys: true))
        }
    }

    @Test("What was committed is there after opening it again; counters go on")
    func reopening() throws {
        try withFile {
            let ledger = try SQLiteLedger(path: path)
            try ledger.write { tx in
                _ = try tx.next(.grant)
                _ = try tx.insertMedium(ExpectedMedium(label: "A", kind: .cd))
            }
            try ledger.close()
            let again = try SQLiteLedger(path: path)
            #expect(try again.write { try $0.next(.grant) } == 2)
            #expect(try again.write { try $0.medium(label: "A") } != nil)
        }
    }

    @Test("A ledger of a newer version is refused, and so are another program's file and no database at all")
    func refusals() throws {
        try withFile {
            try SQLiteLedger(path: path).close()
            let database = try DatabaseQueue(path: path)
            try database.write { try $0.execute(sql: "PRAGMA user_version = 99") }
            #expect(code { _ = try SQLiteLedger(path: path) } == .newerSchema)
            try database.write { try $0.execute(sql: "PRAGMA application_id = 7") }
            #expect(code { _ = try SQLiteLedger(path: path) } == .corrupt)
            try database.close()
            try Data("this is no database, however long it may be, and it goes on for a while".utf8).write(to: URL(fileURLWithPath: path))
            #expect(code { _ = try SQLiteLedger(path: path) } == .corrupt)
        }
        #expect(code { _ = try SQLiteLedger(path: "/nowhere/at/all/ledger.sqlite") } == .unavailable)
    }

    @Test("A transaction that throws leaves nothing; a savepoint that throws leaves what was before it")
    func rollback() throws {
        struct Stop: Error {}
        let ledger = try SQLiteLedger()
        #expect(throws: Stop.self) {
            try ledger.write { tx in
                _ = try tx.insertMedium(ExpectedMedium(label: "A", kind: .cd))
                throw Stop()
            }
        }
        try ledger.write { tx in
            _ = try tx.insertMedium(ExpectedMedium(label: "B", kind: .cd))
            _ = try? tx.savepoint {
                _ = try tx.insertMedium(ExpectedMedium(label: "C", kind: .cd))
                throw Stop()
            }
        }
        #expect(try ledger.read { try $0.media(state: nil, page: Page()) }.map(\.medium.label) == ["B"])
    }

    @Test("The chain of events is whole; the first entry that was changed, taken out or put in is named")
    func chain() throws {
        let tampering = [
            ("UPDATE event SET arguments = '[]' WHERE seq = 3", Int64(3)), ("UPDATE event SET at = at + 1 WHERE seq = 5", 5),
            ("UPDATE event SET worker = 7 WHERE seq = 2", 2), ("DELETE FROM event WHERE seq = 4", 4),
            ("UPDATE event SET hash = zeroblob(32) WHERE seq = 6", 6),
        ]
        for (statement, place) in tampering {
            try withFile {
                let ledger = try SQLiteLedger(path: path)
                try ledger.write { tx in
                    for number in 1...6 {
                        let sentence = Sentence("happened", [.count(Int64(number)), .patient("Kim^Chulsoo")])
                        try tx.append(sentence, about: EventSubject(study: StudyID(1)), at: Instant(milliseconds: Int64(number)))
                    }
                }
                #expect(try ledger.read { try $0.verifyChain() } == .whole(count: 6))
                try ledger.close()
                let database = try DatabaseQueue(path: path)
                #expect(throws: DatabaseError.self) { try database.write { try $0.execute(sql: statement) } }
                try database.write { db in
                    try db.execute(sql: "DROP TRIGGER event_is_kept; DROP TRIGGER event_is_fixed")
                    try db.execute(sql: statement)
                }
                try database.close()
                // Somebody who takes the trouble to change the chain changes what lies beside it as well.
                try FileManager.default.removeItem(atPath: path + "-head")
                #expect(try SQLiteLedger(path: path).read { try $0.verifyChain() } == .broken(at: place), "\(statement)")
            }
        }
    }
}
