import Foundation
import Ledger
import LedgerSQLite
import Migration
import Testing

@Suite("An event may change as much as it likes")
struct LargeEventTests {
    /// Media whose texts fill a page each.
    private func insertMedia(_ count: Int, into tx: any LedgerTransaction) throws {
        for number in 0..<count { _ = try tx.insertMedium(ExpectedMedium(label: "\(number)", kind: .cd, shelf: String(repeating: "x", count: 3000))) }
    }

    private func move(_ media: ClosedRange<Int64>, to shelf: String, in tx: any LedgerTransaction) throws {
        for number in media {
            var medium = try #require(try tx.medium(MediumID(number)))
            medium.expected.shelf = shelf
            try tx.updateMedium(medium)
        }
    }

    /// One event that moves all `media` and is refused at its end, and one that stays; with which error the first was.
    private func moveTwice(_ media: ClosedRange<Int64>, in tx: any LedgerTransaction) throws -> LedgerError? {
        var refusal: LedgerError?
        do {
            try tx.savepoint {
                try move(media, to: "A", in: tx)
                _ = try tx.insertMedium(ExpectedMedium(label: "1", kind: .cd))
            }
        } catch let error as LedgerError { refusal = error }
        try tx.savepoint { try move(1...(media.upperBound - 1), to: "B", in: tx) }
        return refusal
    }

    @Test("Four thousand pages that were there before are changed by one event, which is undone, and by one that stays")
    func changesManyPages() throws {
        let path = NSTemporaryDirectory() + "skein-\(UUID().uuidString).sqlite"
        defer { for suffix in ["", "-wal", "-shm", "-head"] { try? FileManager.default.removeItem(atPath: path + suffix) } }
        let ledger = try SQLiteLedger(path: path)
        try ledger.write { try insertMedia(4000, into: $0) }
        let last = try ledger.read { try $0.medium(MediumID(4000)) }
        let refusal = try ledger.write { try moveTwice(1...4000, in: $0) }
        #expect(refusal?.code == .contradiction)
        let strays = try ledger.read { reader in try (Int64(1)...3999).filter { try reader.medium(MediumID($0))?.expected.shelf != "B" } }
        #expect(strays == [])
        #expect(try ledger.read { try $0.medium(MediumID(4000)) } == last)
        try ledger.close()
    }
}
