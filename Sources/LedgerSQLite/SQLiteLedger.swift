internal import Foundation
internal import GRDB
internal import Glibc
public import Ledger

/// The ledger in one SQLite file: WAL, synchronous=FULL (law 1).
public final class SQLiteLedger: Ledger {
    let database: any DatabaseWriter
    /// What tells the next opening which commits there were; nil in memory.
    private let head: LedgerHead?
    /// What keeps the write-ahead log short; nil in memory.
    private let checkpoints: Checkpoints?

    /// How long a statement waits for another program's lock. The coordinator is the only writer; a copy or a person's `sqlite3` may be beside it.
    private static let busySeconds: TimeInterval = 5

    /// Pages that the writer keeps, in KiB: the inner pages of all indexes of ten million studies and the leaves where a thousand workers' parts
    /// stand (ops/bench/fleet). Those of what matching compares take 34 MB of them: 90 pages for 200,000 studies, 80 for as many orders.
    /// SQLite's own default is 2,000.
    private static let writerCacheKibibytes = 96 * 1024

    /// Bytes that the write-ahead log keeps on disk when it is begun anew: it is longer only while a reader is in it.
    static let logByteCount: Int64 = 256 << 20

    /// Readers beside the writer: the console's, the command line's, a report's.
    private static let readerCount = 4

    /// Opens the ledger at `path`, makes it if there is none (mode 0600), and brings its tables to this version's.
    ///
    /// - Parameter copies: where a copy of an older version's file goes before its tables are changed; nil: beside it.
    /// - Throws: ``LedgerError``: `unavailable`, `corrupt`, `newer-schema`.
    public convenience init(path: String, copies: LedgerCopies? = nil) throws {
        try self.init(path: path, copies: copies, versions: Schema.versions, onStatement: nil)
    }

    /// As ``init(path:copies:)``, with the schema `versions` and the log kept within `limits`, telling each statement that is run, without its arguments, to `onStatement`.
    init(
        path: String, copies: LedgerCopies? = nil, versions: [[String]] = Schema.versions, checkpoints limits: Checkpoints.Limits = Checkpoints.Limits(),
        onStatement: (@Sendable (String) -> Void)? = nil
    ) throws {
        SQLiteMemory.isSet
        ReadAround.isOn
        try LedgerFile(path: path).check()
        try Self.makePrivate(path)
        database = try translatingErrors(in: path) {
            let pool = try DatabasePool(path: path, configuration: Self.configuration(onStatement: onStatement))
            // GRDB sets synchronous=NORMAL after every preparation of its own when it turns WAL on; a commit would then not be durable.
            try pool.writeWithoutTransaction { db in
                try db.execute(sql: "PRAGMA synchronous = FULL")
                try db.execute(sql: "PRAGMA cache_size = -\(Self.writerCacheKibibytes)")
                try db.execute(sql: "PRAGMA wal_autocheckpoint = 0")
                try db.execute(sql: "PRAGMA journal_size_limit = \(Self.logByteCount)")
            }
            let version = try pool.read { try Schema.version(of: $0, path: path, known: versions.count) }
            try LedgerFile(path: path).check(opened: pool)
            if (1..<versions.count).contains(version) {
                let folder = copies ?? LedgerCopies(folder: (path as NSString).deletingLastPathComponent, keep: 1)
                try folder.makeBeforeMigration(of: pool, from: version)
            }
            try pool.writeWithoutTransaction { try Schema.migrate($0, from: version, versions) }
            return pool
        }
        head = try LedgerHead(path: LedgerFile(path: path).head)
        checkpoints = try translatingErrors(in: path) { [database] in try Checkpoints(path: path, writer: database, limits) }
    }

    /// A ledger in memory, for tests and the simulator.
    public init() throws {
        SQLiteMemory.isSet
        database = try translatingErrors(in: "memory") {
            let queue = try DatabaseQueue(configuration: Self.configuration())
            try queue.writeWithoutTransaction { try Schema.migrate($0, from: 0, Schema.versions) }
            return queue
        }
        head = nil
        checkpoints = nil
    }

    private static func configuration(onStatement: (@Sendable (String) -> Void)? = nil) -> Configuration {
        var configuration = Configuration()
        if let onStatement {
            configuration.prepareDatabase { db in
                db.trace { if case .statement(let statement) = $0 { onStatement(statement.sql) } }
            }
        }
        configuration.label = "ledger"
        configuration.foreignKeysEnabled = true
        configuration.busyMode = .timeout(busySeconds)
        configuration.maximumReaderCount = readerCount
        configuration.observesSuspensionNotifications = false
        return configuration
    }

    /// SQLite makes its files with the mode of the main one, so that one is made first.
    static func makePrivate(_ path: String) throws {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw LedgerError(.unavailable, "\(path) cannot be opened: \(String(cString: strerror(errno)))")
        }
        Glibc.close(descriptor)
    }

    public func write<Result>(_ body: (any LedgerTransaction) throws -> Result) throws -> Result {
        try translatingErrors(in: "the ledger") {
            do {
                let (result, newest) = try database.write { db in
                    let tx = SQLiteTransaction(db: db)
                    let result = try body(tx)
                    try tx.writeCounters()
                    return (result, head == nil ? nil : try tx.newestEvent())
                }
                if let newest { head?.note(newest) }
                checkpoints?.goOn(database)
                return result
            } catch let error as DatabaseError where error.resultCode == .SQLITE_FULL {
                checkpoints?.makeRoom(database)
                throw error
            }
        }
    }

    public func read<Result>(_ body: (any LedgerReader) throws -> Result) throws -> Result {
        try translatingErrors(in: "the ledger") {
            try database.read { db in try body(SQLiteTransaction(db: db)) }
        }
    }

    public func read<Part: Sendable, Result: Sendable>(
        inParts parts: [Part], _ body: @Sendable (any LedgerReader, Part) throws -> Result
    ) throws -> [Result] {
        guard let pool = database as? DatabasePool, parts.count > 1 else { return try read { reader in try parts.map { try body(reader, $0) } } }
        return try translatingErrors(in: "the ledger") {
            // Connections of their own, so that no part waits for one of the readers. The writer is held for as long as they need to be opened: some
            // milliseconds, after which all see what it has committed last.
            let snapshots = try pool.writeWithoutTransaction { _ in try parts.map { _ in try pool.makeSnapshot() } }
            return try SideBySide.run(Array(zip(snapshots, parts))) { snapshot, part in
                try snapshot.read { try body(SQLiteTransaction(db: $0), part) }
            }
        }
    }

    /// How SQLite was told to keep what is committed.
    public struct Durability: Hashable, Sendable {
        /// `wal` for a file.
        public var journalMode: String
        /// 2 is FULL: a commit waits for the disk.
        public var synchronous: Int
        /// Whether references between tables are enforced.
        public var foreignKeys: Bool

        /// A setting of these values.
        public init(journalMode: String, synchronous: Int, foreignKeys: Bool) {
            self.journalMode = journalMode
            self.synchronous = synchronous
            self.foreignKeys = foreignKeys
        }
    }

    /// What the writer's connection really does, for diagnosis.
    public func durability() throws -> Durability {
        try translatingErrors(in: "the ledger") {
            try database.writeWithoutTransaction { db in
                Durability(
                    journalMode: try String.fetchOne(db, sql: "PRAGMA journal_mode") ?? "",
                    synchronous: try Int.fetchOne(db, sql: "PRAGMA synchronous") ?? -1,
                    foreignKeys: try Bool.fetchOne(db, sql: "PRAGMA foreign_keys") ?? false)
            }
        }
    }

    /// Writes what is in the write-ahead log into the main file, so that a copy of that one is the whole ledger.
    ///
    /// - Throws: ``LedgerError`` `unavailable` when another connection is in the log.
    public func checkpoint() throws {
        try translatingErrors(in: "the ledger") {
            try database.writeWithoutTransaction { db in
                guard try Int.fetchOne(db, sql: "PRAGMA wal_checkpoint(TRUNCATE)") == 0 else {
                    throw LedgerError(.unavailable, "the ledger's log is in use: it cannot all be written into the file now")
                }
            }
        }
    }

    /// Closes the file; later calls throw. What is in the log goes into the file before, so that a person who copies the file alone has the whole.
    public func close() throws {
        try translatingErrors(in: "the ledger") {
            try checkpoints?.close(database)
            try? checkpoint()
            try database.close()
        }
    }
}

/// Runs `body` and puts SQLite's errors into the ledger's words. SQLite's own message names tables and limits, never values.
func translatingErrors<Result>(in place: String, _ body: () throws -> Result) throws -> Result {
    do {
        return try body()
    } catch let error as DatabaseError {
        let words = error.message ?? "SQLite error \(error.extendedResultCode.rawValue)"
        switch error.resultCode {
        case .SQLITE_CONSTRAINT: throw LedgerError(.contradiction, "\(place): \(words)")
        case .SQLITE_CORRUPT, .SQLITE_NOTADB: throw LedgerError(.corrupt, "\(place) is damaged: \(words)")
        default: throw LedgerError(.unavailable, "\(place): \(words)")
        }
    }
}
