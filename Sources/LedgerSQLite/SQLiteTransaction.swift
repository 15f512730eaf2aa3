internal import GRDB
internal import GRDBSQLite
internal import Ledger

/// One transaction or snapshot over the tables; the stores are extensions of it.
struct SQLiteTransaction: LedgerTransaction {
    let db: Database
    let known = KnownEnds()

    init(db: Database) { self.db = db }

    private static let savepoint = FrequentStatement("SAVEPOINT event")
    private static let release = FrequentStatement("RELEASE event")

    func savepoint<Result>(_ body: () throws -> Result) throws -> Result {
        let counters = known.counters
        let chain = known.chain
        try execute(Self.savepoint)
        do {
            return try translatingErrors(in: "the ledger") {
                let result = try body()
                try execute(Self.release)
                return result
            }
        } catch {
            known.counters = counters
            known.chain = chain
            known.open = nil
            // A full disk may have undone the whole transaction already; then there is no savepoint to go back to.
            if db.isInsideTransaction {
                try execute("ROLLBACK TO event")
                try execute(Self.release)
            }
            throw error
        }
    }

    func next(_ name: CounterName) throws -> Int64 {
        let value = try value(of: name) + 1
        known.counters[name] = value
        return value
    }

    func value(of name: CounterName) throws -> Int64 {
        if let value = known.counters[name] { return value }
        return try fetchOne("SELECT value FROM counter WHERE name = ?", [name.rawValue]) { try $0.integer() } ?? 0
    }

    func raise(_ name: CounterName, to value: Int64) throws {
        known.counters[name] = max(try self.value(of: name), value)
    }

    /// Writes the counters that went on: once a transaction, before its commit.
    func writeCounters() throws {
        for name in CounterName.allCases {
            guard let value = known.counters[name] else { continue }
            try execute(
                "INSERT INTO counter(name, value) VALUES (?, ?) ON CONFLICT(name) DO UPDATE SET value = excluded.value", [name.rawValue, value])
        }
    }

    /// Runs a statement that is prepared once a connection.
    func execute(_ sql: String, _ arguments: Arguments = []) throws {
        try run(sql, arguments) { _ in true }
    }

    /// Runs `statement` with what `fill` puts into its places.
    func execute(_ statement: FrequentStatement, _ fill: (inout Places) -> Void = { _ in }) throws {
        try run(try prepared(statement), fill) { _ in true }
    }

    /// The rows of a query, each read by `decode`.
    func fetchAll<Record>(
        _ sql: String, _ arguments: Arguments, _ decode: (inout Fields) throws -> Record
    ) throws -> [Record] {
        var records: [Record] = []
        try run(sql, arguments) {
            records.append(try decode(&$0))
            return true
        }
        return records
    }

    /// The rows of a query with what `fill` puts into its places, each read by `decode`.
    func fetchAll<Record>(
        _ statement: FrequentStatement, _ fill: (inout Places) -> Void, _ decode: (inout Fields) throws -> Record
    ) throws -> [Record] {
        var records: [Record] = []
        try run(try prepared(statement), fill) {
            records.append(try decode(&$0))
            return true
        }
        return records
    }

    /// The first row of a query, read by `decode`.
    func fetchOne<Record>(
        _ sql: String, _ arguments: Arguments, _ decode: (inout Fields) throws -> Record
    ) throws -> Record? {
        var record: Record?
        try run(sql, arguments) {
            record = try decode(&$0)
            return false
        }
        return record
    }

    /// The first row of a query with `number` in its one place, read by `decode`.
    func fetchOne<Record>(
        _ statement: FrequentStatement, _ number: Int64, _ decode: (inout Fields) throws -> Record
    ) throws -> Record? {
        var record: Record?
        try run(try prepared(statement), { $0.put(number) }) {
            record = try decode(&$0)
            return false
        }
        return record
    }

    /// Whether a query has a row.
    func exists(_ sql: String, _ arguments: Arguments) throws -> Bool {
        try fetchOne(sql, arguments) { _ in true } ?? false
    }

    /// Runs a statement that is prepared once a connection, and hands its rows to `take` until that returns false.
    func run(_ sql: String, _ arguments: Arguments, _ take: (inout Fields) throws -> Bool) throws {
        let statement = try db.cachedStatement(sql: sql).sqliteStatement
        try run(statement, { places in for value in arguments.values { places.put(boxed: value) } }, take)
    }

    /// Runs a statement with what `fill` puts into its places, and hands its rows to `take` until that returns false.
    ///
    /// GRDB opens connections and transactions and keeps the statements; its own way of running them costs more than SQLite's work on the rows
    /// of a lease.
    private func run(_ statement: OpaquePointer, _ fill: (inout Places) -> Void, _ take: (inout Fields) throws -> Bool) throws {
        // SQLite undoes a whole transaction by itself when the disk is full: nothing may then be written outside of one.
        guard sqlite3_get_autocommit(db.sqliteConnection) == 0 else {
            throw DatabaseError(resultCode: .SQLITE_ABORT, message: "the transaction was undone")
        }
        let beginning = known.texts.used
        defer {
            sqlite3_reset(statement)
            known.texts.used = beginning
        }
        var places = Places(statement: statement, texts: known.texts)
        fill(&places)
        guard places.code == SQLITE_OK else { throw fault(places.code) }
        guard places.count == sqlite3_bind_parameter_count(statement) else { throw fault(SQLITE_RANGE) }
        while true {
            switch sqlite3_step(statement) {
            case SQLITE_DONE: return
            case SQLITE_ROW:
                var fields = Fields(statement: statement)
                guard try take(&fields) else { return }
            case let code: throw fault(code)
            }
        }
    }

    private func prepared(_ statement: FrequentStatement) throws -> OpaquePointer {
        if let found = known.statements[ObjectIdentifier(statement)] { return found.sqliteStatement }
        let found = try db.cachedStatement(sql: statement.sql)
        known.statements[ObjectIdentifier(statement)] = found
        return found.sqliteStatement
    }

    private func fault(_ code: Int32) -> DatabaseError {
        DatabaseError(resultCode: ResultCode(rawValue: code), message: db.lastErrorMessage)
    }
}

/// What a transaction need not look up, or write, with each event: where the chain ends, how far the counters are, and the statements that it ran.
final class KnownEnds {
    /// Where the chain ends; nil before that was asked for.
    var chain: ChainPlace?
    /// The counters that went on in this transaction.
    var counters: [CounterName: Int64] = [:]
    /// The media that are still to be read, by label; nil: that was not asked for since one was added or changed.
    var open: [MediumRecord]?
    /// The frequent statements that this transaction ran, as they are prepared, by their identity.
    var statements: [ObjectIdentifier: Statement] = [:]
    /// The texts of the statements that are running.
    let texts = BoundTexts()
}
