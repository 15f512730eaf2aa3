internal import GRDB
internal import Ledger

/// The tables of the ledger and how they grow from version to version.
///
/// The rule for a change: a version's statements are never touched once they are in a release; a change is a new version, appended to ``versions`` in
/// a file of its own. It must keep every row, take a bounded time on ten million studies (an added column or index, no rewriting), and come with
/// a test from a ledger of the version before. `user_version` holds how many were applied; a copy of the file is made before (docs/ledger.md).
enum Schema {
    /// "SKLG", in SQLite's `application_id`: tells a ledger from any other SQLite file.
    static let applicationID: Int32 = 0x534B_4C47

    /// The statements of each version, from version 1, the first that was released.
    static let versions: [[String]] = [version1, version2, version3, version4, version5, version6, version7, version8, version9, version10, version11, version12, version13, version14, version15, version16, version17, version18, version19]

    /// The version of the tables in `db`; 0 for an empty file.
    ///
    /// - Throws: ``LedgerError`` `corrupt` for a file of another program, `newer-schema` for a newer version's.
    static func version(of db: Database, path: String, known: Int = versions.count) throws -> Int {
        let found = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        let owner = try Int32.fetchOne(db, sql: "PRAGMA application_id") ?? 0
        let isEmpty = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") == 0
        guard isEmpty || owner == applicationID else {
            throw LedgerError(.corrupt, "\(path) is an SQLite file of another program, no ledger")
        }
        guard found <= known else {
            throw LedgerError(
                .newerSchema, "\(path) has schema version \(found); this program knows versions up to \(known): use the newer program")
        }
        return found
    }

    /// Brings `db` from version `found` to the newest of `versions`, all at once or not at all.
    static func migrate(_ db: Database, from found: Int, _ versions: [[String]]) throws {
        guard found < versions.count else { return }
        try db.inTransaction {
            for statements in versions[found...] {
                for statement in statements { try db.execute(sql: statement) }
            }
            try db.execute(sql: "PRAGMA application_id = \(applicationID)")
            try db.execute(sql: "PRAGMA user_version = \(versions.count)")
            return .commit
        }
    }
}
