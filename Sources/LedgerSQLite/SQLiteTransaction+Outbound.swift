internal import GRDB
internal import Ledger
internal import Migration

extension SQLiteTransaction {
    private static func outbound(_ fields: inout Fields) throws -> OutboundRecord {
        let (id, study, kind): (OutboundID, StudyID, OutboundKind) = (try fields.id(), try fields.id(), try fields.word())
        var record = OutboundRecord(
            id: id, study: study, kind: kind, controlID: try fields.text(), order: try fields.json(), madeAt: try fields.instant())
        record.state = try fields.word()
        record.attempts = try fields.count()
        record.settledAt = try fields.instantIfPresent()
        record.sentence = try fields.jsonIfPresent()
        return record
    }

    private func outbound(_ condition: String, _ arguments: Arguments) throws -> [OutboundRecord] {
        try fetchAll(
            "SELECT id, study, kind, control_id, content, made_at, state, attempts, settled_at, sentence FROM outbound_order WHERE \(condition)", arguments,
            Self.outbound)
    }

    func outbound(_ id: OutboundID) throws -> OutboundRecord? { try outbound("id = ?", [id.number]).first }

    func outbound(of study: StudyID) throws -> [OutboundRecord] { try outbound("study = ? ORDER BY id", [study.number]) }

    func outbound(accessionNumber: String) throws -> [OutboundRecord] { try outbound("accession = ? ORDER BY id", [accessionNumber]) }

    func outbound(in state: OutboundState, limit: Int) throws -> [OutboundRecord] {
        try outbound("state = ? ORDER BY id LIMIT ?", [state.rawValue, limit])
    }

    func outbound(includingSettled: Bool, page: Page<OutboundID>) throws -> [OutboundRecord] {
        let state = includingSettled ? "" : "AND state NOT IN ('acknowledged', 'withdrawn', 'closed')"
        return try outbound("id > ? \(state) ORDER BY id LIMIT ?", [page.after?.number ?? 0, page.limit])
    }

    func isReserved(_ accessionNumber: String) throws -> Bool {
        try exists("SELECT 1 FROM study WHERE reserved_accession IS NOT NULL AND reserved_accession = ? LIMIT 1", [accessionNumber])
    }

    func insertOutbound(_ record: OutboundRecord) throws -> OutboundRecord {
        try execute(
            """
            INSERT INTO outbound_order(study, kind, control_id, accession, content, made_at, state, attempts, settled_at, sentence)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                record.study.number, record.kind.rawValue, record.controlID, record.order.accessionNumber, try Coding.json(record.order),
                record.madeAt.milliseconds, record.state.rawValue, record.attempts, record.settledAt?.milliseconds, try record.sentence.map(Coding.json),
            ])
        var inserted = record
        inserted.id = OutboundID(db.lastInsertedRowID)
        return inserted
    }

    func updateOutbound(_ record: OutboundRecord) throws {
        try execute(
            "UPDATE outbound_order SET state = ?, attempts = ?, settled_at = ?, sentence = ? WHERE id = ?",
            [record.state.rawValue, record.attempts, record.settledAt?.milliseconds, try record.sentence.map(Coding.json), record.id.number])
    }

    /// What ``MigrationProgress`` has of them.
    func addOutbound(to progress: inout MigrationProgress) throws {
        let tallies: [(OutboundState, Int)] = try fetchAll("SELECT state, count(*) FROM outbound_order GROUP BY state ORDER BY state", []) {
            (try $0.word(), try $0.count())
        }
        progress.outbound = Dictionary(uniqueKeysWithValues: tallies)
        progress.outboundTrouble = try outbound(in: .sending, limit: 1).first?.sentence
        progress.reservedNumbers = try setting(.reservedRange).flatMap(ReservedNumbers.init)
        progress.unspecifiedExams = try value(of: .unspecifiedExam)
    }
}
