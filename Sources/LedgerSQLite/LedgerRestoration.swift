internal import Foundation
internal import GRDB
internal import Glibc
public import Ledger
public import Migration

/// Puts a copy in a ledger's place. Nobody else may have the ledger open: the caller holds its lock.
public struct LedgerRestoration {
    /// The ledger's file.
    private let path: String
    private let copies: LedgerCopies

    /// A restoration of the ledger at `path`, whose copies lie in `copies`.
    public init(of path: String, copies: LedgerCopies) {
        self.path = path
        self.copies = copies
    }

    /// What a copy shows.
    public struct Contents: Hashable, Sendable {
        /// Its last event.
        public var lastEvent: Int64
        /// When that was; nil: it has none.
        public var lastEventAt: Instant?
    }

    /// Looks through the copy at `copy`: all pages, and the end of its chain of events.
    ///
    /// - Throws: ``LedgerError``: `unavailable`, `corrupt`, `newer-schema`.
    public static func check(_ copy: String) throws -> Contents {
        try SQLiteCopy.read(copy) { db in
            try SQLiteCopy.check(db, copy)
            let row = try Row.fetchOne(db, sql: "SELECT seq, at FROM event ORDER BY seq DESC LIMIT 1")
            return Contents(lastEvent: row?[0] ?? 0, lastEventAt: (row?[1] as Int64?).map { Instant(milliseconds: $0) })
        }
    }

    /// Puts the copy at `copy` in the ledger's place; what is there now goes into a folder `aside` that is made for it.
    ///
    /// - Parameter enter: what is entered into the restored ledger before it is in its place; it is told the highest number of each counter that
    ///   any file still at hand has seen.
    /// - Throws: ``LedgerError``, or what `enter` throws; the ledger is then as it was.
    public func restore(
        from copy: String, aside: String, enter: (any LedgerTransaction, [CounterName: Int64]) throws -> Void
    ) throws {
        let draft = LedgerFile(path: path + ".restoring")
        draft.remove()
        do {
            try SQLiteCopy.read(copy) { _ in }
            try FileManager.default.copyItem(atPath: copy, toPath: draft.path)
            guard chmod(draft.path, 0o600) == 0 else { throw LedgerError(.unavailable, "\(draft.path) cannot be made private") }
            let numbers = highestNumbers
            let ledger = try SQLiteLedger(path: draft.path, copies: copies)
            try ledger.write { try enter($0, numbers) }
            try ledger.close()
            guard SQLiteCopy.byteCount(draft.log) == 0 else { throw LedgerError(.unavailable, "\(draft.log) could not be emptied") }
        } catch let error as CocoaError {
            draft.remove()
            throw LedgerError(.unavailable, "\(draft.path) cannot be written: \(error.localizedDescription)")
        } catch {
            draft.remove()
            throw error
        }
        try exchange(draft, aside: aside)
    }

    /// By counter, the highest number in the ledger as it is and in its copies, as far as they can be read: what a copy does not know any more was
    /// given out all the same.
    private var highestNumbers: [CounterName: Int64] {
        var numbers: [CounterName: Int64] = [:]
        for file in [path] + copies.list().map(\.path) {
            let rows = try? SQLiteCopy.read(file) { try Row.fetchAll($0, sql: "SELECT name, value FROM counter ORDER BY name") }
            for row in rows ?? [] {
                guard let name = CounterName(rawValue: row[0]) else { continue }
                numbers[name] = max(numbers[name] ?? 0, row[1])
            }
        }
        return numbers
    }

    /// The old files out of the way, the new ones in. The ledger's own file is moved first and comes last: if this is cut off in between, the ledger
    /// is missing while its head is there, which no opening takes for a new ledger.
    private func exchange(_ draft: LedgerFile, aside: String) throws {
        let old = LedgerFile(path: path)
        do {
            try FileManager.default.createDirectory(atPath: aside, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            for file in [old.path, old.log, old.index] where FileManager.default.fileExists(atPath: file) {
                try FileManager.default.moveItem(atPath: file, toPath: aside + "/" + (file as NSString).lastPathComponent)
            }
            draft.removeLog()
            if FileManager.default.fileExists(atPath: draft.head) { try SQLiteCopy.put(draft.head, at: old.head) }
        } catch let error as CocoaError {
            throw LedgerError(.unavailable, "\(path) cannot be set aside in \(aside): \(error.localizedDescription)")
        }
        try SQLiteCopy.put(draft.path, at: path)
    }
}
