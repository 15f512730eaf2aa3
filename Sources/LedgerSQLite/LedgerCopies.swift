internal import Foundation
internal import GRDB
internal import Glibc
public import Ledger
public import Migration

/// The folder of a ledger's copies: makes them, lists them, and takes the oldest away.
public struct LedgerCopies: Sendable {
    /// The folder; made with the first copy, mode 0700.
    public let folder: String
    /// How many copies stay, the newest; those made before a change of the tables are not counted and stay until a person removes them.
    public let keep: Int

    /// Copies in `folder`, of which `keep` stay.
    public init(folder: String, keep: Int) {
        self.folder = folder
        self.keep = keep
    }

    /// Room that is left on the copies' disk, which is often the ledger's own: what the ledger may write while the next copy is made.
    private static let reservedByteCount: Int64 = 64 << 20

    /// The copies that are there, the newest first.
    public func list() -> [LedgerCopy] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.sorted(by: >).compactMap { name in
            guard let madeAt = CopyName.instant(of: name) else { return nil }
            let path = folder + "/" + name
            let size = (try? FileManager.default.attributesOfItem(atPath: path))?[.size] as? NSNumber
            return LedgerCopy(path: path, madeAt: madeAt, byteCount: size?.int64Value ?? 0)
        }
    }

    /// Makes a copy of `ledger` as it is now, looks it through, and takes away those that are too many. Neither readers nor the writer wait.
    ///
    /// - Parameter isStopped: asked now and then; after a yes the copy is given up with a `CancellationError`.
    /// - Throws: ``LedgerError`` `unavailable` when there is no room or it cannot be written, `corrupt` when the copy, and hence the ledger, is
    ///   damaged; older copies then stay.
    public func make(of ledger: SQLiteLedger, at now: Instant, isStopped: @escaping () -> Bool = { false }) throws -> LedgerCopy {
        let path = folder + "/" + CopyName.name(at: now)
        try make(of: ledger.database, path, isStopped)
        for old in list().filter({ !CopyName.isOfMigration($0.path) }).dropFirst(max(1, keep)) { try? FileManager.default.removeItem(atPath: old.path) }
        return LedgerCopy(path: path, madeAt: now, byteCount: Int64(SQLiteCopy.byteCount(path)))
    }

    /// Makes the copy that stays from before a change of the tables of `version`; one that an earlier try made is made anew.
    func makeBeforeMigration(of database: any DatabaseReader, from version: Int) throws {
        try make(of: database, folder + "/" + CopyName.name(before: version + 1))
    }

    private func make(of database: any DatabaseReader, _ path: String, _ isStopped: @escaping () -> Bool = { false }) throws {
        try makeFolder()
        let needed = try database.read { db in
            (try Int64.fetchOne(db, sql: "PRAGMA page_count") ?? 0) * (try Int64.fetchOne(db, sql: "PRAGMA page_size") ?? 0)
        }
        if let free = freeByteCount, free < needed + Self.reservedByteCount {
            throw LedgerError(
                .unavailable,
                "a copy of the ledger has \(needed) bytes and is to leave \(Self.reservedByteCount); the disk of \(folder) has \(free) left")
        }
        try SQLiteCopy.make(of: database, at: path, isStopped: isStopped)
    }

    private func makeFolder() throws {
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw LedgerError(.unavailable, "\(folder) cannot be made: \(error.localizedDescription)")
        }
    }

    private var freeByteCount: Int64? {
        let attributes = try? FileManager.default.attributesOfFileSystem(forPath: folder)
        return (attributes?[.systemFreeSize] as? NSNumber)?.int64Value
    }
}

/// What copies are called: by the moment that they show, in an order that is theirs, `ledger-20261122T090538Z.sqlite`.
enum CopyName {
    private static let ending = ".sqlite"
    private static let beginning = "ledger-"
    private static let migration = "before-version-"

    static func name(at now: Instant) -> String { beginning + stamp(now) + ending }
    static func name(before version: Int) -> String { migration + String(version) + ending }
    static func isOfMigration(_ path: String) -> Bool { (path as NSString).lastPathComponent.hasPrefix(migration) }

    /// The moment as in ISO 8601's basic format, to the second, in UTC.
    static func stamp(_ now: Instant) -> String { String(now.text.filter { $0 != "-" && $0 != ":" }) }

    /// The moment that a copy of this name shows; nil when it is no copy's name.
    static func instant(of name: String) -> Instant? {
        guard name.hasPrefix(beginning), name.hasSuffix(ending) else { return nil }
        let stamp = String(name.dropFirst(beginning.count).dropLast(ending.count))
        let style = Date.ISO8601FormatStyle(dateSeparator: .omitted, dateTimeSeparator: .standard, timeSeparator: .omitted)
        guard let date = try? Date(stamp, strategy: style) else { return nil }
        return Instant(milliseconds: Int64(date.timeIntervalSince1970 * 1000))
    }
}
