import Ledger
import Matching
import Migration
import Testing

@testable import Destinations
@testable import coordinator

@Suite("Whether a study lies at the destination as it should, and what may be deleted there")
struct CorrectionJudgeTests {
    private static let objects: Set<String> = ["1.1.1", "1.1.2"]

    private func plan(_ patient: Identifying, issuer: Identifying = "") -> SendPlan {
        let order = Order(
            patient: PatientIdentity(patientID: patient, issuer: issuer, name: "Kim^Chulsoo", birthDate: "19600101"), accessionNumber: "A1", examDate: nil, modality: "CT")
        return SendPlan(coercions: DeclaredChanges.matched(order), patientID: patient, accessionNumber: "A1")
    }

    /// A study that was sent as P1 of HOSP, and is P2's.
    private var judge: CorrectionJudge { judge(nil, intended: plan("P2", issuer: "HOSP")) }

    /// A study that was sent as P1 of HOSP, then as `last`, and is to be `intended`.
    private func judge(_ last: SendPlan?, intended: SendPlan) -> CorrectionJudge {
        let now = Instant(milliseconds: 0)
        let correction = CorrectionRecord(
            study: StudyID(1), sent: plan("P1", issuer: "HOSP"), intended: intended, since: now, state: .deleting, askAt: now, until: now,
            sentence: Sentence(.correctionStaged))
        var study = StudyRecord(id: StudyID(1), header: StudyHeader(studyInstanceUID: "1.1", patient: PatientIdentity(patientID: "P1")))
        study.plan = last
        return CorrectionJudge(CorrectionRow(correction: correction, study: study))
    }

    private func there(_ patients: [(String, String)], objects: [String] = ["1.1.1", "1.1.2"]) -> StudyWhereabouts {
        var listing = StudyListing()
        listing.studies = patients.map { StudyListing.StudyRow(patientID: $0.0, accessionNumber: "A1") }
        listing.instances = objects.map { StudyListing.InstanceRow(sopInstanceUID: $0, seriesInstanceUID: "1.2.3.1", patientID: patients.first?.0, accessionNumber: "A1") }
        let rows = patients.map { StudyWhereabouts.Row(patient: PatientIdentity(patientID: Identifying($0.0), issuer: Identifying($0.1)), accessionNumber: "A1") }
        return StudyWhereabouts(rows: rows, listing: listing)
    }

    @Test("Only what was sent is deleted, and only where it lies under the patient that it was sent as, and nobody else")
    func deletion() {
        func bar(_ patients: [(String, String)], _ objects: [String] = ["1.1.1", "1.1.2"]) -> Bool {
            judge.bar(toDeleting: there(patients, objects: objects), holding: Self.objects) != nil
        }
        #expect(!bar([("P1", "")]))
        #expect(!bar([("P1 ", "HOSP")], ["1.1.2"]))
        #expect(bar([("P1", "LAB")]))
        #expect(bar([("P7", "")]))
        #expect(bar([("P1", ""), ("P7", "")]))
        #expect(bar([("P1", ""), ("P2", "")]))
        #expect(bar([("P1", "")], ["1.1.1", "1.1.2", "1.1.3"]))
        #expect(bar([]))
    }

    @Test("What was sent anew is deleted where it lies as it was sent last or in the first place, and not under both; it is right when all that differs from either is")
    func anew() {
        var last = plan("P2", issuer: "HOSP")
        for index in last.coercions.indices where last.coercions[index].tag == "00100010" { last.coercions[index].value = "Lee^Younghee" }
        let judge = judge(last, intended: plan("P3", issuer: "HOSP"))
        func bar(_ patients: [(String, String)]) -> Bool { judge.bar(toDeleting: there(patients), holding: Self.objects) != nil }
        #expect(!bar([("P1", "")]) && !bar([("P2", "HOSP")]))
        #expect(bar([("P1", ""), ("P2", "")]) && bar([("P3", "")]) && bar([("P2", "LAB")]))
        let expected = ExpectedStudy(
            studyInstanceUID: "1.1", patientID: "P3", accessionNumber: "A1",
            instances: Self.objects.sorted().map { ExpectedStudy.Instance(sopInstanceUID: $0, seriesInstanceUID: "1.2.3.1") })
        // Its rows name nobody: that the name is not the last one's any more must be found.
        #expect(judge.fault(in: there([("P3", "")]), expected: expected) == "1 of the patient's values are not as they are now")
    }

    @Test("What was sent is rejected only where it lies under the patient that it was sent as; others' objects in the study are not, and bar nothing")
    func rejection() {
        func bar(_ patients: [(String, String)], _ objects: [String] = ["1.1.1", "1.1.2"]) -> Bool { judge.bar(toRejecting: there(patients, objects: objects)) != nil }
        #expect(!bar([("P1", "")]))
        #expect(!bar([("P1", "")], ["1.1.1", "1.1.3"]))
        #expect(bar([("P7", "")]) && bar([("P1", ""), ("P2", "")]) && bar([("P1", "LAB")]) && bar([]))
    }

    @Test("It is right only under the present patient, whole, and under nobody else")
    func rightness() {
        let expected = ExpectedStudy(
            studyInstanceUID: "1.1", patientID: "P2", accessionNumber: "A1",
            instances: Self.objects.sorted().map { ExpectedStudy.Instance(sopInstanceUID: $0, seriesInstanceUID: "1.2.3.1") })
        func isRight(_ patients: [(String, String)], _ objects: [String] = ["1.1.1", "1.1.2"]) -> Bool {
            judge.fault(in: there(patients, objects: objects), expected: expected) == nil
        }
        #expect(isRight([("P2", "")]))
        #expect(!isRight([("P1", "")]))
        #expect(!isRight([("P2", ""), ("P1", "")]))
        #expect(!isRight([("P2", "")], ["1.1.1"]))
        #expect(!isRight([], []))
    }
}
