internal import Ledger
internal import Migration

extension SQLiteTransaction {
    private func place(of patient: PatientKey) -> [(any Bindable)?] { [Coding.key(patient.patientID), patient.issuer.reveal()] }

    func identity(of patient: PatientKey) throws -> IdentityRecord? {
        try fetchOne(
            "SELECT content, said_at, former_names FROM patient_identity WHERE patient_id = ? AND issuer = ?", Arguments(place(of: patient)), Self.identity)
    }

    private static func identity(_ fields: inout Fields) throws -> IdentityRecord {
        let content: StoredIdentity = try fields.json()
        return content.record(saidAt: try fields.instantIfPresent(), formerNames: try fields.json())
    }

    func identities(ofPatient patientID: Identifying) throws -> [IdentityRecord] {
        try fetchAll(
            "SELECT content, said_at, former_names FROM patient_identity WHERE patient_id = ? ORDER BY issuer", [Coding.key(patientID)], Self.identity)
    }

    func isIssuerOfHospital(_ issuer: Identifying) throws -> Bool {
        let issuer = issuer.trimmed
        guard !issuer.isEmpty else { return false }
        // In the words of the indices, or SQLite reads the tables.
        return try exists("SELECT 1 FROM hospital_order WHERE content ->> '$.patient.issuer' = ?1 AND content ->> '$.patient.issuer' <> ''", [issuer])
            || exists("SELECT 1 FROM patient_identity WHERE issuer = ?1 AND issuer <> ''", [issuer])
    }

    func hasIssuersOfHospital() throws -> Bool {
        try exists("SELECT 1 FROM hospital_order WHERE content ->> '$.patient.issuer' <> '' AND content ->> '$.patient.issuer' > '' LIMIT 1", [])
            || exists("SELECT 1 FROM patient_identity WHERE issuer <> '' AND issuer > '' LIMIT 1", [])
    }

    func putIdentity(_ identity: IdentityRecord) throws {
        try execute(
            "INSERT OR REPLACE INTO patient_identity(patient_id, issuer, content, said_at, former_names) VALUES (?, ?, ?, ?, ?)",
            Arguments(
                place(of: identity.notice.key)
                    + [try Coding.json(StoredIdentity(identity)), identity.told.saidAt?.milliseconds, try Coding.json(identity.formerNames)]))
    }

    private static let mergeColumns = "SELECT patient_id, issuer, survivor_id, survivor_issuer, said_at FROM patient_merge WHERE"
    private static let mergesOfPatient = FrequentStatement("\(mergeColumns) patient_id = ? ORDER BY issuer")
    private static let mergesIntoPatient = FrequentStatement("\(mergeColumns) survivor_id = ? ORDER BY patient_id, issuer LIMIT ?")

    func merges(ofPatient patientID: Identifying) throws -> [MergeRecord] {
        try fetchAll(Self.mergesOfPatient, { $0.put(Coding.key(patientID)) }, Self.merge)
    }

    func merges(into patientID: Identifying, limit: Int) throws -> [MergeRecord] {
        try fetchAll(Self.mergesIntoPatient, { places in
            places.put(Coding.key(patientID))
            places.put(Int64(limit))
        }, Self.merge)
    }

    private static func merge(_ fields: inout Fields) throws -> MergeRecord {
        MergeRecord(
            former: PatientKey(patientID: Identifying(try fields.text()), issuer: Identifying(try fields.text())),
            survivor: PatientKey(patientID: Identifying(try fields.text()), issuer: Identifying(try fields.text())), saidAt: try fields.instantIfPresent())
    }

    func putMerge(_ merge: MergeRecord) throws {
        try execute(
            "INSERT OR REPLACE INTO patient_merge(patient_id, issuer, survivor_id, survivor_issuer, said_at) VALUES (?, ?, ?, ?, ?)",
            Arguments(place(of: merge.former) + place(of: merge.survivor) + [merge.saidAt?.milliseconds]))
    }

    func noteOutdated(_ digest: [UInt8]) throws -> Bool {
        guard try !exists("SELECT 1 FROM outdated_message WHERE digest = ?", [digest]) else { return false }
        try execute("INSERT INTO outdated_message(digest) VALUES (?)", [digest])
        return true
    }

    func removeMerge(of former: PatientKey) throws {
        try execute("DELETE FROM patient_merge WHERE patient_id = ? AND issuer = ?", Arguments(place(of: former)))
    }
}
