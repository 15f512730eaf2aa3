import Coordination
import Ledger
import LineProtocol
import Migration
import Testing

@Suite("What is left out lies nowhere, and stays out")
struct LeavingOutTests {
    private static let exclude = OperatorAction.worklist(.exclude, studyInstanceUID: "1.1", terms: DecisionTerms(reason: "a phantom"))

    private func acknowledge(_ bench: inout Bench, _ item: LeaseItem, _ worker: WorkerID) -> ResultItemReply.Word? {
        bench.report(ResultItem(grant: item.grant, verdicts: [VerdictGroup(instances: item.instances, verdict: .acknowledged)]), worker)
    }

    @Test("What was deleted at the destination to be sent again is not left out instead, though a conflict holds it then")
    func deleted() throws {
        var scene = try CorrectionTests.Scene(.deleteAndSendAgain)
        scene.bench.sendAll(scene.worker)
        scene.merge()
        scene.bench.act(.approveCorrection(studyInstanceUID: "1.1"))
        scene.bench.read("CD1", [Bench.study("1.1")], by: scene.worker)
        try scene.find(.asSent("as it was"))
        try scene.find(.nothingThere)
        scene.bench.expect("CD2")
        scene.bench.read("CD2", [Bench.study("1.1", instances: 1, content: "another")], by: scene.worker)
        try scene.findNothing()
        #expect(try scene.bench.study("1.1").holdReason == .uidConflict && scene.correction()?.state == .sending && scene.bench.study("1.1").progress.doneCount == 0)
        let refusal = scene.bench.refusal(Self.exclude, by: "ann")
        #expect(refusal?.code == .notNow && refusal?.message.contains("list of corrections (sending)") == true)
    }

    @Test("What a worker has sent and nobody has verified is not left out, nor is what then lies at the destination already")
    func acknowledged() throws {
        var scene = try CorrectionTests.Scene()
        let first = try #require(scene.bench.lease(scene.worker).items.first)
        #expect(acknowledge(&scene.bench, first, scene.worker) == .ok)
        scene.bench.pass(.seconds(100), beating: [scene.worker: []])
        scene.bench.fail(try #require(scene.bench.lease(scene.worker).items.first), .presentBefore, scene.worker)
        #expect(try scene.bench.study("1.1").progress.state == .exception)
        #expect(scene.bench.refusal(Self.exclude, by: "ann")?.message.contains("the destination took them") == true)
        scene.merge()
        #expect(try scene.correction()?.state == .sending)
        #expect(scene.bench.refusal(Self.exclude, by: "ann")?.message.contains("list of corrections (sending)") == true)
    }

    @Test("The order of another patient that it had is free at once")
    func formerOrder() throws {
        var bench = try Bench()
        bench.expect("A", "B")
        bench.act(.importOrders([Bench.order("ACC2", patient: "P2")]))
        let worker = bench.enrol("gateway1")
        bench.read("A", [Bench.study("1.1")], by: worker)
        bench.act(.assign(studyInstanceUID: "1.1", accessionNumber: "ACC2"))
        bench.fail(try #require(bench.lease(worker).items.first), .notAccepted, worker)
        bench.read("B", [Bench.study("1.2", patient: "P2")], by: worker)
        #expect(try bench.study("1.2").holdReason == .competingStudies)
        #expect(bench.refusal(Self.exclude, by: "ann") == nil)
        #expect(try bench.study("1.2").plan?.accessionNumber == "ACC2" && bench.study("1.2").progress.state == .ready)
    }

    @Test("A correction of a study that is left out is neither approved nor carried out, nor is the study sent when it is found")
    func correction() throws {
        for state in [CorrectionState.awaited, .open, .deleting] {
            var scene = try CorrectionTests.Scene(.deleteAndSendAgain)
            scene.bench.sendAll(scene.worker)
            scene.merge()
            var correction = try #require(try scene.correction())
            correction.state = state
            correction.listedAt = scene.bench.now
            var study = try scene.bench.study("1.1")
            study.decision = PersonalDecision(by: "ann", kind: .excluded)
            (study.plan, study.order, study.progress.state) = (nil, nil, .excluded)
            try scene.bench.ledger.write {
                try $0.putCorrection(correction)
                try $0.updateStudy(study)
            }
            let refusal = scene.bench.refusal(.approveCorrection(studyInstanceUID: "1.1"), by: "ann")
            #expect(refusal?.code == .notNow && (state == .deleting || refusal?.message.contains("left it out") == true))
            try scene.find(.asIntended)
            try scene.find(.deletable)
            try scene.findNothing()
            #expect(try scene.bench.study("1.1").plan == nil && scene.bench.study("1.1").progress.state == .excluded)
            #expect(try scene.events(.correctionDeleting) == 0 && scene.correction()?.state == state)
            #expect(scene.bench.lease(scene.worker).items.isEmpty)
        }
    }

    @Test("A late word that some of it was sent makes an exception of what was left out, which is not left out again and can be assigned")
    func stale() throws {
        var scene = try CorrectionTests.Scene()
        let item = try #require(scene.bench.lease(scene.worker).items.first)
        scene.bench.pass(.seconds(120), beating: [scene.worker: []])
        scene.bench.act(.importOrders([Bench.order("A1", birthDate: "19700101")]))
        #expect(try scene.bench.study("1.1").holdReason == .contradiction)
        #expect(scene.bench.refusal(Self.exclude, by: "ann") == nil)
        #expect(acknowledge(&scene.bench, item, scene.worker) == .stale)
        let study = try scene.bench.study("1.1")
        #expect(study.progress.state == .exception && study.progress.sentence == Sentence(.sentThoughLeftOut, [.worker("gateway1")]))
        #expect(scene.bench.refusal(Self.exclude, by: "ann")?.code == .notNow)
        scene.bench.act(.importOrders([Bench.order("A3")]))
        #expect(try scene.bench.study("1.1").progress.state == .exception)
        #expect(scene.bench.refusal(.assign(studyInstanceUID: "1.1", accessionNumber: "A3"), by: "ann") == nil)
        scene.bench.pass(.seconds(120), beating: [scene.worker: []])
        #expect(scene.bench.lease(scene.worker).items.first?.expected.accessionNumber == "A3")
    }

    @Test("So does one that comes before it is left out: then it is not; one that tells of no sends changes nothing", arguments: [true, false])
    func staleBefore(tellsOfSends: Bool) throws {
        var scene = try CorrectionTests.Scene()
        let item = try #require(scene.bench.lease(scene.worker).items.first)
        scene.bench.pass(.seconds(120), beating: [scene.worker: []])
        scene.bench.act(.importOrders([Bench.order("A1", birthDate: "19700101")]))
        #expect(try scene.bench.study("1.1").holdReason == .contradiction)
        if tellsOfSends {
            #expect(acknowledge(&scene.bench, item, scene.worker) == .stale)
        } else {
            #expect(scene.bench.fail(item, .destinationUnreachable, scene.worker) == .stale)
        }
        #expect(try scene.bench.study("1.1").holdReason == .contradiction && scene.bench.study("1.1").progress.doneCount == 0)
        let refusal = scene.bench.refusal(Self.exclude, by: "ann")
        #expect(tellsOfSends ? refusal?.message.contains("the destination took them") == true : refusal == nil)
    }
}
