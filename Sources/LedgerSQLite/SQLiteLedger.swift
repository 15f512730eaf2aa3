internal import Foundation
internal import GRDB
internal import Glibc
public import Ledger

/// The ledger in one SQLite file: WAL, synchronous=FULL (law 1).
public final class SQLiteLedger: Ledger {
    private let database: any DatabaseWriter

    /// How long a statement waits for another program's lock. The coordinator is the only writer; a copy or a person's `sqlite3` may be beside it.
    private static let busySeconds: TimeInterval = 5

    /// Readers beside the writer: the console's, the command line's, a report's.
    private static let readerCount = 4

    /// Opens the ledger at `path`, makes it if there is none (mode 0600), and brings its tables to this version's.
    ///
    /// - Throws: ``LedgerError``: `unavailable`, `corrupt`, `newer-schema`.
    public convenience init(path: String) throws {
        try self.init(path: path, onStatement: nil)
    }

    /// As ``init(path:)``, telling each statement that is run, without its arguments, to `onStatement`.
    init(path: String, onStatement: (@Sendable (String) -> Void)?) throws {
        try Self.makePrivate(path)
        database = try translatingErrors(in: path) {
            let pool = try DatabasePool(path: path, configuration: Self.configuration(onStatement: onStatement))
            // GRDB sets synchronous=NORMAL after every preparation of its own when it turns WAL on; a commit would then not be durable.
            try pool.writeWithoutTransaction { db in
                try db.execute(sql: "PRAGMA synchronous = FULL")
                try Schema.migrate(db, path: path)
            }
            return pool
        }
    }

    /// A ledger in memory, for tests and the simulator.
    public init() throws {
        database = try translatingErrors(in: "memory") {
            let queue = try DatabaseQueue(configuration: Self.configuration())
            try queue.writeWithoutTransaction { try Schema.migrate($0, path: "memory") }
            return queue
        }
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
    private static func makePrivate(_ path: String) throws {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw LedgerError(.unavailable, "\(path) cannot be opened: \(String(cString: strerror(errno)))")
        }
        Glibc.close(descriptor)
    }

    public func write<Result>(_ body: (any LedgerTransaction) throws -> Result) throws -> Result {
        try translatingErrors(in: "the ledger") {
            try database.write { db in try body(SQLiteTransaction(db: db)) }
        }
    }

    public func read<Result>(_ body: (any LedgerReader) throws -> Result) throws -> Result {
        try translatingErrors(in: "the ledger") {
            try database.read { db in try body(SQLiteTransaction(db: db)) }
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
    public func checkpoint() throws {
        try translatingErrors(in: "the ledger") {
            try database.writeWithoutTransaction { try $0.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
        }
    }

    /// Closes the file; later calls throw.
    public func close() throws {
        try translatingErrors(in: "the ledger") { try database.close() }
    }
}

/// Runs `body` and puts SQLite's errors into the ledger's words. SQLite's own message names tables and limits, never values.
func translatingErrors<Result>(in place: String, _ body: () throws -> Result) throws -> Result {
    do {
        return try body()
    } catch let error as DatabaseError {
        let code: LedgerError.Code =
            switch error.resultCode {
            case .SQLITE_CONSTRAINT: .contradiction
            case .SQLITE_CORRUPT, .SQLITE_NOTADB: .corrupt
            default: .unavailable
            }
        throw LedgerError(code, "\(place): \(error.message ?? "SQLite error \(error.extendedResultCode.rawValue)")")
    }
}
