import Ledger
import Matching
import Migration

/// Merges of patients who cannot be one: the message may say nothing of birth date and sex, the orders of both do.
extension Engine {
    /// The studies, of those that are not settled, whose patient was merged into one whose orders give another birth date or sex than their objects.
    func contradictedByMerge(_ studies: [StudyRecord], in turn: Turn) throws -> Set<StudyID> {
        var known: [PatientKey: [PatientIdentity]] = [:]
        var found: Set<StudyID> = []
        for study in studies where !study.isSettled {
            let said = PatientKey(study.header.patient)
            guard !said.patientID.isBlank, case let present = try turn.tx.current(said), present.patientID != said.patientID else { continue }
            let identities = try known[present] ?? identities(inOrdersOf: present, in: turn)
            known[present] = identities
            if Self.contradicts(study, identities) { found.insert(study.id) }
        }
        return found
    }

    /// Whether birth date or sex in a study's objects contradict an order of that patient.
    func contradicts(_ study: StudyRecord, ordersOf patient: PatientKey, in turn: Turn) throws -> Bool {
        try Self.contradicts(study, identities(inOrdersOf: patient, in: turn))
    }

    private static func contradicts(_ study: StudyRecord, _ identities: [PatientIdentity]) -> Bool {
        identities.contains { identity in
            let comparison = IdentityComparison(study: study.header.patient, order: identity)
            return comparison.birthDate == .contradicts || comparison.sex == .contradicts
        }
    }

    /// The birth dates and sexes that a patient's orders give, cancelled ones too, each pair once.
    private func identities(inOrdersOf patient: PatientKey, in turn: Turn) throws -> [PatientIdentity] {
        let orders = try turn.tx.orders(ofPatient: patient.patientID).filter { patient.mayBeIssued(by: $0.order.patient.issuer) }
        return Self.distinct(orders.map { PatientIdentity(patientID: "", birthDate: $0.order.patient.birthDate, sex: $0.order.patient.sex) })
    }

    /// A study whose patient cannot be the one that the merge says.
    func heldByMerge(_ study: StudyRecord, in turn: Turn) throws -> Clearance {
        let said = PatientKey(study.header.patient)
        return Clearance(held: .contradiction, Sentence(.mergeContradicts, [.patient(said.patientID), .patient(try turn.tx.current(said).patientID)]))
    }
}
