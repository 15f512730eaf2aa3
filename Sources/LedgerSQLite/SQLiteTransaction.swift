internal import GRDB
internal import Ledger

/// One transaction or snapshot over the tables; the stores are extensions of it.
struct SQLiteTransaction: LedgerTransaction {
    let db: Database

    func savepoint<Result>(_ body: () throws -> Result) throws -> Result {
        var result: Result?
        try translatingErrors(in: "the ledger") {
            try db.inSavepoint {
                result = try body()
                return .commit
            }
        }
        guard let result else { throw LedgerError(.unavailable, "a savepoint ended without a result") }
        return result
    }

    func next(_ name: CounterName) throws -> Int64 {
        let sql = """
            INSERT INTO counter(name, value) VALUES (?, 1) ON CONFLICT(name) DO UPDATE SET value = value + 1 RETURNING value
            """
        guard let value = try fetchOne(sql, [name.rawValue], { try $0.integer() }) else {
            throw LedgerError(.corrupt, "counter \(name.rawValue) has no value")
        }
        return value
    }

    func value(of name: CounterName) throws -> Int64 {
        try fetchOne("SELECT value FROM counter WHERE name = ?", [name.rawValue]) { try $0.integer() } ?? 0
    }

    func raise(_ name: CounterName, to value: Int64) throws {
        try execute(
            "INSERT INTO counter(name, value) VALUES (?, ?) ON CONFLICT(name) DO UPDATE SET value = max(value, excluded.value)",
            [name.rawValue, value])
    }

    /// Runs a statement that is prepared once a connection.
    func execute(_ sql: String, _ arguments: StatementArguments) throws {
        try db.cachedStatement(sql: sql).execute(arguments: arguments)
    }

    /// The rows of a query, each read by `decode`.
    func fetchAll<Record>(
        _ sql: String, _ arguments: StatementArguments, _ decode: (inout Fields) throws -> Record
    ) throws -> [Record] {
        let rows = try Row.fetchCursor(db.cachedStatement(sql: sql), arguments: arguments)
        var records: [Record] = []
        while let row = try rows.next() {
            var fields = Fields(row: row)
            records.append(try decode(&fields))
        }
        return records
    }

    /// The first row of a query, read by `decode`.
    func fetchOne<Record>(
        _ sql: String, _ arguments: StatementArguments, _ decode: (inout Fields) throws -> Record
    ) throws -> Record? {
        guard let row = try Row.fetchOne(db.cachedStatement(sql: sql), arguments: arguments) else { return nil }
        var fields = Fields(row: row)
        return try decode(&fields)
    }

    /// Whether a query has a row.
    func exists(_ sql: String, _ arguments: StatementArguments) throws -> Bool {
        try Row.fetchOne(db.cachedStatement(sql: sql), arguments: arguments) != nil
    }
}
