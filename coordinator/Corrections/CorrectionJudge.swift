import Destinations
import Ledger
import Matching
import Migration

/// Whether a study lies at the destination as it should by now. Pure.
struct CorrectionJudge {
    private let intended: PatientIdentity
    /// What the hospital says otherwise than it was sent.
    private let changed: Set<IdentityElement>

    init(_ row: CorrectionRow) {
        let own = row.study.header.patient
        intended = DeclaredChanges.identity(after: row.correction.intended.coercions, of: own)
        changed = intended.differences(from: DeclaredChanges.identity(after: row.correction.sent.coercions, of: own))
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
