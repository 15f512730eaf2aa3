internal import GRDB
internal import Ledger

/// The tables of the ledger and how they grow from version to version.
///
/// A version's statements never change once released: a later version appends its own. `user_version` holds how many were applied.
enum Schema {
    /// "SKLG", in SQLite's `application_id`: tells a ledger from any other SQLite file.
    static let applicationID: Int32 = 0x534B_4C47

    /// The statements of each version, from version 1 on.
    static let versions: [[String]] = [version1]

    /// Brings `db` to the newest version.
    ///
    /// - Throws: ``LedgerError`` `corrupt` for a file of another program, `newer-schema` for a newer version's.
    static func migrate(_ db: Database, path: String) throws {
        let found = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        let owner = try Int32.fetchOne(db, sql: "PRAGMA application_id") ?? 0
        let isEmpty = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") == 0
        guard isEmpty || owner == applicationID else {
            throw LedgerError(.corrupt, "\(path) is an SQLite file of another program, no ledger")
        }
        guard found <= versions.count else {
            throw LedgerError(
                .newerSchema, "\(path) has schema version \(found); this program knows versions up to \(versions.count): use the newer program")
        }
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
