import Foundation
import GRDB
import Ledger
@testable import LedgerSQLite
import Migration
import Testing

@Suite("The ledger's write-ahead log")
struct CheckpointTests {
    private let path = NSTemporaryDirectory() + "skein-\(UUID().uuidString).sqlite"
    private let limits = Checkpoints.Limits(slice: 40, begin: 40, rest: 8, again: 16, most: 200)
    /// Pages of one transaction below.
    private let pagesOfOne = 20

    private func withLedger(_ body: (SQLiteLedger) throws -> Void) throws {
        defer { for suffix in ["", "-wal", "-shm", "-head"] { try? FileManager.default.removeItem(atPath: path + suffix) } }
        let ledger = try SQLiteLedger(path: path, checkpoints: limits)
        try body(ledger)
        try ledger.close()
    }

    /// Writes about `pagesOfOne` pages.
    private func write(_ ledger: SQLiteLedger, _ number: Int) throws {
        try ledger.write { tx in
            for index in 0..<5 { _ = try tx.insertMedium(ExpectedMedium(label: "\(number)-\(index)", kind: .cd, shelf: String(repeating: "x", count: 2000))) }
        }
    }

    private func pagesInFile() throws -> Int {
        (try FileManager.default.attributesOfItem(atPath: path + "-wal")[.size] as? Int ?? 0) / 4120
    }

    /// How often the log was begun anew: SQLite's file format, the write-ahead log's header.
    private func sequence() throws -> UInt32 {
        let header = try #require(FileManager.default.contents(atPath: path + "-wal")?.prefix(16))
        return header[12...].reduce(0) { $0 << 8 | UInt32($1) }
    }

    @Test("A reader lets it grow; what waits then is brought over beside the writer, however much it is")
    func backlog() {
        var state = Checkpoints.State(limits)
        state.note(40)
        #expect(state.step() == .beside)
        state.end(log: 40, carried: 3)
        state.note(50)
        #expect(state.step() == .none)
        state.note(10_000)
        #expect(state.step() == .beside)
        state.note(10_199)
        #expect(state.step() == .none)
        // The try has taken so long that the writer waits for it.
        state.note(10_200)
        #expect(state.step() == .wait)
        state.end(log: 10_000, carried: 10_000)
        #expect(state.step() == .beside)
        state.end(log: 10_200, carried: 10_200)
        state.note(10_205)
        #expect(state.step() == .none)
        state.note(10_240)
        #expect(state.step() == .beside)
        state.note(10_244)
        state.end(log: 10_240, carried: 10_240)
        #expect(state.step() == .ourselves)
        state.end(log: 10_244, carried: 10_244)
        // Begun anew.
        state.note(7)
        #expect(state.step() == .none)
        #expect(state.carried == 0)
    }

    @Test("A short log is brought over in slices beside the writer, and never by him")
    func slices() {
        var state = Checkpoints.State(Checkpoints.Limits(slice: 10, begin: 100, rest: 8, again: 16, most: 200))
        for pages in stride(from: 10, to: 100, by: 10) {
            state.note(pages - 1)
            #expect(state.step() == .none)
            state.note(pages)
            #expect(state.step() == .beside)
            state.end(log: pages, carried: pages)
            #expect(state.step() == .none)
        }
        state.note(100)
        #expect(state.step() == .beside)
        state.note(103)
        state.end(log: 100, carried: 100)
        #expect(state.step() == .ourselves)
    }

    @Test("While large commits follow each other the writer brings over what the last try left")
    func largeCommits() {
        var state = Checkpoints.State(limits)
        var pages = 40
        for _ in 0..<limits.tries {
            state.note(pages)
            #expect(state.step() == .beside)
            state.note(pages + 30)
            state.end(log: pages, carried: pages)
            pages += 30
        }
        #expect(state.step() == .ourselves)
    }

    @Test("It stays within its bound while commits follow each other, and is begun anew")
    func bound() throws {
        try withLedger { ledger in
            for number in 0..<300 {
                try write(ledger, number)
                #expect(try pagesInFile() <= limits.begin + (limits.tries + 1) * (limits.most + 2 * pagesOfOne))
            }
            #expect(try sequence() > 0)
        }
    }

    @Test("A reader that stays in the log holds up no commit; when it is gone the log is begun anew")
    func reader() throws {
        try withLedger { ledger in
            try write(ledger, 0)
            let reader = try DatabaseQueue(path: path)
            try reader.inTransaction(.deferred) { db in
                let seen = try Int.fetchOne(db, sql: "SELECT count(*) FROM medium")
                for number in 1..<40 { try write(ledger, number) }
                #expect(try Int.fetchOne(db, sql: "SELECT count(*) FROM medium") == seen)
                return .commit
            }
            try reader.close()
            let before = try sequence()
            var number = 40
            while try sequence() == before, number < 1000 {
                try write(ledger, number)
                number += 1
            }
            #expect(try sequence() != before)
            #expect(try ledger.read { try $0.media(state: nil, page: Page(after: nil, limit: 10_000)).count } == number * 5)
        }
    }

    @Test("What is in the log alone is there after the file is opened again")
    func reopening() throws {
        try withLedger { ledger in
            for number in 0..<30 { try write(ledger, number) }
            let copy = path + "-copy"
            defer { for suffix in ["", "-wal", "-shm", "-head"] { try? FileManager.default.removeItem(atPath: copy + suffix) } }
            // As a kill would leave them.
            for suffix in ["", "-wal", "-head"] { try FileManager.default.copyItem(atPath: path + suffix, toPath: copy + suffix) }
            let again = try SQLiteLedger(path: copy)
            #expect(try again.read { try $0.media(state: nil, page: Page(after: nil, limit: 10_000)).count } == 150)
            try again.close()
        }
    }
}
