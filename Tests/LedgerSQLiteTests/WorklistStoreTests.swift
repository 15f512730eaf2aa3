import Ledger
import LedgerSQLite
import Migration
import Testing

@Suite("What persons do on the manual worklist is kept, and held studies are found by reason, modality and day")
struct WorklistStoreTests {
    private let ledger: SQLiteLedger
    private let moment = Instant(milliseconds: 1_795_428_900_000)

    init() throws { ledger = try SQLiteLedger() }

    private func insert(_ uid: String, _ reason: HoldReason?, day: String = "20030210", modalities: [String] = ["CT"], in tx: any LedgerTransaction) throws -> StudyID {
        let header = StudyHeader(studyInstanceUID: uid, patient: PatientIdentity(patientID: "7"), studyDate: day, modalities: modalities)
        var study = try tx.insertStudy(header)
        study.holdReason = reason
        study.progress.state = reason == nil ? .ready : .held
        try tx.updateStudy(study)
        return study.id
    }

    @Test("Who took a study and until when it is put off are read back, replaced and taken away")
    func readBack() throws {
        try ledger.write { tx in
            let study = try insert("1.1", .severalOrders, in: tx)
            #expect(try tx.take(of: study) == nil && tx.postponement(of: study) == nil)
            try tx.putTake(TakeRecord(study: study, by: "ann", at: moment, until: moment + .minutes(1)))
            let take = TakeRecord(study: study, by: "bob", at: moment, until: moment + .minutes(2))
            try tx.putTake(take)
            #expect(try tx.take(of: study) == take)
            try tx.removeTake(of: study)
            #expect(try tx.take(of: study) == nil)
            let postponement = PostponementRecord(study: study, by: "ann", at: moment, until: moment + .minutes(5), reason: "Frau Müller")
            try tx.putPostponement(postponement)
            #expect(try tx.postponement(of: study) == postponement)
            #expect(try tx.postponementsToEnd(at: moment + .minutes(4), limit: 9).isEmpty)
            #expect(try tx.postponementsToEnd(at: moment + .minutes(5), limit: 9) == [postponement])
            try tx.removePostponement(of: study)
            #expect(try tx.postponement(of: study) == nil)
        }
    }

    @Test("The orders that a study serves are found from it and from them, and stand in its row")
    func served() throws {
        try ledger.write { tx in
            let study = try insert("1.1", nil, in: tx)
            let orders = try ["A2", "A1"].map { try tx.insertOrder(Order(patient: PatientIdentity(patientID: "7"), accessionNumber: $0, examDate: nil, modality: "CT"), saidAt: nil) }
            try tx.putServedOrders(orders.map(\.id), of: study)
            #expect(try tx.servedOrders(of: study) == orders.map(\.id) && tx.studies(serving: orders[1].id) == [study])
            #expect(try tx.studyRow(uid: "1.1")?.served == ["A2", "A1"])
            try tx.putServedOrders([orders[1].id], of: study)
            #expect(try tx.studies(serving: orders[0].id).isEmpty && tx.studyRow(uid: "1.1")?.served == ["A1"])
        }
    }

    @Test("Studies that were sent otherwise than was decided since are found by the accession number that they were sent under")
    func amended() throws {
        try ledger.write { tx in
            let ids = try ["1.1", "1.2"].map { try insert($0, nil, in: tx) }
            let plan = SendPlan(coercions: [], patientID: "7", accessionNumber: "A1")
            for (id, amendment) in [(ids[0], PersonalDecision.Amendment(plan: plan, former: OrderID(4))), (ids[1], nil)] {
                var study = try #require(try tx.study(id))
                study.plan = plan
                study.decision = PersonalDecision(by: "ann", kind: .assigned, at: moment, reason: "Frau Müller")
                study.decision?.amendment = amendment
                try tx.updateStudy(study)
                #expect(try tx.study(id) == study)
            }
            #expect(try tx.amendedStudies(sentUnder: "A1").map(\.id) == [ids[0]] && tx.amendedStudies(sentUnder: "A2").isEmpty)
        }
    }

    @Test("Held studies are listed by reason, modality and day, page by page; what is put off is listed apart until its time has come")
    func lists() throws {
        try ledger.write { tx in
            _ = try insert("1.1", .severalOrders, in: tx)
            _ = try insert("1.2", .contradiction, day: "2003.03.01", modalities: ["CR", "CT"], in: tx)
            _ = try insert("1.3", nil, in: tx)
            let putOff = try insert("1.4", .severalOrders, day: "", modalities: ["CTX"], in: tx)
            func uids(_ filter: WaitingFilter, at now: Instant? = nil, after: StudyID? = nil, limit: Int = 9) throws -> [String] {
                try tx.waitingStudies(filter, at: now ?? moment, page: Page(after: after, limit: limit)).map(\.study.header.studyInstanceUID)
            }
            #expect(try uids(WaitingFilter()) == ["1.1", "1.2", "1.4"])
            #expect(try uids(WaitingFilter(), after: StudyID(1), limit: 1) == ["1.2"])
            #expect(try uids(WaitingFilter(reason: .severalOrders)) == ["1.1", "1.4"])
            #expect(try uids(WaitingFilter(modality: "CT")) == ["1.1", "1.2"])
            #expect(try uids(WaitingFilter(first: CalendarDate("20030301"))) == ["1.2"])
            #expect(try uids(WaitingFilter(last: CalendarDate("20030228"))) == ["1.1"])
            try tx.putPostponement(PostponementRecord(study: putOff, by: "ann", at: moment, until: moment + .minutes(5), reason: "x"))
            #expect(try uids(WaitingFilter()) == ["1.1", "1.2"])
            #expect(try tx.postponedStudies(WaitingFilter(), at: moment, page: Page()).map(\.study.id) == [putOff])
            #expect(try tx.postponedStudies(WaitingFilter(reason: .contradiction), at: moment, page: Page()).isEmpty)
            #expect(try uids(WaitingFilter(), at: moment + .minutes(5)) == ["1.1", "1.2", "1.4"])
            #expect(try tx.postponedStudies(WaitingFilter(), at: moment + .minutes(5), page: Page()).isEmpty)
        }
    }
}
