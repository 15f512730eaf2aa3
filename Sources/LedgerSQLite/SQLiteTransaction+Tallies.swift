internal import Ledger
internal import Migration

extension SQLiteTransaction {
    /// Patient IDs that one statement looks up.
    private static let talliesAtOnce = 100

    func tallies(ofPatients patientIDs: [Identifying], limit: Int) throws -> [PatientTally] {
        var tallies: [PatientTally] = []
        for start in stride(from: 0, to: patientIDs.count, by: Self.talliesAtOnce) {
            let keys = patientIDs[start..<min(start + Self.talliesAtOnce, patientIDs.count)].map(Coding.key)
            let rows = try fetchAll(Self.tallies(of: keys.count), Arguments([limit as (any Bindable)?] + keys), Self.tally)
            tallies += rows.filter { $0.studies > 0 || $0.orders > 0 || $0.isTold || $0.isMerged }
        }
        return tallies
    }

    private static func tally(_ fields: inout Fields) throws -> PatientTally {
        PatientTally(
            patientID: Identifying(try fields.text()), studies: try fields.count(), orders: try fields.count(), isTold: try fields.flag(), isMerged: try fields.flag())
    }

    /// The limit comes first, then the patient IDs.
    private static func tallies(of count: Int) -> String {
        let places = (0..<count).map { "(?\($0 + 2))" }.joined(separator: ", ")
        return """
            WITH member(patient_id) AS (VALUES \(places))
            SELECT patient_id, (SELECT count(*) FROM (SELECT 1 FROM study s WHERE s.patient_id = member.patient_id LIMIT ?1)),
              (SELECT count(*) FROM (SELECT 1 FROM hospital_order o WHERE o.patient_id = member.patient_id LIMIT ?1)),
              EXISTS (SELECT 1 FROM patient_identity i WHERE i.patient_id = member.patient_id)
                OR EXISTS (SELECT 1 FROM patient_merge f WHERE f.patient_id = member.patient_id),
              EXISTS (SELECT 1 FROM patient_merge f WHERE f.patient_id = member.patient_id)
                OR EXISTS (SELECT 1 FROM patient_merge t WHERE t.survivor_id = member.patient_id)
            FROM member
            """
    }
}
