internal import GRDB
internal import Ledger
internal import Migration

extension SQLiteTransaction {
    func patients(withStudiesBehind patientID: Identifying, limit: Int) throws -> [Identifying] {
        let key = Coding.key(patientID)
        // Each index alone is at its place at once; joined first, both would be read from there to their ends.
        return try fetchAll(
            """
            SELECT patient_id FROM (SELECT DISTINCT patient_id FROM study WHERE patient_id > ? ORDER BY patient_id LIMIT ?)
            UNION SELECT patient_id FROM (SELECT DISTINCT patient_id FROM legacy_study WHERE patient_id > ? ORDER BY patient_id LIMIT ?)
            ORDER BY patient_id LIMIT ?
            """, [key, limit, key, limit, limit]
        ) { Identifying(try $0.text()) }
    }

    func knownStudies(ofPatient patientID: Identifying) throws -> [KnownStudy] {
        let legacy = try fetchAll(
            """
            SELECT \(Self.legacyColumns) FROM legacy_study l
            WHERE l.patient_id = ? AND NOT EXISTS (SELECT 1 FROM study s WHERE s.uid = l.uid) ORDER BY l.uid
            """, [Coding.key(patientID)], Self.legacyStudy)
        return try studies(ofPatient: patientID).map { KnownStudy(header: $0.header, isLegacy: false, images: $0.size.readable) }
            + legacy.map { KnownStudy(header: $0.header, isLegacy: true, images: $0.instanceCount) }
    }
}
