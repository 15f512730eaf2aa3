internal import Crypto
internal import Foundation
internal import GRDB
internal import Ledger
internal import Migration

extension SQLiteTransaction {
    func pieceDigest(_ number: Int, of grant: GrantNumber) throws -> [UInt8]? {
        try fetchOne(
            "SELECT digest FROM inventory_piece WHERE grant_number = ? AND number = ?", [grant.number, number]
        ) { try $0.bytes() }
    }

    func pieceCount(of grant: GrantNumber) throws -> Int {
        try fetchOne("SELECT count(*) FROM inventory_piece WHERE grant_number = ?", [grant.number]) { try $0.count() } ?? 0
    }

    func insertPiece(_ number: Int, of grant: GrantNumber, digest: [UInt8], _ piece: InventoryPieceRecord) throws {
        try execute(
            "INSERT INTO inventory_piece(grant_number, number, digest, content) VALUES (?, ?, ?, ?)",
            [grant.number, number, digest, Array(try Coding.jsonBytes(piece))])
    }

    func inventoryDigest(of grant: GrantNumber) throws -> String {
        let digests = try fetchAll(
            "SELECT digest FROM inventory_piece WHERE grant_number = ? ORDER BY number", [grant.number]
        ) { try $0.bytes() }
        return Hexadecimal.text(SHA256.hash(data: digests.flatMap { $0 }))
    }

    func forEachPiece(of grant: GrantNumber, _ body: (InventoryPieceRecord) throws -> Void) throws {
        for number in 0..<(try pieceCount(of: grant)) {
            let content = try fetchOne(
                "SELECT content FROM inventory_piece WHERE grant_number = ? AND number = ?", [grant.number, number]
            ) { try $0.bytes() }
            guard let content else { throw LedgerError(.corrupt, "piece \(number) of grant \(grant) is missing") }
            try body(try Coding.decode(InventoryPieceRecord.self, String(decoding: content, as: UTF8.self)))
        }
    }

    func deletePieces(of grant: GrantNumber) throws {
        try execute("DELETE FROM inventory_piece WHERE grant_number = ?", [grant.number])
    }

    func insertInstanceKeys(_ sopInstanceUIDs: [String], of study: StudyID) throws {
        for uid in sopInstanceUIDs {
            try execute("INSERT OR IGNORE INTO instance_key(key, study) VALUES (?, ?)", [Self.key(uid), study.number])
        }
    }

    func studiesMayHold(_ sopInstanceUID: String, except study: StudyID) throws -> [StudyID] {
        try fetchAll(
            "SELECT study FROM instance_key WHERE key = ? AND study <> ? ORDER BY study", [Self.key(sopInstanceUID), study.number]
        ) { try $0.id() }
    }

    /// The first 64 bits of the UID's SHA-256: an attacker cannot choose UIDs that make long lists of false candidates cheaply.
    private static func key(_ uid: String) -> Int64 {
        SHA256.hash(data: Data(uid.utf8)).prefix(8).reduce(Int64(0)) { $0 << 8 | Int64($1) }
    }

    static let unreadableColumns = "u.id, u.medium, u.grant_number, u.path, u.code, u.detail, u.study_uid, u.instance_uid, u.is_resolved"

    static func unreadable(_ fields: inout Fields) throws -> UnreadableRecord {
        UnreadableRecord(
            number: try fields.integer(), medium: try fields.id(), grant: try fields.id(),
            file: UnreadableFile(
                path: try fields.text(), code: try fields.text(), detail: try fields.text(), studyInstanceUID: try fields.text(),
                sopInstanceUID: try fields.text()),
            isResolved: try fields.flag())
    }

    func insertUnreadable(_ file: UnreadableFile, on medium: MediumID, grant: GrantNumber, isResolved: Bool) throws {
        known.open = nil
        try execute(
            """
            INSERT INTO unreadable(medium, grant_number, path, code, detail, study_uid, instance_uid, is_resolved)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                medium.number, grant.number, file.path, file.code, file.detail, file.studyInstanceUID, file.sopInstanceUID,
                isResolved,
            ])
    }

    func unresolvedFiles(on medium: MediumID) throws -> [UnreadableRecord] {
        try fetchAll(
            "SELECT \(Self.unreadableColumns) FROM unreadable u WHERE medium = ? AND is_resolved = 0 ORDER BY id", [medium.number],
            Self.unreadable)
    }

    func unresolvedFiles(ofStudy studyInstanceUID: String) throws -> [UnreadableRecord] {
        try fetchAll(
            """
            SELECT \(Self.unreadableColumns) FROM unreadable u
            WHERE study_uid = ? AND study_uid <> '' AND is_resolved = 0 ORDER BY id
            """, [studyInstanceUID], Self.unreadable)
    }

    func resolveUnreadable(_ number: Int64) throws {
        known.open = nil
        try execute("UPDATE unreadable SET is_resolved = 1 WHERE id = ?", [number])
    }
}
