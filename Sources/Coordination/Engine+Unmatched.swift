import Ledger
import Matching
import Migration

/// Studies without an order: filed as unspecified exams, or held.
extension Engine {
    func unmatchedClearance(
        for study: inout StudyRecord, _ match: Match, _ policy: OutcomePolicy, _ contemporaries: Contemporaries, in turn: Turn
    ) throws -> Clearance {
        let reason = match.reason ?? .noOrder
        let isFiled = try policy == .unspecifiedExam && reason != .contradiction && reason != .namesake && !isOfDoubtfulPatient(study, match, in: turn)
        guard isFiled else { return Clearance(held: reason, match.sentence) }
        if let held = try heldForMedia(study, match, in: turn) ?? heldForPolicy(study, match.outcome, in: turn) ?? heldAsIncomplete(study, in: turn) { return held }
        guard try isPatientConfirmed(study, match, contemporaries, in: turn) else {
            return Clearance(held: .patientUnconfirmed, Sentence(.patientUnconfirmed, [.patient(study.header.patient.patientID)]))
        }
        let identity = try knownIdentity(of: study, match, in: turn)
        if let identity, match.identityOrder == nil {
            let others = try matching.namesakes(of: turn.tx.matchable(study), asTold: identity, contemporaries)
            if !others.isEmpty { return Clearance(held: .namesake, Sentence(namesakes: others)) }
        }
        guard let filed = try filedIdentity(of: study, identity, in: turn) else {
            return Clearance(held: .issuerMissing, Sentence(.issuerMissing))
        }
        guard let plan = try unspecifiedPlan(for: &study, identity: filed, in: turn) else { return Clearance(held: .numbersUsedUp, numbersUsedUp) }
        return Clearance(plan: plan, Sentence(.unspecifiedExam, [.accession(plan.accessionNumber), .text(reason.rawValue)]))
    }

    /// Whether as much of a study agrees with the hospital's patient under whom it would be filed as a match wants. The rule alone wants nothing, and a patient whom
    /// the hospital does not know is nobody's.
    private func isPatientConfirmed(_ study: StudyRecord, _ match: Match, _ contemporaries: Contemporaries, in turn: Turn) throws -> Bool {
        guard matching.weighsEvidence, match.reason != .patientUnconfirmed else { return match.reason != .patientUnconfirmed }
        if match.identityOrder != nil { return true }
        if let told = try turn.tx.told(of: study.header) { return try matching.confirms(turn.tx.matchable(study), as: told, contemporaries) }
        return try study.header.patient.patientID.isBlank || !turn.tx.isKnown(turn.tx.current(PatientKey(study.header.patient)))
    }

    /// Whether a study without an order is nobody's that is known: its number was merged into another one, nobody knows into whose, and is not written into objects
    /// any more; or what the hospital says of the patient contradicts the objects. No policy says what becomes of it.
    func isOfDoubtfulPatient(_ study: StudyRecord, _ match: Match, in turn: Turn) throws -> Bool {
        let said = PatientKey(study.header.patient)
        guard try turn.tx.current(said) != said || turn.tx.fittingMerges(of: said).isEmpty else { return true }
        guard let identity = try knownIdentity(of: study, match, in: turn) else { return false }
        return try IdentityComparison(study: turn.tx.present(study.header).patient, order: identity).contradicts
    }

    /// Who the hospital says that the patient is: by an order, or else by what it told.
    private func knownIdentity(of study: StudyRecord, _ match: Match, in turn: Turn) throws -> PatientIdentity? {
        try match.identityOrder.flatMap { try turn.tx.order($0) }?.order.patient ?? turn.tx.told(of: study.header)
    }
}
