internal import GRDB
internal import Ledger
internal import Migration

extension SQLiteTransaction {
    private static let standingColumns = "s.state, s.attempts, s.retry_at, s.category, s.detail, s.was_granted, s.done_count"
    static let progressColumns = "\(standingColumns), s.sentence"
    static let studyColumns = """
        s.id, s.header, \(progressColumns), s.outcome, s.hold_reason, s.order_id, s.is_corroborated, s.decision, s.plan,
        s.reserved_accession, s.flags, s.two_patients, s.instance_conflict, s.two_contents, s.instance_count, s.byte_count,
        s.unreadable_count, s.beyond, s.round, s.uids
        """

    static func progress(_ fields: inout Fields) throws -> StudyProgress {
        var progress = try progressWithoutSentence(&fields)
        progress.sentence = try fields.jsonIfPresent()
        return progress
    }

    private static func progressWithoutSentence(_ fields: inout Fields) throws -> StudyProgress {
        var progress = StudyProgress(state: try fields.word())
        progress.attempts = try fields.count()
        progress.retryAt = try fields.instantIfPresent()
        progress.category = try fields.wordIfPresent()
        progress.detail = try fields.text()
        progress.wasGranted = try fields.flag()
        progress.doneCount = try fields.count()
        return progress
    }

    static func study(_ fields: inout Fields) throws -> StudyRecord {
        var study = StudyRecord(id: try fields.id(), header: try fields.json())
        study.progress = try progress(&fields)
        study.outcome = try fields.wordIfPresent()
        study.holdReason = try fields.wordIfPresent()
        study.order = try fields.idIfPresent()
        study.isCorroborated = try fields.flag()
        study.decision = try fields.jsonIfPresent()
        study.plan = try fields.jsonIfPresent()
        study.reservedAccession = try fields.textIfPresent()
        study.flags = try fields.text().utf8.split(separator: UInt8(ascii: " ")).map { String(Substring($0)) }
        study.conflicts = try conflicts(&fields)
        study.size.instances = try fields.count()
        study.size.bytes = try fields.integer()
        study.size.unreadable = try fields.count()
        study.beyond = try fields.json()
        study.round = try fields.count()
        study.uids = try fields.wordIfPresent()
        return study
    }

    private func studies(_ condition: String, _ arguments: Arguments) throws -> [StudyRecord] {
        try fetchAll("SELECT \(Self.studyColumns) FROM study s WHERE \(condition)", arguments, Self.study)
    }

    private static let studyByNumber = FrequentStatement("SELECT \(studyColumns) FROM study s WHERE s.id = ?")

    func study(_ id: StudyID) throws -> StudyRecord? { try fetchOne(Self.studyByNumber, id.number, Self.study) }

    private static let standingByNumber = FrequentStatement(
        """
        SELECT s.id, \(standingColumns), s.hold_reason, s.plan IS NOT NULL, s.two_patients, s.instance_conflict, s.two_contents,
          s.unreadable_count FROM study s WHERE s.id = ?
        """)

    func standing(of study: StudyID) throws -> StudyStanding? {
        try fetchOne(Self.standingByNumber, study.number) { fields in
            StudyStanding(
                id: try fields.id(), progress: try Self.progressWithoutSentence(&fields), holdReason: try fields.wordIfPresent(),
                isPlanned: try fields.flag(), conflicts: try Self.conflicts(&fields), unreadableCount: try fields.count())
        }
    }

    private static func conflicts(_ fields: inout Fields) throws -> StudyConflicts {
        var conflicts = StudyConflicts()
        conflicts.hasTwoPatients = try fields.flag()
        conflicts.hasInstanceConflict = try fields.flag()
        conflicts.hasTwoContents = try fields.flag()
        return conflicts
    }

    func study(uid: String) throws -> StudyRecord? { try studies("s.uid = ?", [uid]).first }

    private static let ofPatient = FrequentStatement("SELECT \(studyColumns) FROM study s WHERE s.patient_id = ? ORDER BY s.id LIMIT ?")

    /// No limit, in SQLite's words.
    private static let all: Int64 = -1

    func studies(ofPatient patientID: Identifying) throws -> [StudyRecord] { try studies(ofPatient: patientID, first: Self.all) }

    func studies(ofPatient patientID: Identifying, limit: Int) throws -> [StudyRecord] { try studies(ofPatient: patientID, first: Int64(limit)) }

    private func studies(ofPatient patientID: Identifying, first count: Int64) throws -> [StudyRecord] {
        try fetchAll(Self.ofPatient, { places in
            places.put(Coding.key(patientID))
            places.put(count)
        }, Self.study)
    }

    func studies(ofPatient patientID: Identifying, behind after: StudyID, limit: Int) throws -> [StudyRecord] {
        try studies("s.patient_id = ? AND s.id > ? ORDER BY s.id LIMIT ?", [Coding.key(patientID), after.number, limit])
    }

    func undecidedStudies(ofPatient patientID: Identifying, limit: Int) throws -> [StudyRecord] {
        try fetchAll(
            """
            SELECT \(Self.studyColumns) FROM study s INDEXED BY study_undecided
            WHERE s.patient_id = ? AND s.was_granted = 0 AND s.decision IS NULL
              AND (s.state IN ('inventoried', 'matched', 'ready')
                OR s.hold_reason IN ('waiting-for-media', 'waiting-for-orders', 'order-not-acknowledged', 'numbers-used-up'))
            ORDER BY s.id LIMIT ?
            """,
            [Coding.key(patientID), limit], Self.study)
    }

    func studies(underOrdersOf patientID: Identifying, limit: Int) throws -> [StudyRecord] {
        try fetchAll(
            """
            SELECT \(Self.studyColumns) FROM hospital_order o CROSS JOIN study s ON s.order_id = o.id AND s.order_id IS NOT NULL
            WHERE o.patient_id = ? ORDER BY o.id, s.id LIMIT ?
            """,
            [Coding.key(patientID), limit], Self.study)
    }

    func studies(accessionNumber: String, limit: Int) throws -> [StudyRecord] {
        // Each half is found by an index of its own.
        let condition = """
            s.id IN (SELECT id FROM study WHERE plan_accession IS NOT NULL AND plan_accession = ?1
              UNION SELECT id FROM study WHERE header ->> '$.accessionNumber' <> '' AND header ->> '$.accessionNumber' = ?1)
            ORDER BY s.id LIMIT ?2
            """
        return try studies(condition, [accessionNumber, limit])
    }

    private static let amended = FrequentStatement(
        "SELECT \(studyColumns) FROM study s WHERE s.plan_accession = ? AND s.decision ->> '$.amendment' IS NOT NULL ORDER BY s.id")

    func amendedStudies(sentUnder accessionNumber: String) throws -> [StudyRecord] {
        try fetchAll(Self.amended, { $0.put(accessionNumber) }, Self.study)
    }

    func studies(under order: OrderID) throws -> [StudyRecord] { try studies("s.order_id = ? ORDER BY s.id", [order.number]) }

    func studiesToRetry(at now: Instant, limit: Int) throws -> [StudyRecord] {
        try studies("s.retry_at <= ? ORDER BY s.retry_at, s.id LIMIT ?", [now.milliseconds, limit])
    }

    func patients(heldFor reason: HoldReason, above patientID: Identifying, limit: Int) throws -> [Identifying] {
        try fetchAll(
            "SELECT DISTINCT patient_id FROM study WHERE hold_reason = ? AND patient_id > ? ORDER BY patient_id LIMIT ?",
            [reason.rawValue, Coding.key(patientID), limit]
        ) { Identifying(try $0.text()) }
    }

    func plannedPatients(accessionNumber: String) throws -> [Identifying] {
        try fetchAll(
            "SELECT DISTINCT plan_patient FROM study WHERE plan_accession = ? ORDER BY plan_patient LIMIT ?", [accessionNumber, Self.plannedLimit]
        ) { Identifying(try $0.text()) }
    }

    func insertStudy(_ header: StudyHeader) throws -> StudyRecord {
        // A file that cannot be read may be of this study.
        known.open = nil
        try execute(
            """
            INSERT INTO study(uid, patient_id, header, state, attempts, detail, was_granted, done_count, is_corroborated, flags,
              two_patients, instance_conflict, two_contents, instance_count, byte_count, unreadable_count, beyond)
            VALUES (?, ?, ?, 'inventoried', 0, '', 0, 0, 0, '', 0, 0, 0, 0, 0, 0, '[]')
            """,
            [header.studyInstanceUID, Coding.key(header.patient.patientID), try Coding.json(header)])
        return StudyRecord(id: StudyID(db.lastInsertedRowID), header: header)
    }

    func updateStudy(_ study: StudyRecord) throws {
        try execute(
            """
            UPDATE study SET patient_id = ?, header = ?, outcome = ?, hold_reason = ?, order_id = ?, is_corroborated = ?, decision = ?,
              plan = ?, plan_accession = ?, plan_patient = ?, reserved_accession = ?, flags = ?, two_patients = ?,
              instance_conflict = ?, two_contents = ?, instance_count = ?, byte_count = ?, unreadable_count = ?, beyond = ?,
              round = ?, uids = ?
            WHERE id = ?
            """,
            [
                Coding.key(study.header.patient.patientID), try Coding.json(study.header), study.outcome?.rawValue,
                study.holdReason?.rawValue, study.order?.number, study.isCorroborated, try Coding.jsonIfPresent(study.decision),
                try Coding.jsonIfPresent(study.plan), study.plan?.accessionNumber, study.plan.map { Coding.key($0.patientID) },
                study.reservedAccession, study.flags.joined(separator: " "), study.conflicts.hasTwoPatients,
                study.conflicts.hasInstanceConflict, study.conflicts.hasTwoContents, study.size.instances,
                study.size.bytes, study.size.unreadable, try Coding.json(study.beyond), study.round, study.uids?.rawValue,
                study.id.number,
            ])
        try updateProgress(study.progress, of: study.id)
    }

    func updateProgress(_ progress: StudyProgress, of study: StudyID) throws {
        try write(progress, of: study, by: Self.updateProgress)
    }

    func updateStanding(_ standing: StudyStanding) throws {
        try write(standing.progress, of: standing.id, by: Self.updateStanding)
    }

    private func write(_ progress: StudyProgress, of study: StudyID, by statement: FrequentStatement) throws {
        let sentence = try Coding.jsonIfPresent(progress.sentence)
        try execute(statement) {
            $0.put(progress.state.rawValue)
            $0.put(progress.attempts)
            $0.put(progress.retryAt?.milliseconds)
            $0.put(progress.category?.rawValue)
            $0.put(progress.detail)
            $0.put(progress.wasGranted)
            $0.put(progress.doneCount)
            $0.put(sentence)
            $0.put(study.number)
        }
    }

    private static let progressWritten =
        "UPDATE study SET state = ?, attempts = ?, retry_at = ?, category = ?, detail = ?, was_granted = ?, done_count = ?"
    private static let updateProgress = FrequentStatement("\(progressWritten), sentence = ? WHERE id = ?")
    private static let updateStanding = FrequentStatement("\(progressWritten), sentence = coalesce(?, sentence) WHERE id = ?")

    func noteLease(of study: StudyID, _ sentence: Sentence) throws {
        let sentence = try Coding.json(sentence)
        try execute(Self.noteLease) {
            $0.put(sentence)
            $0.put(study.number)
        }
    }

    private static let noteLease = FrequentStatement("UPDATE study SET state = 'leased', was_granted = 1, sentence = ? WHERE id = ?")
}
