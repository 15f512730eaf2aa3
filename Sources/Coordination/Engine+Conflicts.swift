import Ledger
import Matching
import Migration

/// What law 12 and the legacy index have against studies.
extension Engine {
    /// What law 12 has against a study, whatever its plan, the gravest first.
    static func conflicts(of study: StudyRecord) -> [Clearance] {
        var conflicts: [Clearance] = []
        if study.conflicts.hasTwoPatients { conflicts.append(Clearance(held: .studyTwoPatients, Sentence(.studyTwoPatients))) }
        if study.conflicts.hasInstanceConflict { conflicts.append(Clearance(held: .uidConflict, Sentence(.uidConflict))) }
        return conflicts
    }

    /// What law 12 has against the accession number of a plan.
    func accessionConflict(of plan: SendPlan, in turn: Turn) throws -> Clearance? {
        guard try isAmbiguous(plan, in: turn) else { return nil }
        return Clearance(held: .accessionTwoPatients, Sentence(.accessionTwoPatients, [.accession(plan.accessionNumber)]))
    }

    /// All that law 12 and the legacy index have against a settled study, the gravest first.
    func conflicts(of study: StudyRecord, in turn: Turn) throws -> [Clearance] {
        try Self.conflicts(of: study) + [study.plan.flatMap { try accessionConflict(of: $0, in: turn) }, legacyDoubt(of: study, in: turn)].compactMap { $0 }
    }

    /// The gravest of it that no person has settled.
    func unsettledConflict(of study: StudyRecord, in turn: Turn) throws -> Clearance? {
        try conflicts(of: study, in: turn).first { conflict in conflict.reason.map { study.decision?.covers($0) != true } ?? true }
    }

    /// Whether the accession number that is to be written is another patient's as well.
    private func isAmbiguous(_ plan: SendPlan, in turn: Turn) throws -> Bool {
        let orders = try turn.tx.orders(accessionNumber: plan.accessionNumber).filter { !$0.order.isCancelled }
        guard orders.issuers.count <= 1 else { return true }
        let own = PatientKey(DeclaredChanges.identity(after: plan.coercions, of: PatientIdentity(patientID: plan.patientID)))
        let present = try turn.tx.current(own).patientID
        let others = try orders.map { PatientKey($0.order.patient) }
            + turn.tx.plannedPatients(accessionNumber: plan.accessionNumber).map { PatientKey(patientID: $0, issuer: own.issuer) }
        return try others.contains { try $0.patientID != own.patientID && turn.tx.current($0).patientID != present }
    }
}
