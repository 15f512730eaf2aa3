import Ledger
import LedgerSQLite
import Migration
import Testing

@Suite("What leases and results read and write is what the whole records say")
struct LeaseRecordTests {
    private let ledger: SQLiteLedger

    init() throws { ledger = try SQLiteLedger() }

    private func insertStudy(_ uid: String, in tx: any LedgerTransaction) throws -> StudyRecord {
        try tx.insertStudy(
            StudyHeader(studyInstanceUID: uid, patient: PatientIdentity(patientID: "P1"), studyDate: "20030210", modalities: ["CT"]))
    }

    private func insertPart(of study: StudyID, in tx: any LedgerTransaction) throws -> PartRecord {
        let medium = try tx.medium(label: "A") ?? tx.insertMedium(ExpectedMedium(label: "A", kind: .cd))
        let part = PartRecord(
            id: PartID(0), study: study, medium: medium.id, worker: WorkerID(1), mediumGrant: GrantNumber(1), instanceCount: 3, byteCount: 1,
            wanted: InstanceRanges(upTo: 3))
        return try tx.insertPart(part, instances: [])
    }

    @Test("A lease is its grant without the plan; the grant of a medium is none")
    func lease() throws {
        try ledger.write { tx in
            let plan = SendPlan(coercions: [], patientID: "P1", accessionNumber: "ACC1")
            let positions = InstanceRanges([0, 1, 5])
            try tx.insertGrant(
                GrantRecord(
                    number: GrantNumber(1), subject: .part(PartID(4), positions, plan), worker: WorkerID(2),
                    grantedAt: Instant(milliseconds: 3)))
            try tx.insertGrant(
                GrantRecord(
                    number: GrantNumber(2), subject: .medium(MediumID(1)), worker: WorkerID(2), grantedAt: Instant(milliseconds: 3)))
            let live = LeaseRecord(
                number: GrantNumber(1), part: PartID(4), positions: positions, worker: WorkerID(2), state: .live, answered: nil)
            #expect(try tx.lease(GrantNumber(1)) == live)
            #expect(try tx.lease(GrantNumber(2)) == nil)
            #expect(try tx.lease(GrantNumber(3)) == nil)
            try tx.endGrant(GrantNumber(1), as: .answered, answered: [1, 2, 3])
            #expect(try tx.lease(GrantNumber(1))?.state == .answered)
            #expect(try tx.lease(GrantNumber(1))?.answered == [1, 2, 3])
        }
    }

    @Test("The parts beside a part are those of its study, itself among them")
    func partsBeside() throws {
        try ledger.write { tx in
            let studies = [try insertStudy("1.1", in: tx).id, try insertStudy("1.2", in: tx).id]
            let parts = try [studies[0], studies[1], studies[0]].map { try insertPart(of: $0, in: tx) }
            #expect(try tx.parts(beside: parts[2].id) == [parts[0], parts[2]])
            #expect(try tx.parts(beside: parts[1].id) == [parts[1]])
            #expect(try tx.parts(beside: PartID(99)).isEmpty)
        }
    }

    @Test("A standing is the study's but for the sentence, which stays where a standing without one is written")
    func standing() throws {
        try ledger.write { tx in
            var study = try insertStudy("1.1", in: tx)
            study.progress.state = .exception
            study.progress.attempts = 3
            study.progress.retryAt = Instant(milliseconds: 42)
            study.progress.category = .presentBefore
            study.progress.detail = "differs"
            study.progress.wasGranted = true
            study.progress.doneCount = 2
            study.progress.sentence = Sentence(.retryDue)
            study.holdReason = .uidConflict
            study.plan = SendPlan(coercions: [], patientID: "P1", accessionNumber: "ACC1")
            study.conflicts.hasInstanceConflict = true
            study.conflicts.hasTwoContents = true
            study.size.unreadable = 7
            study.beyond = ["9.9"]
            try tx.updateStudy(study)
            var standing = try #require(try tx.standing(of: study.id))
            var expected = StudyStanding(study)
            expected.progress.sentence = nil
            #expect(standing == expected)
            standing.progress.attempts = 4
            try tx.updateStanding(standing)
            study.progress.attempts = 4
            #expect(try tx.study(study.id) == study)
            standing.progress.sentence = Sentence(.interrupted)
            try tx.updateStanding(standing)
            study.progress.sentence = Sentence(.interrupted)
            #expect(try tx.study(study.id) == study)
            try tx.noteLease(of: study.id, Sentence(.noWork))
            study.progress.state = .leased
            study.progress.sentence = Sentence(.noWork)
            #expect(try tx.study(study.id) == study)
            #expect(try tx.standing(of: StudyID(99)) == nil)
        }
    }

    @Test("Texts of any length are kept whole, while the rows of another query are read too")
    func texts() throws {
        try ledger.write { tx in
            for length in [0, 1, 15, 16, 5000, 16 * 1024, 100_000] {
                var study = try insertStudy("1.\(length)", in: tx)
                study.progress.detail = String(repeating: "ä", count: length / 2) + String(repeating: "b", count: length % 2)
                try tx.updateProgress(study.progress, of: study.id)
                #expect(try tx.study(study.id) == study)
            }
            let digest = [UInt8](repeating: 9, count: 32)
            for number in 0..<3 {
                try tx.insertPiece(number, of: GrantNumber(1), digest: digest, InventoryPieceRecord(studies: [], unreadable: []))
            }
            var study = try #require(try tx.study(uid: "1.0"))
            try tx.forEachPiece(of: GrantNumber(1)) { _ in
                study.progress.detail += "c"
                try tx.updateProgress(study.progress, of: study.id)
            }
            #expect(try tx.study(study.id)?.progress.detail == "ccc")
        }
    }
}
