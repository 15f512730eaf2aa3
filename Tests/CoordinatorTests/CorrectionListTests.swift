import Ledger
import Matching
import Migration
import Testing

@testable import Console
@testable import coordinator

@Suite("The list of corrections, by which people approve what is deleted")
struct CorrectionListTests {
    private static func plan(_ patient: Identifying, _ accession: String) -> SendPlan {
        let order = Order(patient: PatientIdentity(patientID: patient, name: "Kim^Chulsoo"), accessionNumber: accession, examDate: nil, modality: "CT")
        return SendPlan(coercions: DeclaredChanges.matched(order), patientID: patient, accessionNumber: accession)
    }

    private func row(first: SendPlan, last: SendPlan, intended: SendPlan) -> CorrectionShape {
        let now = Instant(milliseconds: 0)
        var header = StudyHeader(studyInstanceUID: "1.1", patient: PatientIdentity(patientID: "P1"), studyDate: "20030210", modalities: ["CT", "SR"])
        header.studyDescription = "Chest"
        var study = StudyRecord(id: StudyID(1), header: header)
        study.plan = last
        let correction = CorrectionRecord(
            study: study.id, sent: first, intended: intended, since: now, state: .open, askAt: nil, until: now, sentence: Sentence(.correctionEmpty))
        return CorrectionShape(CorrectionRow(correction: correction, study: study))
    }

    @Test("The exam is named, and the accession numbers by which a decision after sending differs alone")
    func amended() {
        let shape = row(first: Self.plan("P1", "ACC1"), last: Self.plan("P1", "ACC1"), intended: Self.plan("P1", "ACC2"))
        let text = CorrectionsCommand.List.table([shape]).text
        for words in ["20030210 CT/SR Chest", "ACC1 P1 Kim^Chulsoo", "ACC2 P1 Kim^Chulsoo"] { #expect(text.contains(words), "\(words)") }
        #expect(!text.contains("before that") && shape.sentBefore == nil)
    }

    @Test("What was sent anew since is named as both; what is being sent as it should be is not")
    func anew() {
        let shape = row(first: Self.plan("P1", "ACC1"), last: Self.plan("P2", "ACC1"), intended: Self.plan("P3", "ACC1"))
        #expect(CorrectionsCommand.List.table([shape]).text.contains("ACC1 P2 Kim^Chulsoo, before that as ACC1 P1 Kim^Chulsoo"))
        #expect(shape.sentAs.patientID == "P2" && shape.sentBefore?.patientID == "P1" && shape.shouldBe.patientID == "P3")
        let sending = row(first: Self.plan("P1", "ACC1"), last: Self.plan("P3", "ACC1"), intended: Self.plan("P3", "ACC1"))
        #expect(sending.sentAs.patientID == "P1" && sending.sentBefore == nil)
    }
}
