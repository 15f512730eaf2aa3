import Ledger
@testable import LedgerSQLite
import Migration
import Testing

@Suite("Corrections, former names and outdated messages are kept")
struct CorrectionStoreTests {
    private func plan(_ patient: Identifying) -> SendPlan {
        SendPlan(coercions: [Coercion(tag: "00100020", value: patient, rule: .order)], patientID: patient, accessionNumber: "A1")
    }

    @Test("A correction is read back, is due when it is due, and is left out of the list once it came right")
    func corrections() throws {
        let ledger = try SQLiteLedger()
        try ledger.write { tx in
            let study = try tx.insertStudy(StudyHeader(studyInstanceUID: "1.1", patient: PatientIdentity(patientID: "P1")))
            var correction = CorrectionRecord(
                study: study.id, sent: plan("P1"), intended: plan("P2"), since: Instant(milliseconds: 1), state: .awaited, askAt: Instant(milliseconds: 5),
                until: Instant(milliseconds: 9), sentence: Sentence(.correctionAsSent, [.text("there")]))
            correction.approvedBy = "operator"
            correction.listedAt = Instant(milliseconds: 6)
            correction.emptyAt = Instant(milliseconds: 7)
            correction.arrived = [PartID(3): InstanceRanges([0, 1, 5]), PartID(1): InstanceRanges([2])]
            correction.rejection = Rejection(
                former: UIDGeneration(migration: "ab", round: 1), generation: try #require(UIDGeneration(migration: "ab", round: 2)), approvedAt: Instant(milliseconds: 8))
            correction.rejection?.notes = [
                Rejection.Note(uid: "2.25.1", named: [Rejection.NamedPart(part: PartID(3), positions: InstanceRanges([0, 1, 5]))]), Rejection.Note(uid: "2.25.2", named: []),
            ]
            correction.rejections = [try #require(correction.rejection), Rejection(former: nil, generation: try #require(UIDGeneration(migration: "ab", round: 1)), approvedAt: Instant(milliseconds: 1))]
            (correction.owed, correction.round) = (5, 2)
            #expect(try tx.correction(of: study.id) == nil)
            try tx.putCorrection(correction)
            #expect(try tx.correction(of: study.id) == correction)
            #expect(try tx.corrections(dueAt: Instant(milliseconds: 4), limit: 9).isEmpty)
            #expect(try tx.corrections(dueAt: Instant(milliseconds: 5), limit: 9) == [CorrectionRow(correction: correction, study: study)])
            correction.state = .corrected
            correction.askAt = nil
            try tx.putCorrection(correction)
            #expect(try tx.corrections(dueAt: Instant(milliseconds: 5), limit: 9).isEmpty)
            #expect(try tx.corrections(includingCorrected: false, page: Page()).isEmpty)
            #expect(try tx.corrections(includingCorrected: true, page: Page()).map(\.correction) == [correction])
            try tx.removeCorrection(of: study.id)
            #expect(try tx.correction(of: study.id) == nil)
        }
    }

    @Test("Which sending of a study it is, and by what its UIDs became others, is read back and leased")
    func sentAgain() throws {
        try SQLiteLedger().write { tx in
            var study = try tx.insertStudy(StudyHeader(studyInstanceUID: "1.1", patient: PatientIdentity(patientID: "P1")))
            #expect(study.round == 0 && study.uids == nil)
            #expect(try tx.study(study.id) == study)
            study.round = 2
            study.uids = UIDGeneration(migration: "ab", round: 2)
            study.plan = plan("P1")
            try tx.updateStudy(study)
            #expect(try tx.study(study.id) == study)
            let medium = try tx.insertMedium(ExpectedMedium(label: "CD1", kind: .cd))
            var part = try tx.insertPart(
                PartRecord(
                    id: PartID(0), study: study.id, medium: medium.id, worker: WorkerID(1), mediumGrant: GrantNumber(1), instanceCount: 0, byteCount: 0,
                    wanted: InstanceRanges()), instances: [])
            part.queue.isOpen = true
            try tx.updatePart(part)
            let leasable = try #require(try tx.leasableParts(of: WorkerID(1), at: Instant(milliseconds: 1), limit: 1).first)
            #expect(leasable.round == 2 && leasable.uids == study.uids)
        }
    }

    @Test("Each ledger has an identity of its own, which stays")
    func identity() throws {
        let folder = LedgerFolder()
        let first = try SQLiteLedger(path: folder.ledger)
        let identity = try #require(try first.write { try $0.setting(.identity) })
        try first.close()
        #expect(identity.utf8.count == 32 && UIDGeneration(migration: identity, round: 1) != nil)
        #expect(try SQLiteLedger(path: folder.ledger).write { try $0.setting(.identity) } == identity)
        #expect(try SQLiteLedger().write { try $0.setting(.identity) } != identity)
    }

    @Test("Former names are read back, merges are found by their survivor, and an outdated message is new once")
    func patients() throws {
        try SQLiteLedger().write { tx in
            let identity = IdentityRecord(notice: IdentityNotice(key: PatientKey(patientID: "7")), saidAt: nil, formerNames: ["KIM", "李"])
            try tx.putIdentity(identity)
            #expect(try tx.identity(of: PatientKey(patientID: "7")) == identity)
            let merges = ["7", "8"].map { MergeRecord(former: PatientKey(patientID: Identifying($0)), survivor: PatientKey(patientID: "9"), saidAt: nil) }
            for merge in merges.reversed() { try tx.putMerge(merge) }
            #expect(try tx.merges(into: " 9", limit: 9) == merges)
            let order = try tx.insertOrder(Order(patient: PatientIdentity(patientID: "7"), accessionNumber: "A7", examDate: nil, modality: "CT"), saidAt: nil)
            for _ in 0..<2 { try tx.noteNumbers(["P 1^", "F 2^"], of: order.id) }
            #expect(try tx.orders(numbered: "F 2^") == [order])
            #expect(try tx.orders(numbered: "P 2^").isEmpty)
            #expect(try tx.noteOutdated([1, 2]))
            #expect(try !tx.noteOutdated([1, 2]))
            #expect(try tx.noteOutdated([1, 3]))
        }
    }

    @Test("The instances that arrived are those at the positions that are done")
    func arrived() throws {
        let ledger = try SQLiteLedger()
        try ledger.write { tx in
            let study = try tx.insertStudy(StudyHeader(studyInstanceUID: "1.1", patient: PatientIdentity(patientID: "P1")))
            let medium = try tx.insertMedium(ExpectedMedium(label: "CD1", kind: .cd))
            let instances = (1...3).map {
                InstanceRecord(
                    sopInstanceUID: "1.1.\($0)", sopClassUID: "1.2", seriesInstanceUID: "1.1", transferSyntaxUID: "1.2.840.10008.1.2", sha256: String(repeating: "a", count: 64),
                    contentDigest: String(repeating: "b", count: 64),
                    byteCount: 1, path: "")
            }
            var part = try tx.insertPart(
                PartRecord(
                    id: PartID(0), study: study.id, medium: medium.id, worker: WorkerID(1), mediumGrant: GrantNumber(1), instanceCount: 3, byteCount: 3,
                    wanted: InstanceRanges(upTo: 3)), instances: instances)
            #expect(try tx.arrivedInstances(of: study.id).isEmpty)
            part.done = InstanceRanges([0, 2])
            try tx.updatePart(part)
            #expect(try tx.arrivedInstances(of: study.id) == [instances[0], instances[2]])
        }
    }
}
