import Foundation
import GRDB
import Ledger
import LedgerSQLite
import Migration
import Testing

@Suite("A ledger's file that is damaged")
struct DamagedFileTests {
    private let folder = LedgerFolder()

    private func refusal() -> String? {
        do {
            _ = try SQLiteLedger(path: folder.ledger)
            return nil
        } catch let error as LedgerError {
            #expect(error.code == .corrupt)
            return error.message
        } catch {
            return "\(error)"
        }
    }

    @Test("One that is cut, empty, gone, overwritten at its beginning or no database at all is refused by name, and stays as it is")
    func ends() throws {
        let whole = try folder.filled()
        let cases: [(String, Data?, String)] = [
            ("cut", whole.prefix(whole.count - 8192), "is cut: it has \(whole.count - 8192) of \(whole.count) bytes"),
            ("empty", Data(), "is missing or empty"),
            ("gone", nil, "is missing or empty"),
            ("overwritten", Data(repeating: 0, count: 100) + whole.dropFirst(100), "is no SQLite file"),
            ("text", Data("what a pity".utf8), "is no SQLite file"),
        ]
        for (name, data, words) in cases {
            try? FileManager.default.removeItem(atPath: folder.ledger)
            try data?.write(to: URL(fileURLWithPath: folder.ledger))
            let message = refusal()
            #expect(message?.contains(words) == true, "\(name): \(message ?? "opened")")
            #expect(message?.contains(folder.ledger) == true)
            #expect(FileManager.default.contents(atPath: folder.ledger) == data)
        }
    }

    @Test("Damage in any of its pages is found at the opening")
    func pages() throws {
        let whole = try folder.filled()
        let pageSize = 4096
        for page in stride(from: 1, to: whole.count / pageSize, by: 3) {
            var damaged = whole
            for offset in 0..<64 { damaged[page * pageSize + offset] ^= 0x5A }
            try damaged.write(to: URL(fileURLWithPath: folder.ledger))
            #expect(refusal()?.contains("\(folder.ledger) is damaged: ") == true, "page \(page)")
        }
        try whole.write(to: URL(fileURLWithPath: folder.ledger))
        #expect(refusal() == nil)
    }

    @Test("A log that was taken away after a crash is missed, and so is everything that an older file does not have")
    func missingLog() throws {
        let old = try folder.filled()
        let crashed = LedgerFolder()
        do {
            let ledger = try SQLiteLedger(path: folder.ledger)
            try ledger.write { try $0.append(Sentence("happened"), about: EventSubject(), at: Instant(milliseconds: 99)) }
            // What a crash leaves: the files as they are while the ledger is open.
            for ending in ["", "-wal", "-head"] { try folder.copy(ending, to: crashed) }
        }
        #expect(try SQLiteLedger(path: crashed.ledger).read { try $0.verifyChain() } == .whole(count: 51))
        for ending in ["", "-wal", "-head"] { try crashed.take(ending, from: folder, insteadOf: old) }
        let message = try #require(refusal())
        #expect(message.contains("does not have event 51"))
        #expect(message.contains(folder.ledger + "-wal"))
    }

    @Test("Somebody who looks at a crashed ledger with another program and thereby closes its log does no harm")
    func closedByAnother() throws {
        _ = try folder.filled()
        let crashed = LedgerFolder()
        do {
            let ledger = try SQLiteLedger(path: folder.ledger)
            try ledger.write { try $0.append(Sentence("happened"), about: EventSubject(), at: Instant(milliseconds: 99)) }
            for ending in ["", "-wal", "-head"] { try folder.copy(ending, to: crashed) }
        }
        let another = try DatabaseQueue(path: crashed.ledger)
        try another.writeWithoutTransaction { try $0.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
        try another.close()
        for ending in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: crashed.ledger + ending) }
        #expect(try SQLiteLedger(path: crashed.ledger).read { try $0.verifyChain() } == .whole(count: 51))
    }
}

/// A folder with a ledger, which goes when the test ends.
final class LedgerFolder {
    let path = NSTemporaryDirectory() + "skein-ledger-\(UUID().uuidString)"
    var ledger: String { path + "/ledger.sqlite" }

    init() { try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Fills the ledger with 50 events and as many studies, closes it, and returns its bytes.
    func filled() throws -> Data {
        let ledger = try SQLiteLedger(path: ledger)
        try ledger.write { tx in
            for number in 1...50 {
                let header = StudyHeader(studyInstanceUID: "1.2.\(number)", patient: PatientIdentity(patientID: Identifying("P\(number)")), studyDate: "20030210")
                _ = try tx.insertStudy(header)
                try tx.append(Sentence("happened", [.count(Int64(number))]), about: EventSubject(), at: Instant(milliseconds: Int64(number)))
            }
            _ = try tx.next(.grant)
        }
        try ledger.close()
        return try Data(contentsOf: URL(fileURLWithPath: self.ledger))
    }

    func copy(_ ending: String, to other: LedgerFolder) throws {
        try FileManager.default.copyItem(atPath: ledger + ending, toPath: other.ledger + ending)
    }

    /// The older file without a log, but with the head of the newer one.
    func take(_ ending: String, from other: LedgerFolder, insteadOf old: Data) throws {
        switch ending {
        case "": try old.write(to: URL(fileURLWithPath: other.ledger))
        case "-wal": try? FileManager.default.removeItem(atPath: other.ledger + ending)
        default: break
        }
    }
}
