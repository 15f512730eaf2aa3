import Destinations
import Ledger
import Matching
import Migration

/// Whether a study lies at the destination as it should by now. Pure.
struct CorrectionJudge {
    /// As whose it was sent: in the first place, and last.
    private let sent: [PatientIdentity]
    private let intended: PatientIdentity
    /// What the hospital says otherwise than it was sent.
    private let changed: Set<IdentityElement>

    init(_ row: CorrectionRow) {
        let own = row.study.header.patient
        let intended = DeclaredChanges.identity(after: row.correction.intended.coercions, of: own)
        let plans = [row.correction.sent] + (row.study.plan.map { [$0] } ?? [])
        let sent = plans.map { DeclaredChanges.identity(after: $0.coercions, of: own) }
        self.intended = intended
        self.sent = sent
        changed = sent.reduce(into: []) { $0.formUnion(intended.differences(from: $1)) }
    }

    /// Why nothing of the study is deleted, without patient data; nil: all that lies there is what was sent to it, under the patient that it was sent as.
    func bar(toDeleting there: StudyWhereabouts, holding ours: Set<String>) -> String? {
        let strange = there.strangers(besides: ours)
        if strange > 0 { return "the destination has \(strange) objects in the study that were not sent to it: a person moves or deletes them there" }
        return bar(toRejecting: there)
    }

    /// Why nothing of the study is rejected, without patient data; nil: what lies there lies under the patient that it was sent as.
    func bar(toRejecting there: StudyWhereabouts) -> String? {
        if there.rows.isEmpty { return "the destination has objects of the study, and does not say whose" }
        let others = there.rows.count { !isSent($0.patient) }
        let patients = Set(there.rows.map(\.patient.patientID.trimmed)).count
        if others == 0, patients > 1 { return "the destination has the study under \(patients) patients as whose it was sent: a person deletes it under all but one of them" }
        guard others > 0 else { return nil }
        return "the destination has the study under \(others) patients besides the one that it was sent as: a person sees whose it is there"
    }

    private func isSent(_ patient: PatientIdentity) -> Bool {
        sent.contains { sent in
            let isIssuer = patient.issuer.isBlank || sent.issuer.isBlank || patient.issuer.trimmed == sent.issuer.trimmed
            return patient.patientID.trimmed == sent.patientID.trimmed && isIssuer
        }
    }

    /// Why it does not, without patient data; nil: it does. What changed must be found as it is now: an empty answer proves nothing.
    func fault(in there: StudyWhereabouts, expected: Destinations.ExpectedStudy) -> String? {
        let report = there.report(on: expected)
        if !report.underOtherPatient.isEmpty { return "\(report.underOtherPatient.count) instances lie under another patient" }
        if !report.missing.isEmpty { return "\(report.missing.count) of \(expected.instances.count) instances are not listed" }
        if !report.wrongSeries.isEmpty { return "\(report.wrongSeries.count) instances lie in another series" }
        if !report.wrongAccession.isEmpty { return "\(report.wrongAccession.count) instances lie under another accession number" }
        for row in there.rows {
            if row.patient.patientID.trimmed != expected.patientID.trimmed { return "the study lies under another patient as well" }
            let others = changed.filter { !isConfirmed($0, by: row.patient) }
            if !others.isEmpty { return "\(others.count) of the patient's values are not as they are now" }
        }
        return there.rows.isEmpty ? "the study is not listed" : nil
    }

    private func isConfirmed(_ element: IdentityElement, by patient: PatientIdentity) -> Bool {
        let comparison = IdentityComparison(study: patient, order: intended)
        return switch element {
        case .patientID: patient.patientID.trimmed == intended.patientID.trimmed
        case .issuer: patient.issuer.trimmed == intended.issuer.trimmed
        case .name: comparison.name == .agrees
        case .birthDate: comparison.birthDate == .agrees
        case .sex: patient.sex.trimmed == intended.sex.trimmed
        }
    }
}
