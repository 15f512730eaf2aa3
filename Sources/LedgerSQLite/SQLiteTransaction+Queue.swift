internal import GRDB
internal import Ledger
internal import Migration

extension SQLiteTransaction {
    static var anyQueued: String { "SELECT 1 FROM patient_queue WHERE number > 0 LIMIT 1" }

    func hasQueuedPatients() throws -> Bool { try exists(Self.anyQueued, []) }

    func queuedPatients(areTooLarge: Bool, limit: Int) throws -> [QueuedPatient] {
        let condition = areTooLarge ? "after_study IS NOT NULL" : "after_study IS NULL"
        return try fetchAll("SELECT patient_id, after_study, is_due_again FROM patient_queue WHERE \(condition) ORDER BY number LIMIT ?", [limit]) { fields in
            QueuedPatient(patientID: Identifying(try fields.text()), after: try fields.idIfPresent(), isDueAgain: try fields.flag())
        }
    }

    func isAnyQueued(_ patientIDs: [Identifying]) throws -> Bool {
        try patientIDs.contains { try exists("SELECT 1 FROM patient_queue WHERE patient_id = ?", [Coding.key($0)]) }
    }

    func queue(_ patient: QueuedPatient) throws {
        try execute(
            "INSERT OR REPLACE INTO patient_queue(patient_id, after_study, is_due_again) VALUES (?, ?, ?)",
            [Coding.key(patient.patientID), patient.after?.number, patient.isDueAgain])
    }

    func queueTooLarge(_ patientID: Identifying) throws {
        try execute(
            """
            INSERT INTO patient_queue(patient_id, after_study) VALUES (?, 0)
            ON CONFLICT(patient_id) DO UPDATE SET is_due_again = after_study IS NOT NULL, after_study = coalesce(after_study, 0)
            """, [Coding.key(patientID)])
    }

    func queuePatients(bornOn day: CalendarDate) throws {
        let places = Arguments(Self.spellings(of: day))
        try queue("SELECT patient_id FROM study WHERE \(Self.isBorn(Self.birth())) AND patient_id <> ''", places)
        guard try hasStudiesWithoutBirthday() else { return }
        try queue("SELECT patient_id FROM hospital_order WHERE \(Self.isBorn(Self.orderBirth)) AND patient_id <> ''", places)
        try queue("SELECT patient_id FROM patient_identity WHERE \(Self.isBorn(Self.identityBirth))", places)
    }

    private func queue(_ patients: String, _ arguments: Arguments) throws {
        try execute(
            """
            INSERT INTO patient_queue(patient_id) \(patients)
            ON CONFLICT(patient_id) DO UPDATE SET is_due_again = 1 WHERE after_study IS NOT NULL
            """, arguments)
    }

    func removeQueued(_ patientIDs: [Identifying]) throws {
        for patientID in patientIDs { try execute("DELETE FROM patient_queue WHERE patient_id = ?", [Coding.key(patientID)]) }
    }

    func wasCrowded(_ day: CalendarDate) throws -> Bool { try exists("SELECT 1 FROM crowded_day WHERE day = ?", [Self.digits(of: day)]) }

    func noteCrowded(_ day: CalendarDate, _ isCrowded: Bool) throws {
        try execute(isCrowded ? "INSERT OR IGNORE INTO crowded_day(day) VALUES (?)" : "DELETE FROM crowded_day WHERE day = ?", [Self.digits(of: day)])
    }
}
