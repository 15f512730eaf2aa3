import Coordination
import Ledger
import LineProtocol
import Migration
import Testing

@Suite("What was decided otherwise after it was sent, and what happens to the study then")
struct AmendmentTests {
    /// A study that was sent, three of five instances of which were read then; its patient has another exam, of the next day.
    private func sent(_ first: [Order] = [Bench.order("ACC1"), Bench.order("ACC2", date: "20030211")], profile: CorrectionProfile = .await) throws -> (Bench, WorkerID) {
        var configuration = Bench.standard
        configuration.corrections = CorrectionPolicy(profile: profile, every: .minutes(1), wait: .minutes(10))
        var bench = try Bench(configuration)
        bench.expect("A", "B", "C")
        bench.act(.importOrders(first))
        let worker = bench.enrol("gateway1")
        bench.read("A", [Bench.study("1.1")], by: worker)
        bench.read("C", [], by: worker)
        bench.sendAll(worker)
        return (bench, worker)
    }

    private func correction(_ bench: Bench) throws -> CorrectionRecord? {
        try bench.ledger.read { try $0.corrections(includingCorrected: false, page: Page()) }.first?.correction
    }

    // MARK: More of it is read

    @Test("The rest that a person lets follow what was sent leaves the study the order that it was sent under: nobody else gets that, and the other one is free")
    func restFollows() throws {
        var (bench, worker) = try sent()
        bench.act(.assign(studyInstanceUID: "1.1", accessionNumber: "ACC2"))
        bench.read("B", [Bench.study("1.1", instances: 2, from: 4)], by: worker)
        #expect(try bench.study("1.1").holdReason == .patientChanged)
        #expect(bench.refusal(.assign(studyInstanceUID: "1.1", accessionNumber: "ACC1"), by: "ann") == nil)
        let study = try bench.study("1.1")
        #expect(try study.order == bench.number(of: "ACC1") && study.plan?.accessionNumber == "ACC1" && study.decision?.amendment == nil)
        #expect(try correction(bench) == nil)
        bench.sendAll(worker)
        #expect(try bench.study("1.1").progress.state == .verified)
        bench.expect("D")
        bench.read("D", [Bench.study("1.2"), Bench.study("1.3", date: "20030211")], by: worker)
        #expect(try bench.study("1.2").holdReason == .competingStudies)
        #expect(try bench.study("1.3").plan?.accessionNumber == "ACC2")
    }

    @Test("So it is with an order of another patient: no correction comes up that has the one's patient and the other's number")
    func restFollowsOtherPatient() throws {
        var (bench, worker) = try sent([Bench.order("ACC1"), Bench.order("ACC2", patient: "P2", name: "Lee^Younghee", sex: "F")])
        bench.act(.assign(studyInstanceUID: "1.1", accessionNumber: "ACC2"))
        #expect(try correction(bench)?.intended.patientID == "P2")
        bench.read("B", [Bench.study("1.1", instances: 2, from: 4)], by: worker)
        bench.act(.assign(studyInstanceUID: "1.1", accessionNumber: "ACC1"))
        #expect(try correction(bench) == nil)
        #expect(bench.lease(worker).items.map(\.expected) == [ExpectedStudy(patientID: "P1", accessionNumber: "ACC1")])
    }

    @Test("So it is with an unspecified exam, whose order came later, and with an exam that was to be unspecified")
    func restFollowsUnspecified() throws {
        var (bench, worker) = try sent([Bench.order("ACC2", date: "20030211")])
        #expect(try bench.study("1.1").plan?.accessionNumber == "UX00000001")
        bench.act(.assign(studyInstanceUID: "1.1", accessionNumber: "ACC2"))
        bench.read("B", [Bench.study("1.1", instances: 2, from: 4)], by: worker)
        #expect(bench.refusal(.fileAsUnspecified(studyInstanceUID: "1.1"), by: "ann") == nil)
        #expect(try bench.study("1.1").order == nil && correction(bench) == nil)
        bench.sendAll(worker)
        #expect(try bench.study("1.1").progress.state == .verified)

        var (other, second) = try sent()
        other.act(.fileAsUnspecified(studyInstanceUID: "1.1"))
        other.read("B", [Bench.study("1.1", instances: 2, from: 4)], by: second)
        #expect(other.refusal(.assign(studyInstanceUID: "1.1", accessionNumber: "ACC1"), by: "ann") == nil)
        #expect(try other.study("1.1").order == other.number(of: "ACC1") && correction(other) == nil)
    }

    // MARK: While it is corrected

    @Test("An accession number of two patients holds no correction of a study for which a person named the patient, decided before or after it was sent", arguments: [false, true])
    func namedPatient(isAmended: Bool) throws {
        var configuration = Bench.standard
        configuration.corrections = CorrectionPolicy(profile: .deleteAndSendAgain, every: .minutes(1), wait: .minutes(10))
        var bench = try Bench(configuration)
        bench.expect("A")
        bench.act(.importOrders([Bench.order("ACC1"), Bench.order("ACC1", patient: "P2", date: "19990101"), Bench.order("ACC2")]))
        let worker = bench.enrol("gateway1")
        bench.read("A", [Bench.study("1.1")], by: worker)
        #expect(try bench.study("1.1").holdReason == .severalOrders)
        let named = OperatorAction.assign(studyInstanceUID: "1.1", accessionNumber: "ACC1", use: OrderUse(patient: PatientKey(patientID: "P1")))
        let plain = OperatorAction.assign(studyInstanceUID: "1.1", accessionNumber: "ACC2")
        bench.act(isAmended ? plain : named)
        bench.sendAll(worker)
        if isAmended {
            #expect(bench.refusal(named, by: "ann") == nil)
        } else {
            let notice = HospitalNotice.identity(IdentityNotice(key: PatientKey(patientID: "P1"), name: .value("Kim^Younghee")))
            _ = bench.process(.message(HospitalMessage(sender: "ADT", saidAt: bench.now, notices: [notice])))
        }
        #expect(try correction(bench)?.intended.accessionNumber == "ACC1")
        #expect(bench.refusal(.approveCorrection(studyInstanceUID: "1.1"), by: "ann") == nil)
    }

    /// P1's study was acknowledged and not verified, P1 became P2, and the destination has the study already: an exception that a person assigned to ACC2, and that
    /// the destination had already once more.
    private func decidedWhileSending() throws -> (CorrectionTests.Scene, first: SendPlan) {
        var scene = try CorrectionTests.Scene(.deleteAndSendAgain)
        scene.bench.act(.importOrders([Bench.order("A2", date: "20030211")]))
        let item = try #require(scene.bench.lease(scene.worker).items.first)
        _ = scene.bench.report(ResultItem(grant: item.grant, verdicts: [VerdictGroup(instances: item.instances, verdict: .acknowledged)]), scene.worker)
        let first = try #require(try scene.bench.study("1.1").plan)
        scene.merge()
        try presentBefore(&scene)
        #expect(scene.bench.refusal(.assign(studyInstanceUID: "1.1", accessionNumber: "A2"), by: "ann") == nil)
        try presentBefore(&scene)
        return (scene, first)
    }

    private func presentBefore(_ scene: inout CorrectionTests.Scene) throws {
        scene.bench.pass(.seconds(100), beating: [scene.worker: []])
        scene.bench.fail(try #require(scene.bench.lease(scene.worker).items.first), .presentBefore, scene.worker)
        #expect(try scene.bench.study("1.1").progress.state == .exception && scene.correction()?.state == .sending)
    }

    @Test("What a person decides while a study is being sent again is what its correction asks for, and what is sent once it was deleted")
    func decidedAnew() throws {
        var (scene, first) = try decidedWhileSending()
        let correction = try #require(try scene.correction())
        #expect(correction.sent == first && correction.intended.accessionNumber == "A2" && correction.intended.patientID == "P2")
        scene.bench.act(.approveCorrection(studyInstanceUID: "1.1"))
        try scene.find(.asSent("as it was"))
        #expect(try scene.correction()?.state == .deleting)
        try scene.findNothing()
        let item = try #require(scene.bench.lease(scene.worker).items.first)
        #expect(item.expected.accessionNumber == "A2")
        scene.bench.verify(item, scene.worker)
        try scene.find(.asIntended)
        #expect(try scene.correction()?.state == .corrected && scene.bench.study("1.1").plan?.accessionNumber == "A2")
    }

    @Test("The rest that a person lets follow while the study is sent as decided has the order of that decision, and the former one is free once it came right",
        arguments: ["P1", "P2"], [true, false])
    func restFollowsAgain(patient: String, isUnspecified: Bool) throws {
        var (bench, worker) = try sent([Bench.order("ACC1"), Bench.order("ACC2", patient: patient, date: "20030211")], profile: .deleteAndSendAgain)
        let decision = isUnspecified ? OperatorAction.fileAsUnspecified(studyInstanceUID: "1.1") : .assign(studyInstanceUID: "1.1", accessionNumber: "ACC2")
        #expect(bench.refusal(decision, by: "ann") == nil)
        let intended = try #require(try correction(bench)?.intended)
        bench.act(.approveCorrection(studyInstanceUID: "1.1", isContradicting: true))
        bench.read("A", [Bench.study("1.1")], by: worker)
        for finding in [CorrectionReport.Finding.asSent("as it was"), .nothingThere, .nothingThere] {
            let known = try #require(try correction(bench))
            _ = bench.process(.correction(CorrectionReport(on: known, finding)))
            bench.now = bench.now + .minutes(1)
        }
        let item = try #require(bench.lease(worker).items.first)
        bench.read("B", [Bench.study("1.1", instances: 1, content: "another")], by: worker)
        let verdicts = [VerdictGroup(instances: InstanceRanges([0]), verdict: .verified), VerdictGroup(instances: InstanceRanges([1, 2]), verdict: .failed(.destinationUnreachable))]
        _ = bench.report(ResultItem(grant: item.grant, verdicts: verdicts), worker)
        #expect(try bench.study("1.1").holdReason == .uidConflict && bench.study("1.1").plan == intended)
        #expect(bench.refusal(decision, by: "ann") == nil)
        #expect(try bench.study("1.1").order == (isUnspecified ? nil : bench.number(of: "ACC2")) && bench.study("1.1").plan == intended)
        #expect(try correction(bench)?.state == .sending && correction(bench)?.intended == intended)
        bench.pass(.minutes(5), beating: [worker: []])
        bench.sendAll(worker)
        bench.expect("D")
        bench.read("D", [Bench.study("1.2"), Bench.study("1.3", patient: patient, date: "20030211")], by: worker)
        #expect(try bench.study("1.3").plan?.accessionNumber == (isUnspecified ? "ACC2" : nil))
        let known = try #require(try correction(bench))
        _ = bench.process(.correction(CorrectionReport(on: known, .asIntended)))
        #expect(try correction(bench) == nil && bench.study("1.1").decision?.amendment == nil)
        #expect(try bench.study("1.2").plan?.accessionNumber == "ACC1")
    }

    @Test("A correction that asks for something else than what is decided is not approved, and what is sent again is what is decided")
    func staleCorrection() throws {
        var (scene, first) = try decidedWhileSending()
        let known = try #require(try scene.correction())
        var stale = known
        stale.intended = first
        try scene.bench.ledger.write { try $0.putCorrection(stale) }
        #expect(scene.bench.refusal(.approveCorrection(studyInstanceUID: "1.1"), by: "ann")?.message.contains("decided otherwise since") == true)
        try scene.bench.ledger.write { try $0.putCorrection(known) }
        #expect(scene.bench.refusal(.approveCorrection(studyInstanceUID: "1.1"), by: "ann") == nil)
        try scene.find(.asSent("as it was"))
        stale = try #require(try scene.correction())
        stale.intended = first
        try scene.bench.ledger.write { try $0.putCorrection(stale) }
        try scene.find(.deletable)
        #expect(try scene.events(.correctionDeleting) == 0 && scene.correction()?.state == .approved)
        try scene.findNothing()
        #expect(scene.bench.lease(scene.worker).items.map(\.expected.accessionNumber) == ["A2"])
    }
}

extension Bench {
    /// The number of the order with this accession number.
    func number(of accession: String) throws -> OrderID? { try ledger.read { try $0.orders(accessionNumber: accession) }.first?.id }
}
