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

    /// Room that is left on the copies' disk, which is often the ledger's own: what the ledger may write while a copy is made and looked through,
    /// which takes the longer the larger it is. Not less than the log may keep.
    private static func reservedByteCount(_ ledger: Int64) -> Int64 { max(SQLiteLedger.logByteCount, ledger / 10) }

    /// The copies that are there, the one made last first.
    public func list() -> [LedgerCopy] {
        names.map { name in
            let path = folder + "/" + name.text
            let size = (try? FileManager.default.attributesOfItem(atPath: path))?[.size] as? NSNumber
            return LedgerCopy(path: path, madeAt: name.madeAt, byteCount: size?.int64Value ?? 0)
        }
    }

    private var names: [CopyName] {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return files.compactMap(CopyName.init).sorted { ($0.number ?? 0, $0.madeAt) > ($1.number ?? 0, $1.madeAt) }
    }

    /// Makes a copy of `ledger` as it is now, looks it through, and takes away those that are too many. Neither readers nor the writer wait.
    ///
    /// - Parameter isStopped: asked now and then; after a yes the copy is given up with a `CancellationError`.
    /// - Throws: ``LedgerError`` `unavailable` when there is no room or it cannot be written, `corrupt` when the copy, and hence the ledger, is
    ///   damaged; older copies then stay.
    public func make(of ledger: SQLiteLedger, at now: Instant, isStopped: @escaping () -> Bool = { false }) throws -> LedgerCopy {
        let path = folder + "/" + CopyName(number: (names.first?.number ?? 0) + 1, madeAt: now).text
        try make(of: ledger.database, path, isStopped)
        for old in list().dropFirst(max(1, keep)) { try? FileManager.default.removeItem(atPath: old.path) }
        return LedgerCopy(path: path, madeAt: now, byteCount: Int64(SQLiteCopy.byteCount(path)))
    }

    /// Makes the copy that stays from before a change of the tables of `version`; one that an earlier try made is made anew.
    func makeBeforeMigration(of database: any DatabaseReader, from version: Int) throws {
        try make(of: database, folder + "/" + CopyName.beforeVersion(version + 1))
    }

    private func make(of database: any DatabaseReader, _ path: String, _ isStopped: @escaping () -> Bool = { false }) throws {
        try makeFolder()
        let needed = try database.read { db in
            (try Int64.fetchOne(db, sql: "PRAGMA page_count") ?? 0) * (try Int64.fetchOne(db, sql: "PRAGMA page_size") ?? 0)
        }
        let reserved = Self.reservedByteCount(needed)
        if let free = freeByteCount, free < needed + reserved {
            throw LedgerError(
                .unavailable, "a copy of the ledger has \(needed) bytes and is to leave \(reserved); the disk of \(folder) has \(free) left")
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

/// What a copy is called: `ledger-000042-20261122T090538Z.sqlite`, by a number that grows from copy to copy, since the clock may have run ahead,
/// and by the moment that it shows. Copies of the first version have no number and come before all others.
struct CopyName {
    /// Nil in the first version's.
    let number: Int?
    let madeAt: Instant

    private static let beginning = "ledger-"
    private static let ending = ".sqlite"

    init(number: Int?, madeAt: Instant) {
        self.number = number
        self.madeAt = madeAt
    }

    /// The name of a file; nil when it is no copy's.
    init?(_ file: String) {
        guard file.hasPrefix(Self.beginning), file.hasSuffix(Self.ending) else { return nil }
        let parts = file.dropFirst(Self.beginning.count).dropLast(Self.ending.count).split(separator: "-", omittingEmptySubsequences: false)
        let style = Date.ISO8601FormatStyle(dateSeparator: .omitted, dateTimeSeparator: .standard, timeSeparator: .omitted)
        guard parts.count <= 2, let stamp = parts.last, let date = try? Date(String(stamp), strategy: style) else { return nil }
        let number = parts.count == 2 ? Int(parts[0]) : nil
        guard parts.count == 1 || number != nil else { return nil }
        self.init(number: number, madeAt: Instant(milliseconds: Int64(date.timeIntervalSince1970 * 1000)))
    }

    /// The file's name; the moment as in ISO 8601's basic format, to the second, in UTC.
    var text: String {
        let numbered = number.map { number in
            let digits = String(number)
            return String(repeating: "0", count: max(0, 6 - digits.count)) + digits + "-"
        }
        return Self.beginning + (numbered ?? "") + madeAt.text.filter { $0 != "-" && $0 != ":" } + Self.ending
    }

    /// The name of the copy that is made before a ledger is brought to `version`; no ``CopyName``, so that it is never one too many.
    static func beforeVersion(_ version: Int) -> String { "before-version-\(version)\(ending)" }
}
