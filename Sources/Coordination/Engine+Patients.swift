import Ledger
import Migration

/// What the hospital's list of patients says: identities, issuers and merges from before the migration.
extension Engine {
    /// Takes the list, or a piece of it, as a whole or not at all. What messages said later stays; of orders only the patient of those changes that belong to a
    /// merged number, as with messages (docs/hl7.md).
    func importPatients(_ patients: [PatientNotice], by person: String, in turn: Turn) throws -> Sentence {
        try Self.checkCount(patients.count)
        var counts: [Taking.Change: Int64] = [:]
        var touched: [Identifying] = []
        var changes = IdentityChanges()
        for patient in patients {
            var taking = try Taking(patient, by: person, in: turn)
            taking.changes = changes
            do {
                counts[try taking.take(patient), default: 0] += 1
            } catch let error as LedgerError where error.code == .limit {
                throw ActionError(.tooMany, error.message)
            }
            touched += taking.patients
            changes = taking.changes
        }
        try match(patients: touched + changes.concerned(by: matching, in: turn.tx), in: turn)
        try followMerges(of: patients.filter { $0.mergedInto != nil }.map(\.identity.key.patientID), in: turn)
        let sentence = Sentence(.patientsImported, [.added, .updated, .unchanged].map { .count(counts[$0] ?? 0) })
        try turn.record(sentence)
        return sentence
    }
}

extension Taking {
    /// What a row of a list changes.
    enum Change {
        case added, updated, unchanged
    }

    /// What becomes of what a row of a list says of a patient.
    mutating func take(_ patient: PatientNotice) throws -> Change {
        guard !patient.identity.key.patientID.isBlank else { throw ActionError(.badValue, "a patient has a patient ID") }
        let key = try named([patient.identity.key] + (patient.mergedInto.map { [$0] } ?? []))[0]
        let (known, merges) = try (turn.tx.identity(of: key), turn.tx.merges(ofPatient: key.patientID))
        var identity = patient.identity
        identity.key = key
        try take(identity)
        if let survivor = patient.mergedInto { try merge(key, into: IdentityNotice(key: survivor)) }
        if known == nil { return .added }
        return try known == turn.tx.identity(of: key) && merges == turn.tx.merges(ofPatient: key.patientID) ? .unchanged : .updated
    }
}
