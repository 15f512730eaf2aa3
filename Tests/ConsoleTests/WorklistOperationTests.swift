import Coordination
import Foundation
import Ledger
import LedgerSQLite
import LineServer
import Migration
import Testing

@testable import Console

@Suite("The manual worklist over the operators' API", .timeLimit(.minutes(1)))
struct WorklistOperationTests {
    /// A desk over a ledger with `count` held studies, 1.1 and on, of patients P1 and on.
    private func desk(_ count: Int, tellsOrders: Bool = false) throws -> TestDesk {
        let ledger = try SQLiteLedger()
        try ledger.write { tx in
            for number in 1...count {
                let header = StudyHeader(studyInstanceUID: "1.\(number)", patient: PatientIdentity(patientID: Identifying("P\(number)")), studyDate: "20030210", modalities: ["CT"])
                var study = try tx.insertStudy(header)
                study.holdReason = .patientUnknown
                study.progress.state = .held
                try tx.updateStudy(study)
            }
        }
        return try TestDesk(over: ledger, tellsOrders: tellsOrders)
    }

    private func uids(_ section: ListWorklist.Section, at desk: Desk) async throws -> [String] {
        var list = ListWorklist(section)
        var uids: [String] = []
        repeat {
            let page = try await list.perform(at: desk)
            uids += page.studies.map(\.studyInstanceUID)
            list.after = page.next
        } while list.after != nil
        return uids
    }

    @Test("Each held study stands in one section, over more than one page: requested, waiting or put off")
    func sections() async throws {
        let test = try desk(1100)
        for number in [1050, 7, 900] { try await test.act(.request(.study("1.\(number)"), reason: "x")) }
        try await test.act(.request(.patient(PatientKey(patientID: "P7")), reason: "again"))
        var putOff = SettleStudy(study: "1.3", decision: .postpone)
        putOff.until = Int64.max / 2
        putOff.reason = "x"
        await #expect(throws: OperationError.self) { try await putOff.perform(at: test.desk) }
        putOff.until = SystemClock.reading().milliseconds + 600_000
        _ = try await putOff.perform(at: test.desk.asked(by: "ann"))
        #expect(try await uids(.requested, at: test.desk) == ["1.1050", "1.7", "1.900"])
        #expect(try await uids(.postponed, at: test.desk) == ["1.3"])
        let waiting = try await uids(.waiting, at: test.desk)
        #expect(waiting.count == 1096 && !waiting.contains("1.3") && !waiting.contains("1.7") && waiting.first == "1.1" && waiting.last == "1.1100")
        await test.stop()
    }

    @Test("What passes by itself is nobody's work, requested or not; asked for by its reason it is listed", arguments: HoldReason.allCases.filter(\.passesByItself))
    func passing(reason: HoldReason) async throws {
        let test = try desk(3)
        try test.desk.ledger.write { tx in
            for uid in ["1.1", "1.3"] {
                var study = try #require(try tx.study(uid: uid))
                study.holdReason = reason
                // What a person has decided on is not matched when the engine looks at what waits.
                study.decision = PersonalDecision(by: "ann", kind: .assigned)
                try tx.updateStudy(study)
            }
        }
        try await test.act(.request(.study("1.3"), reason: "x"))
        #expect(try await uids(.requested, at: test.desk).isEmpty)
        #expect(try await uids(.waiting, at: test.desk) == ["1.2"])
        #expect(try await ListWorklist(.requested, reason: reason).perform(at: test.desk).studies.map(\.studyInstanceUID) == ["1.3"])
        #expect(try await ListWorklist(reason: reason).perform(at: test.desk).studies.map(\.studyInstanceUID) == ["1.1"])
        await test.stop()
    }

    @Test("What came up against studies after they were sent is listed, whatever their state, and is counted and complained of")
    func flagged() async throws {
        let test = try desk(3)
        #expect(try await uids(.flagged, at: test.desk).isEmpty)
        let before = try await ShowStatus().perform(at: test.desk)
        #expect(before.flaggedByReason.isEmpty && !before.complaints.contains { $0.contains("--flagged") })
        try test.desk.ledger.write { tx in
            for (uid, state, flags) in [("1.1", StudyState.verified, ["competing-studies", "order-changed"]), ("1.3", .held, ["competing-studies"])] {
                var study = try #require(try tx.study(uid: uid))
                study.progress.state = state
                study.flags = flags
                try tx.updateStudy(study)
            }
        }
        #expect(try await uids(.flagged, at: test.desk) == ["1.1", "1.3"])
        #expect(try await ListWorklist(.flagged, reason: .orderChanged).perform(at: test.desk).studies.map(\.studyInstanceUID) == ["1.1"])
        #expect(try await ListWorklist(.flagged, modality: "MR").perform(at: test.desk).studies.isEmpty)
        let status = try await ShowStatus().perform(at: test.desk)
        #expect(status.flaggedByReason == ["competing-studies": 2, "order-changed": 1])
        #expect(status.complaints.contains("something came up against 2 studies after they were sent or decided on: see match list --flagged"))
        await test.stop()
    }

    @Test("A migration is not finished while corrections, cancels or a review go on by themselves; what was deleted and is not sent again is complained of", arguments: [
        (CorrectionState.awaited, StudyState.verified, false, false), (.open, .verified, true, false), (.approved, .held, false, false),
        (.deleting, .held, false, false), (.sending, .leased, false, false), (.sending, .verified, false, false), (.sending, .held, true, true),
        (.sending, .exception, true, true), (.corrected, .verified, true, false),
    ])
    func finished(state: CorrectionState, study: StudyState, isFinished: Bool, isTold: Bool) async throws {
        let test = try desk(1)
        #expect(try await ShowStatus().perform(at: test.desk).finished)
        try test.desk.ledger.write { tx in
            var record = try #require(try tx.study(uid: "1.1"))
            record.progress.state = study
            try tx.updateStudy(record)
            let plan = SendPlan(coercions: [], patientID: "P1", accessionNumber: "A1")
            let now = SystemClock.reading()
            var correction = CorrectionRecord(
                study: record.id, sent: plan, intended: plan, since: now, state: state, askAt: nil, until: now, sentence: Sentence(.correctionWithdrawn))
            (correction.approvedBy, correction.owed) = ("ann", 1)
            try tx.putCorrection(correction)
        }
        let status = try await ShowStatus().perform(at: test.desk)
        #expect(status.finished == (isFinished && study != .leased))
        #expect(status.complaints.contains { $0.hasPrefix("1 studies were deleted or rejected at the destination and are not sent again, or not wholly") } == isTold)
        await test.stop()
    }

    @Test("A review is work under way; orders that wait to be told are where somebody is told")
    func finishedLater() async throws {
        let (test, telling) = (try desk(1), try desk(1, tellsOrders: true))
        for desk in [test.desk, telling.desk] {
            try desk.ledger.write { tx in
                let order = Order(patient: PatientIdentity(patientID: "P1"), accessionNumber: "UX00000001", examDate: nil, modality: "CT", status: "CA")
                _ = try tx.insertOutbound(OutboundRecord(study: StudyID(1), kind: .cancel, controlID: "UX00000001-2", order: order, madeAt: SystemClock.reading()))
            }
        }
        #expect(try await ShowStatus().perform(at: test.desk).finished)
        #expect(try await !ShowStatus().perform(at: telling.desk).finished)
        try test.desk.ledger.write { try $0.writeSetting("held 0", as: .review) }
        #expect(try await !ShowStatus().perform(at: test.desk).finished)
        for desk in [test, telling] { await desk.stop() }
    }

    @Test("What a decision lacks is named; a day that is none is refused; an unknown study is unknown")
    func refused() async throws {
        let test = try desk(1)
        for (decision, words) in [(SettleStudy.Decision.assign, "accessionNumber"), (.postpone, "until"), (.link, "also"), (.unlink, "also"), (.exclude, "reason")] {
            let error = await #expect(throws: OperationError.self) { try await SettleStudy(study: "1.1", decision: decision).perform(at: test.desk) }
            #expect(error?.code == "bad-value" && error?.message.contains(words) == true)
        }
        let day = await #expect(throws: OperationError.self) { try await ListWorklist(from: "20030230").perform(at: test.desk) }
        #expect(day?.message.contains("20030230") == true)
        #expect(await #expect(throws: OperationError.self) { try await ShowWorklistItem(study: "9").perform(at: test.desk) }?.code == "unknown")
        #expect(await #expect(throws: OperationError.self) { try await ListStudyHistory(study: "9").perform(at: test.desk) }?.code == "unknown")
        await test.stop()
    }

    @Test("A row of the worklist is written as the study with two keys more, and read back")
    func shape() async throws {
        let test = try desk(1)
        _ = try await SettleStudy(study: "1.1", decision: .take).perform(at: test.desk.asked(by: "ann"))
        let row = try #require(try await ListWorklist().perform(at: test.desk).studies.first)
        #expect(row.taken?.by == "ann" && row.postponed == nil && row.reason == "patient-unknown")
        let data = try JSONEncoder().encode(row)
        let keys = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
        #expect(keys["postponed"] is NSNull && keys["studyInstanceUID"] as? String == "1.1")
        #expect(try JSONDecoder().decode(WaitingShape.self, from: data) == row)
        await test.stop()
    }
}
