import Coordination
import Ledger
import LineProtocol
import Migration
import Testing

/// What a correction must not do: put images under a stranger, or delete what is not at hand.
@Suite("Corrections harm nobody")
struct CorrectionSafetyTests {
    private typealias Scene = CorrectionTests.Scene

    private func code(_ answer: Answer) -> ActionError.Code? { if case .refused(let error) = answer { error.code } else { nil } }

    private func lists(_ scene: inout Scene) throws { try scene.find(.asSent("as it was")) }

    /// P1's study is sent, P1 merged into P2, and the correction approved.
    private func approved(gathered: Bool = true) throws -> Scene {
        var scene = try Scene(.deleteAndSendAgain)
        scene.bench.sendAll(scene.worker)
        scene.merge()
        scene.bench.act(.approveCorrection(studyInstanceUID: "1.1"))
        if gathered { scene.bench.read("CD1", [Bench.study("1.1")], by: scene.worker) }
        return scene
    }

    // MARK: What contradicts

    @Test("A merge that contradicts the objects is followed by no study, whether or not a lease of it was tried", arguments: ["untried", "failed", "expired", "decided"])
    func contradiction(after past: String) throws {
        var scene = try Scene()
        switch past {
        case "failed": scene.bench.fail(try #require(scene.bench.lease(scene.worker).items.first), .destinationRefused, scene.worker)
        case "expired":
            _ = scene.bench.lease(scene.worker)
            scene.bench.pass(.seconds(32), beating: [scene.worker: []])
        case "decided":
            scene.bench.expect("CD2")
            scene.bench.read("CD2", [Bench.study("1.2")], by: scene.worker)
            scene.bench.act(.assign(studyInstanceUID: "1.1", accessionNumber: "A1"))
        default: break
        }
        scene.merge(name: "Kim^Chulsoo", birthDate: "19800505")
        #expect(try scene.bench.study("1.1").holdReason == .contradiction)
        #expect(try scene.bench.study("1.1").progress.state == .held)
        scene.bench.pass(.seconds(120), beating: [scene.worker: []])
        #expect(scene.bench.lease(scene.worker).items.allSatisfy { $0.studyInstanceUID != "1.1" })
        // The hospital takes it back.
        scene.merge("P2", into: "P1", name: "Kim^Chulsoo", birthDate: "19600101")
        #expect(try scene.bench.study("1.1").holdReason != .contradiction)
        #expect(try scene.bench.study("1.1").plan?.patientID == "P1")
        scene.bench.pass(.seconds(120), beating: [scene.worker: []])
        #expect(scene.bench.lease(scene.worker).items.first { $0.studyInstanceUID == "1.1" }?.expected.patientID == "P1")
    }

    @Test("What was deleted and is being sent again does not follow a merge that contradicts either")
    func contradictionWhileSending() throws {
        var scene = try approved()
        try lists(&scene)
        try scene.findNothing()
        #expect(try scene.correction()?.state == .sending)
        scene.merge("P2", into: "P3", birthDate: "19800505")
        #expect(try scene.bench.study("1.1").holdReason == .contradiction)
        #expect(scene.bench.lease(scene.worker).items.isEmpty)
        #expect(try scene.correction()?.intended.patientID == "P2")
    }

    @Test("Nothing that contradicts is approved unawares; the rest of what the destination merged by itself waits for a person")
    func contradictionWhenSent() throws {
        var scene = try Scene(.deleteAndSendAgain)
        scene.bench.sendAll(scene.worker)
        scene.merge(birthDate: "19800505")
        #expect(code(scene.bench.act(.approveCorrection(studyInstanceUID: "1.1"))) == .notNow)
        #expect(try scene.correction()?.state == .awaited)
        scene.bench.expect("CD2")
        scene.bench.read("CD2", [Bench.study("1.1", instances: 2, from: 4)], by: scene.worker)
        try scene.find(.asIntended)
        #expect(try scene.bench.study("1.1").holdReason == .contradiction)
        #expect(scene.bench.lease(scene.worker).items.isEmpty)
        scene.rename("P9", to: "Somebody^Else")
        scene.bench.act(.importOrders([Bench.order("A7", date: "20090909")]))
        #expect(try scene.bench.study("1.1").holdReason == .contradiction)
        scene.bench.act(.assign(studyInstanceUID: "1.1", accessionNumber: "A1"))
        #expect(scene.bench.lease(scene.worker).items.first?.expected.patientID == "P2")
        var known = try Scene(.deleteAndSendAgain)
        known.bench.sendAll(known.worker)
        known.merge(birthDate: "19800505")
        #expect(code(known.bench.act(.approveCorrection(studyInstanceUID: "1.1", isContradicting: true))) == nil)
        #expect(try known.correction()?.state == .approved)
    }

    @Test("What was approved does not become another patient's whom its objects contradict")
    func contradictionAfterApproval() throws {
        var scene = try approved()
        try lists(&scene)
        #expect(try scene.correction()?.state == .deleting)
        scene.merge("P2", into: "P3", birthDate: "19800505")
        #expect(try scene.correction()?.intended.patientID == "P2")
        try scene.find(.deletable)
        #expect(try scene.correction()?.state == .approved)
        #expect(try scene.events(.correctionDeleting) == 0)
    }

    @Test("A merge whose message gives no birth date is held where the orders of both give different ones", arguments: [false, true])
    func silentMerge(isTried: Bool) throws {
        var scene = try Scene()
        scene.bench.act(.importOrders([Bench.order("B1", patient: "P2", name: "Lee^Younghee", birthDate: "19800505", sex: "F", date: "20010101")]))
        if isTried { scene.bench.fail(try #require(scene.bench.lease(scene.worker).items.first), .destinationRefused, scene.worker) }
        scene.merge()
        #expect(try scene.bench.study("1.1").holdReason == .contradiction)
        scene.bench.pass(.seconds(30), beating: [scene.worker: []])
        #expect(scene.bench.lease(scene.worker).items.isEmpty)
    }

    @Test("A name that was taken back says nothing: without a birth date it confirms nobody")
    func formerName() throws {
        var configuration = Bench.standard
        configuration.policies = Policies(patientLevelFailed: .hold)
        var bench = try Bench(configuration)
        bench.expect("CD1", "CD2")
        bench.act(.importOrders([Bench.order("A1")]))
        let key = PatientKey(patientID: "P1")
        for (minute, name) in ["Lee^Younghee", "Kim^Chulsoo"].enumerated() {
            let notice = HospitalNotice.identity(IdentityNotice(key: key, name: .value(Identifying(name))))
            _ = bench.process(.message(HospitalMessage(sender: "ADT", saidAt: bench.now + .minutes(Int64(minute)), notices: [notice])))
        }
        let worker = bench.enrol("gateway1")
        bench.read("CD1", [Bench.study("1.1", name: "Lee^Younghee", birthDate: "")], by: worker)
        #expect(try bench.study("1.1").isCorroborated == false)
        #expect(try bench.study("1.1").holdReason == .waitingForMedia)
    }

    // MARK: What holds a study otherwise

    @Test("A study of two patients is not approved, and one that becomes so later is neither deleted nor sent under one of them")
    func twoPatients() throws {
        var scene = try Scene(.deleteAndSendAgain)
        scene.bench.sendAll(scene.worker)
        scene.merge()
        scene.bench.expect("CD2")
        scene.bench.read("CD2", [Bench.study("1.1", patient: "P9", name: "Park^Minsu", birthDate: "19700101", instances: 2, from: 4)], by: scene.worker)
        #expect(try scene.bench.study("1.1").holdReason == .studyTwoPatients)
        #expect(code(scene.bench.act(.approveCorrection(studyInstanceUID: "1.1"))) == .notNow)
        #expect(try scene.bench.study("1.1").holdReason == .studyTwoPatients)

        var late = try approved()
        try lists(&late)
        late.bench.expect("CD2")
        late.bench.read("CD2", [Bench.study("1.1", patient: "P9", name: "Park^Minsu", birthDate: "19700101", instances: 2, from: 4)], by: late.worker)
        try late.find(.deletable)
        #expect(try late.correction()?.state == .approved)
        #expect(try late.events(.correctionDeleting) == 0)
        try late.findNothing()
        #expect(try late.bench.study("1.1").holdReason == .studyTwoPatients)
        #expect(late.bench.lease(late.worker).items.isEmpty)
    }

    // MARK: What must be at hand

    @Test("Before it is deleted the engine is asked, and permits it only while all of it is in custody")
    func lostWhileDeleting() throws {
        var scene = try approved()
        try lists(&scene)
        #expect(try scene.correction()?.state == .deleting)
        try scene.find(.deletable)
        #expect(try scene.events(.correctionDeleting) == 1)
        // Another spool: what was in the former one is gone.
        _ = scene.bench.hello(scene.worker, spool: "another")
        #expect(try scene.correction()?.state == .approved)
        #expect(try scene.bench.medium("CD1").state == .expected)
        try scene.find(.deletable)
        #expect(try scene.events(.correctionDeleting) == 1)
        scene.bench.read("CD1", [Bench.study("1.1")], by: scene.worker)
        try lists(&scene)
        try scene.find(.deletable)
        #expect(try scene.events(.correctionDeleting) == 2)
    }

    @Test("What is to be deleted stays in custody when the spool is full", arguments: [false, true])
    func noEviction(isStaged: Bool) throws {
        var scene = try approved()
        if isStaged { try lists(&scene) }
        let full = BeatRequest(grants: [], drives: [], spoolBytes: 1 << 30, spoolLimit: 1 << 30, paused: Sentence(.spoolFull))
        for _ in 0..<20 {
            scene.bench.tick(after: .seconds(5))
            _ = scene.bench.say(.beat(full), scene.worker)
        }
        let study = try scene.bench.study("1.1")
        #expect(try scene.bench.ledger.write { try $0.parts(of: study.id) }.contains { $0.custody == .held })
        if !isStaged { try lists(&scene) }
        try scene.find(.deletable)
        #expect(try scene.events(.correctionDeleting) == 1)
    }

    @Test("A coordinator that was started anew goes on at each state, and one whose ledger was put back reads everything again first")
    func restarts() throws {
        var scene = try approved()
        scene.bench.restart()
        try lists(&scene)
        #expect(try scene.correction()?.state == .deleting)
        scene.bench.restart()
        try scene.find(.deletable)
        #expect(try scene.events(.correctionDeleting) == 1)
        let (configuration, now) = (scene.bench.configuration, scene.bench.now)
        try scene.bench.ledger.write { try Restoration.enter(in: $0, numbers: [:], lastEventAt: nil, configuration: configuration, now: now) }
        scene.bench.restart()
        try scene.find(.deletable)
        #expect(try scene.correction()?.state == .approved)
        scene.bench.pass(.seconds(200), beating: [scene.worker: []])
        try lists(&scene)
        #expect(try scene.correction()?.state == .approved)
        #expect(try scene.bench.medium("CD1").state == .expected)
        scene.bench.read("CD1", [Bench.study("1.1")], by: scene.worker)
        try lists(&scene)
        #expect(try scene.correction()?.state == .deleting)
        try scene.findNothing()
        #expect(try scene.correction()?.state == .sending)
        scene.bench.restart()
        #expect(scene.bench.lease(scene.worker).items.first?.expected.patientID == "P2")
    }

    // MARK: What the destination says

    @Test("One empty answer is no deletion, nor are two of a destination that did not list the study since it was approved")
    func emptyAnswers() throws {
        var scene = try approved()
        try scene.findNothing()
        try scene.findNothing()
        #expect(try scene.correction()?.state == .approved)
        try lists(&scene)
        #expect(try scene.correction()?.state == .deleting)
        try scene.find(.nothingThere)
        try scene.find(.nothingThere)
        #expect(try scene.correction()?.state == .deleting)
        try scene.find(.notDeleted("the destination lists it still"))
        scene.bench.now = scene.bench.now + .minutes(1)
        try scene.find(.nothingThere)
        #expect(try scene.correction()?.state == .deleting)
        scene.bench.now = scene.bench.now + .minutes(1)
        try scene.find(.nothingThere)
        #expect(try scene.correction()?.state == .sending)
    }

    @Test("What was sent again and lies under another patient as well stays on the list until it is right")
    func openAfterSending() throws {
        var scene = try approved()
        try lists(&scene)
        try scene.findNothing()
        scene.bench.sendAll(scene.worker)
        scene.bench.now = scene.bench.now + .minutes(10)
        try scene.find(.asSent("the study lies under another patient as well"))
        #expect(try scene.correction()?.state == .open)
        scene.bench.act(.importOrders([Bench.order("A5", patient: "P2", date: "20100101")]))
        scene.merge()
        #expect(try scene.correction()?.state == .open)
        scene.bench.act(.awaitCorrection(studyInstanceUID: "1.1"))
        #expect(try scene.correction()?.state == .awaited)
        try scene.find(.asIntended)
        #expect(try scene.correction()?.state == .corrected)
        #expect(try scene.correction()?.approvedBy == "operator")
    }

    @Test("What was sent again and may lie under the former patient as well stays on the list, though the hospital or a person says something else and takes that back", arguments: [false, true])
    func openAfterAnotherWord(byPerson: Bool) throws {
        var scene = try approved()
        try lists(&scene)
        try scene.findNothing()
        scene.bench.sendAll(scene.worker)
        scene.bench.now = scene.bench.now + .minutes(10)
        try scene.find(.asSent("the study lies under another patient as well"))
        #expect(try scene.correction()?.state == .open)
        if byPerson {
            scene.bench.act(.importOrders([Bench.order("A5", patient: "P2", name: "Lee^Younghee", date: "20100101")]))
            #expect(scene.bench.refusal(.assign(studyInstanceUID: "1.1", accessionNumber: "A5"), by: "ann") == nil)
            #expect(try scene.correction()?.intended.accessionNumber == "A5")
            #expect(scene.bench.refusal(.assign(studyInstanceUID: "1.1", accessionNumber: "A1"), by: "ann") == nil)
        } else {
            scene.merge("P2", into: "P3")
            #expect(try scene.correction()?.intended.patientID == "P3" && scene.correction()?.sent.patientID == "P1")
            scene.merge("P3", into: "P2")
        }
        let correction = try #require(try scene.correction())
        #expect(correction.sent.patientID == "P1" && correction.intended.patientID == "P2" && correction.intended.accessionNumber == "A1")
        #expect(correction.state == .awaited)
        scene.bench.now = scene.bench.now + .minutes(10)
        try scene.find(.asSent("the study lies under another patient as well"))
        #expect(try scene.correction()?.state == .open)
        scene.bench.act(.awaitCorrection(studyInstanceUID: "1.1"))
        try scene.find(.asIntended)
        #expect(try scene.correction()?.state == .corrected)
    }

    @Test("An approval can be taken back until deleting begins: what had arrived has arrived still, and the destination's own merge is noticed meanwhile")
    func takenBack() throws {
        var scene = try approved(gathered: false)
        #expect(try scene.bench.study("1.1").progress.doneCount == 0)
        let study = try scene.bench.study("1.1")
        #expect(try scene.bench.ledger.read { try $0.arrivedInstances(of: study.id) }.count == 3)
        #expect(try scene.bench.ledger.read { try $0.progress() }.openCorrections == 1)
        scene.bench.act(.awaitCorrection(studyInstanceUID: "1.1"))
        #expect(try scene.correction()?.state == .awaited)
        #expect(try scene.correction()?.approvedBy == nil)
        #expect(try scene.bench.medium("CD1").state == .drained)
        #expect(try scene.bench.study("1.1").progress.doneCount == 3)
        #expect(try scene.bench.study("1.1").progress.state == .verified)
        var gathered = try approved()
        gathered.bench.act(.awaitCorrection(studyInstanceUID: "1.1"))
        #expect(try gathered.bench.study("1.1").progress.state == .verified)
        #expect(gathered.bench.lease(gathered.worker).items.isEmpty)
        var merged = try approved(gathered: false)
        try merged.find(.asIntended)
        #expect(try merged.correction()?.state == .corrected)
        #expect(try merged.bench.study("1.1").progress.state == .verified)
        #expect(merged.bench.lease(merged.worker).items.isEmpty)
        var deleting = try approved()
        try lists(&deleting)
        #expect(code(deleting.bench.act(.awaitCorrection(studyInstanceUID: "1.1"))) == .notNow)
    }

    @Test("A profile that is await by now deletes nothing that was approved before")
    func otherProfile() throws {
        var scene = try approved()
        try lists(&scene)
        scene.bench.configuration.corrections.profile = .await
        scene.bench.restart()
        try scene.find(.deletable)
        #expect(try scene.correction()?.state == .approved)
        #expect(try scene.events(.correctionDeleting) == 0)
    }

    @Test("What may lie under the former patient, though it was not verified there, stays on the list and can be deleted and sent again")
    func acknowledged() throws {
        var scene = try Scene(.deleteAndSendAgain)
        let item = try #require(scene.bench.lease(scene.worker).items.first)
        let group = VerdictGroup(instances: item.instances, verdict: .acknowledged)
        _ = scene.bench.report(ResultItem(grant: item.grant, verdicts: [group]), scene.worker)
        scene.merge()
        #expect(try scene.bench.study("1.1").plan?.patientID == "P2")
        #expect(try scene.correction()?.sent.patientID == "P1")
        scene.bench.pass(.seconds(100), beating: [scene.worker: []])
        let second = try #require(scene.bench.lease(scene.worker).items.first)
        scene.bench.fail(second, .presentBefore, scene.worker)
        #expect(try scene.bench.study("1.1").progress.state == .exception)
        #expect(try scene.correction()?.state == .sending)
        #expect(code(scene.bench.act(.approveCorrection(studyInstanceUID: "1.1"))) == nil)
        try lists(&scene)
        #expect(try scene.correction()?.state == .deleting)
    }
}
