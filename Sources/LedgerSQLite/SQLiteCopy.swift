internal import Foundation
internal import GRDB
internal import Glibc
internal import Ledger

/// A whole copy of a ledger in one file, made through SQLite's backup interface, looked through, and only then under its name.
enum SQLiteCopy {
    /// Pages copied in one step; between two steps other connections of the process get their turn at the file.
    private static let pagesPerStep: CInt = 256
    /// Events at the chain's end that a copy is checked for.
    private static let tailLength: Int64 = 1000

    /// Makes a copy of `database`, as it is at this moment, at `path` (mode 0600).
    ///
    /// - Parameter isStopped: asked between two steps; after a yes the copy is given up.
    /// - Throws: ``LedgerError``: `unavailable`, `corrupt`; `CancellationError`. Nothing is left behind.
    static func make(of database: any DatabaseReader, at path: String, isStopped: @escaping () -> Bool = { false }) throws {
        let draft = path + ".part"
        defer { remove(draft) }
        remove(draft)
        try SQLiteLedger.makePrivate(draft)
        try translatingErrors(in: draft) {
            let target = try DatabaseQueue(path: draft)
            // The source is read in one snapshot of its own, so that what is written meanwhile neither waits nor disturbs.
            try database.backup(to: target, pagesPerStep: pagesPerStep) { _ in
                if isStopped() { throw CancellationError() }
            }
            // The last step is not cut off.
            if isStopped() { throw CancellationError() }
            // One file that is whole without a log beside it.
            try target.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = DELETE") }
            try target.read { try check($0, draft) }
            try target.close()
        }
        try put(draft, at: path)
    }

    /// Opens the copy at `path` without changing it, and checks it.
    ///
    /// - Returns: what `body` reads in it.
    /// - Throws: ``LedgerError``.
    static func read<Result>(_ path: String, _ body: (Database) throws -> Result) throws -> Result {
        guard FileManager.default.isReadableFile(atPath: path) else { throw LedgerError(.unavailable, "\(path) is not there, or cannot be read") }
        try LedgerFile(path: path).check()
        return try translatingErrors(in: path) {
            var configuration = Configuration()
            configuration.readonly = true
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            defer { try? queue.close() }
            return try queue.read { db in
                guard try Schema.version(of: db, path: path) > 0 else { throw LedgerError(.corrupt, "\(path) is empty, no ledger") }
                return try body(db)
            }
        }
    }

    /// Looks through all pages and along the chain's end.
    static func check(_ db: Database, _ path: String) throws {
        try LedgerFile.quickCheck(db, path)
        guard case .whole = try SQLiteTransaction(db: db).verifyChainTail(tailLength) else {
            throw LedgerError(.corrupt, "\(path) has a chain of events that is broken within its last \(tailLength)")
        }
    }

    /// Brings a finished file under its name, durably.
    static func put(_ draft: String, at path: String) throws {
        guard synced(draft, O_RDWR), rename(draft, path) == 0, synced((path as NSString).deletingLastPathComponent, O_RDONLY) else {
            throw LedgerError(.unavailable, "\(path) cannot be written: \(String(cString: strerror(errno)))")
        }
    }

    private static func synced(_ path: String, _ mode: Int32) -> Bool {
        let descriptor = open(path, mode | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { Glibc.close(descriptor) }
        return fsync(descriptor) == 0
    }

    private static func remove(_ path: String) {
        for ending in ["", "-wal", "-shm", "-journal"] { try? FileManager.default.removeItem(atPath: path + ending) }
    }

    static func byteCount(_ path: String) -> Int {
        ((try? FileManager.default.attributesOfItem(atPath: path))?[.size] as? NSNumber)?.intValue ?? 0
    }
}
