internal import GRDB
internal import Ledger
internal import Migration

extension SQLiteTransaction {
    private static let requestColumns = """
        id, subject, patient_id, issuer, day, study_uid, accession, is_automatic, made_by, reason, made_at, expires, ended_at, placed
        """

    private static func request(_ fields: inout Fields) throws -> RequestRecord {
        let id: RequestID = try fields.id()
        let subject: RequestSubject = try fields.json()
        let (patientID, issuer) = (try fields.text(), try fields.text())
        let patient = patientID.isEmpty ? nil : PatientKey(patientID: Identifying(patientID), issuer: Identifying(issuer))
        let day = try fields.day()
        // What the subject names, kept for the indices alone.
        (_, _) = (try fields.text(), try fields.text())
        var request = RequestRecord(
            subject: subject, patient: patient, day: day, isAutomatic: try fields.flag(), madeBy: try fields.text(),
            reason: Identifying(try fields.text()), madeAt: try fields.instant(), expires: try fields.instantIfPresent())
        request.id = id
        request.endedAt = try fields.instantIfPresent()
        request.placed = try fields.idIfPresent()
        return request
    }

    private func requests(_ condition: String, _ arguments: Arguments) throws -> [RequestRecord] {
        try fetchAll("SELECT \(Self.requestColumns) FROM request WHERE \(condition)", arguments, Self.request)
    }

    func request(_ id: RequestID) throws -> RequestRecord? { try requests("id = ?", [id.number]).first }

    func requests(_ filter: RequestFilter, page: Page<RequestID>) throws -> [RequestRecord] {
        let condition = filter == .all ? "" : "AND ended_at IS NULL"
        return try requests("id > ? \(condition) ORDER BY id LIMIT ?", [page.after?.number ?? 0, page.limit])
    }

    func newestRequestsOfPersons(limit: Int) throws -> [RequestRecord] {
        try requests("ended_at IS NULL AND is_automatic = 0 ORDER BY id DESC LIMIT ?", [limit])
    }

    private static let openRequest = FrequentStatement("SELECT 1 FROM request WHERE ended_at IS NULL LIMIT 1")

    func hasOpenRequests() throws -> Bool { try !fetchAll(Self.openRequest, { _ in }, { _ in true }).isEmpty }

    func openRequests(ofPatient patientID: Identifying) throws -> [RequestRecord] {
        try requests("ended_at IS NULL AND patient_id <> '' AND patient_id = ? ORDER BY id", [Coding.key(patientID)])
    }

    func openRequests(study uid: String) throws -> [RequestRecord] {
        try requests("ended_at IS NULL AND study_uid <> '' AND study_uid = ? ORDER BY id", [uid])
    }

    func openRequests(accessionNumber: String) throws -> [RequestRecord] {
        try requests("ended_at IS NULL AND accession <> '' AND accession = ? ORDER BY id", [accessionNumber])
    }

    func insertRequest(_ request: RequestRecord) throws -> RequestRecord {
        let (study, accession) =
            switch request.subject {
            case .patient: ("", "")
            case .study(let uid): (uid, "")
            case .exam(let number): ("", number)
            }
        try execute(
            """
            INSERT INTO request(subject, patient_id, issuer, day, study_uid, accession, is_automatic, made_by, reason, made_at, expires, ended_at, placed)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                try Coding.json(request.subject), request.patient.map { Coding.key($0.patientID) } ?? "", request.patient?.issuer.reveal() ?? "",
                request.day?.number, study, accession, request.isAutomatic, request.madeBy, request.reason.reveal(), request.madeAt.milliseconds,
                request.expires?.milliseconds, request.endedAt?.milliseconds, request.placed?.number,
            ])
        var inserted = request
        inserted.id = RequestID(db.lastInsertedRowID)
        return inserted
    }

    func updateRequest(_ request: RequestRecord) throws {
        try execute(
            "UPDATE request SET patient_id = ?, issuer = ?, expires = ?, ended_at = ?, placed = ? WHERE id = ?",
            [
                request.patient.map { Coding.key($0.patientID) } ?? "", request.patient?.issuer.reveal() ?? "", request.expires?.milliseconds,
                request.endedAt?.milliseconds, request.placed?.number, request.id.number,
            ])
    }

    func openRequestCount(isAutomatic: Bool) throws -> Int {
        try fetchOne("SELECT count(*) FROM request WHERE ended_at IS NULL AND is_automatic = ?", [isAutomatic]) { try $0.count() } ?? 0
    }

    func requestsToEnd(at now: Instant, limit: Int) throws -> [RequestRecord] {
        try requests("ended_at IS NULL AND expires IS NOT NULL AND expires <= ? ORDER BY expires, id LIMIT ?", [now.milliseconds, limit])
    }

    func requestsToPlace(limit: Int) throws -> [RequestRecord] { try requests("placed IS NOT NULL ORDER BY id LIMIT ?", [limit]) }

    // MARK: Settings

    func setting(_ name: SettingName) throws -> String? {
        try fetchOne("SELECT content FROM setting WHERE name = ?", [name.rawValue]) { try $0.text() }
    }

    func writeSetting(_ text: String?, as name: SettingName) throws {
        guard let text else { return try execute("DELETE FROM setting WHERE name = ?", [name.rawValue]) }
        try execute("INSERT OR REPLACE INTO setting(name, content) VALUES (?, ?)", [name.rawValue, text])
    }
}
