internal import Foundation
internal import GRDB
internal import Ledger
internal import Migration

extension SQLiteTransaction {
    static let workerColumns = """
        w.id, w.name, w.site, w.identity, w.enrolled_at, w.state, w.is_draining, w.spool, w.program, w.sentence, w.calling_title
        """

    static func worker(_ fields: inout Fields) throws -> WorkerRecord {
        var worker = WorkerRecord(
            id: try fields.id(), name: try fields.text(), site: try fields.text(), identity: try fields.text(),
            enrolledAt: try fields.instant())
        worker.state = try fields.word()
        worker.isDraining = try fields.flag()
        worker.spool = try fields.textIfPresent()
        worker.program = try fields.text()
        worker.sentence = try fields.jsonIfPresent()
        worker.callingTitle = try fields.textIfPresent()
        return worker
    }

    private func workers(_ condition: String, _ arguments: Arguments) throws -> [WorkerRecord] {
        try fetchAll("SELECT \(Self.workerColumns) FROM worker w WHERE \(condition)", arguments, Self.worker)
    }

    func worker(_ id: WorkerID) throws -> WorkerRecord? { try workers("w.id = ?", [id.number]).first }

    func worker(identity: String) throws -> WorkerRecord? { try workers("w.identity = ?", [identity]).first }

    func worker(name: String) throws -> WorkerRecord? { try workers("w.name = ? AND w.state <> 'revoked'", [name]).first }

    func enrolledWorkers() throws -> [WorkerRecord] { try workers("w.state <> 'revoked' ORDER BY w.id", []) }

    func insertWorker(name: String, site: String, identity: String, enrolledAt: Instant) throws -> WorkerRecord {
        try execute(
            """
            INSERT INTO worker(name, site, identity, state, is_draining, program, enrolled_at) VALUES (?, ?, ?, 'active', 0, '', ?)
            """,
            [name, site, identity, enrolledAt.milliseconds])
        return WorkerRecord(
            id: WorkerID(db.lastInsertedRowID), name: name, site: site, identity: identity, enrolledAt: enrolledAt)
    }

    func updateWorker(_ worker: WorkerRecord) throws {
        try execute(
            "UPDATE worker SET state = ?, is_draining = ?, spool = ?, program = ?, sentence = ?, calling_title = ? WHERE id = ?",
            [
                worker.state.rawValue, worker.isDraining, worker.spool, worker.program,
                try Coding.jsonIfPresent(worker.sentence), worker.callingTitle, worker.id.number,
            ])
    }

    func invitation(secretDigest: [UInt8]) throws -> InvitationRecord? {
        try fetchOne(
            "SELECT secret, name, site, expires, used_at FROM invitation WHERE secret = ?", [secretDigest]
        ) {
            InvitationRecord(
                secretDigest: try $0.bytes(), name: try $0.text(), site: try $0.text(), expires: try $0.instant(),
                usedAt: try $0.instantIfPresent())
        }
    }

    func insertInvitation(_ invitation: InvitationRecord) throws {
        try execute(
            "INSERT INTO invitation(secret, name, site, expires) VALUES (?, ?, ?, ?)",
            [invitation.secretDigest, invitation.name, invitation.site, invitation.expires.milliseconds])
    }

    func useInvitation(secretDigest: [UInt8], at now: Instant) throws {
        try execute("UPDATE invitation SET used_at = ? WHERE secret = ?", [now.milliseconds, secretDigest])
    }

    func voidInvitations(at now: Instant) throws {
        try execute("UPDATE invitation SET expires = min(expires, ?) WHERE used_at IS NULL", [now.milliseconds])
    }
}
