internal import Foundation
internal import GRDB
internal import Ledger

/// A ledger's file, what lies beside it, and what can be wrong with them.
struct LedgerFile {
    let path: String

    /// SQLite's write-ahead log: what was committed and is not in the file yet.
    var log: String { path + "-wal" }
    /// SQLite's index of that log; made anew when it is missing.
    var index: String { path + "-shm" }
    /// See ``LedgerHead``.
    var head: String { path + "-head" }

    /// Files up to this size are looked through at each opening, which takes seconds at the most (docs/ledger.md). Larger ones are looked through whenever
    /// a copy of them is made, for pages are copied as they are.
    private static let checkedByteCount = 256 << 20

    /// "SQLite file format", §1.3: the string at the file's beginning, the header's length, and where the page size and the page count stand in it.
    private static let magic = Array("SQLite format 3\0".utf8)
    private static let headerLength = 100
    private static let pageSizeOffset = 16
    private static let pageCountOffset = 28

    /// Looks at the file before it is opened.
    ///
    /// - Throws: ``LedgerError`` `corrupt` when it is missing, no SQLite file, or cut.
    func check() throws {
        guard let header = try beginning(), !header.isEmpty else {
            guard let place = LedgerHead.read(head) else { return }
            throw LedgerError(.corrupt, "\(path) is missing or empty, but event \(place.sequence) was recorded in it")
        }
        guard header.count == Self.headerLength, header.starts(with: Self.magic) else {
            throw LedgerError(.corrupt, "\(path) is no SQLite file: its beginning is overwritten, or it never was a ledger")
        }
        let number = { (range: Range<Int>) in header[range].reduce(0) { $0 << 8 | Int($1) } }
        let coded = number(Self.pageSizeOffset..<Self.pageSizeOffset + 2)
        let expected = (coded == 1 ? 65_536 : coded) * number(Self.pageCountOffset..<Self.pageCountOffset + 4)
        let found = byteCount(path)
        // With a log beside it the end may still be there: SQLite looks for itself.
        guard found >= expected || byteCount(log) > 0 else {
            throw LedgerError(.corrupt, "\(path) is cut: it has \(found) of \(expected) bytes")
        }
    }

    /// Looks at the file through SQLite, its log included.
    ///
    /// - Throws: ``LedgerError`` `corrupt` when pages are damaged or commits are missing that were made.
    func check(opened database: any DatabaseReader) throws {
        try database.read { db in
            if byteCount(path) <= Self.checkedByteCount { try Self.quickCheck(db, path) }
            guard let place = LedgerHead.read(head) else { return }
            guard try db.tableExists("event"), try SQLiteTransaction(db: db).has(place) else {
                throw LedgerError(
                    .corrupt,
                    """
                    \(path) does not have event \(place.sequence), which was recorded in it: its log \(log) is missing, or an older file was put \
                    in its place
                    """)
            }
        }
    }

    /// SQLite's own look at every page but the order of the indices.
    static func quickCheck(_ db: Database, _ path: String) throws {
        let word = try String.fetchOne(db, sql: "PRAGMA quick_check(1)") ?? "nothing"
        guard word == "ok" else { throw LedgerError(.corrupt, "\(path) is damaged: \(word)") }
    }

    /// Removes the file and all beside it.
    func remove() {
        removeLog()
        for file in [path, head] { try? FileManager.default.removeItem(atPath: file) }
    }

    /// Removes what a closed file leaves beside it.
    func removeLog() {
        for file in [log, index] { try? FileManager.default.removeItem(atPath: file) }
    }

    private func beginning() throws -> [UInt8]? {
        guard let file = FileHandle(forReadingAtPath: path) else { return nil }
        defer { try? file.close() }
        return try Array(file.read(upToCount: Self.headerLength) ?? Data())
    }

    private func byteCount(_ path: String) -> Int {
        ((try? FileManager.default.attributesOfItem(atPath: path))?[.size] as? NSNumber)?.intValue ?? 0
    }
}
