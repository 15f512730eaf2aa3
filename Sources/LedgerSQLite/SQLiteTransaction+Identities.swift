internal import Ledger
internal import Migration

extension SQLiteTransaction {
    private func place(of patient: PatientKey) -> [(any Bindable)?] { [Coding.key(patient.patientID), patient.issuer.reveal()] }

    func identity(of patient: PatientKey) throws -> IdentityRecord? {
        try fetchOne(
            "SELECT content, said_at FROM patient_identity WHERE patient_id = ? AND issuer = ?", Arguments(place(of: patient))
        ) {
            IdentityRecord(notice: try $0.json(), saidAt: try $0.instantIfPresent())
        }
    }

    func identities(ofPatient patientID: Identifying) throws -> [IdentityRecord] {
        try fetchAll("SELECT content, said_at FROM patient_identity WHERE patient_id = ? ORDER BY issuer", [Coding.key(patientID)]) {
            IdentityRecord(notice: try $0.json(), saidAt: try $0.instantIfPresent())
        }
    }

    func putIdentity(_ identity: IdentityRecord) throws {
        try execute(
            "INSERT OR REPLACE INTO patient_identity(patient_id, issuer, content, said_at) VALUES (?, ?, ?, ?)",
            Arguments(place(of: identity.notice.key) + [try Coding.json(identity.notice), identity.saidAt?.milliseconds]))
    }

    func merges(ofPatient patientID: Identifying) throws -> [MergeRecord] {
        try merges("patient_id = ? ORDER BY issuer", [Coding.key(patientID)])
    }

    func merges(into patientID: Identifying, limit: Int) throws -> [MergeRecord] {
        try merges("survivor_id = ? ORDER BY patient_id, issuer LIMIT ?", [Coding.key(patientID), limit])
    }

    private func merges(_ condition: String, _ arguments: Arguments) throws -> [MergeRecord] {
        try fetchAll("SELECT patient_id, issuer, survivor_id, survivor_issuer, said_at FROM patient_merge WHERE \(condition)", arguments) {
            MergeRecord(
                former: PatientKey(patientID: Identifying(try $0.text()), issuer: Identifying(try $0.text())),
                survivor: PatientKey(patientID: Identifying(try $0.text()), issuer: Identifying(try $0.text())), saidAt: try $0.instantIfPresent())
        }
    }

    func putMerge(_ merge: MergeRecord) throws {
        try execute(
            "INSERT OR REPLACE INTO patient_merge(patient_id, issuer, survivor_id, survivor_issuer, said_at) VALUES (?, ?, ?, ?, ?)",
            Arguments(place(of: merge.former) + place(of: merge.survivor) + [merge.saidAt?.milliseconds]))
    }

    func removeMerge(of former: PatientKey) throws {
        try execute("DELETE FROM patient_merge WHERE patient_id = ? AND issuer = ?", Arguments(place(of: former)))
    }
}
