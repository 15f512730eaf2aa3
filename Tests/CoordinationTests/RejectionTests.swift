import Coordination
import Ledger
import LineProtocol
import Migration
import Testing

@Suite("A study is rejected at the destination by a note, and sent again with new UIDs")
struct RejectionTests {
    private typealias Scene = CorrectionTests.Scene
    private static let note = "2.25.7"

    private func code(_ answer: Answer) -> ActionError.Code? { if case .refused(let error) = answer { error.code } else { nil } }

    /// P1's study is sent, P1 merged into P2, the correction approved, the disc read again, and the study listed as it was sent.
    private func staged() throws -> Scene {
        var scene = try Scene(.rejectAndSendAgain)
        scene.bench.sendAll(scene.worker)
        scene.merge()
        scene.bench.act(.approveCorrection(studyInstanceUID: "1.1"))
        scene.bench.read("CD1", [Bench.study("1.1")], by: scene.worker)
        try scene.find(.asSent("as it was"))
        return scene
    }

    private func greet(_ scene: inout Scene, _ versions: [Int]) throws {
        let worker = scene.worker
        let custody = try scene.bench.ledger.write { try $0.custodyGrants(of: worker, andLost: false) }
        _ = scene.bench.say(.hello(HelloRequest(versions: versions, program: "bench 1", spool: "spool", custody: custody)), worker)
    }

    @Test("On approval, once all is at hand, the note is permitted; when it is there the study goes out under the survivor with new UIDs")
    func journey() throws {
        var scene = try Scene(.rejectAndSendAgain)
        scene.bench.sendAll(scene.worker)
        scene.merge()
        scene.bench.act(.approveCorrection(studyInstanceUID: "1.1"))
        #expect(try scene.correction()?.state == .approved)
        #expect(try scene.correction()?.sentence.code == SentenceCode.correctionRejectionApproved.rawValue)
        try scene.find(.asSent("as it was"))
        #expect(try scene.correction()?.state == .approved)
        #expect(try scene.correction()?.rejection?.notes == [])
        scene.bench.read("CD1", [Bench.study("1.1")], by: scene.worker)
        try scene.find(.asSent("as it was"))
        #expect(try scene.correction()?.state == .rejecting)
        #expect(try scene.bench.ledger.read { try $0.progress() }.openCorrections == 1)
        // Nothing was permitted: that a note is there says nothing.
        try scene.find(.rejected)
        #expect(try scene.correction()?.state == .rejecting)
        try scene.permit(Self.note)
        #expect(try scene.lastNote() == Self.note)
        #expect(try scene.events(.correctionRejecting) == 1)
        #expect(scene.bench.lease(scene.worker).items.isEmpty)
        #expect(try scene.bench.study("1.1").uids == nil)
        scene.bench.restart()
        try greet(&scene, [3, 2, 1])
        try scene.permit(Self.note)
        #expect(try scene.events(.correctionRejecting) == 1)
        try scene.find(.rejected)
        #expect(try scene.correction()?.state == .sending)
        let study = try scene.bench.study("1.1")
        #expect(study.uids == (try scene.correction()?.rejections.last?.generation) && study.uids != nil && study.round == 1)
        let item = try #require(scene.bench.lease(scene.worker).items.first)
        #expect(item.studyInstanceUID == "1.1" && item.uids == study.uids && item.round == 1)
        #expect(item.expected.patientID == "P2" && item.instances.count == 3)
        scene.bench.verify(item, scene.worker)
        try scene.find(.asIntended)
        #expect(try scene.correction()?.state == .corrected)
        #expect(try scene.lastNote() == Self.note)
        #expect(try scene.bench.study("1.1").plan?.patientID == "P2")
    }

    @Test("What is read of the study later goes out with the same new UIDs, and so does what a person decides anew")
    func later() throws {
        var scene = try staged()
        try greet(&scene, [3])
        try scene.permit(Self.note)
        try scene.find(.rejected)
        let first = try #require(scene.bench.lease(scene.worker).items.first)
        scene.bench.verify(first, scene.worker)
        try scene.find(.asIntended)
        scene.bench.expect("CD2")
        scene.bench.read("CD2", [Bench.study("1.1", instances: 2, from: 4)], by: scene.worker)
        let item = try #require(scene.bench.lease(scene.worker).items.first)
        #expect(item.uids == first.uids && item.instances.count == 2)
        scene.bench.fail(item, .destinationRefused, scene.worker)
        #expect(try scene.bench.study("1.1").uids == first.uids)
    }

    @Test("A second correction of the same study gets UIDs of its own, and rejects those of the first")
    func twice() throws {
        var scene = try staged()
        try greet(&scene, [3])
        try scene.permit(Self.note)
        try scene.find(.rejected)
        let first = try #require(scene.bench.lease(scene.worker).items.first)
        scene.bench.verify(first, scene.worker)
        try scene.find(.asIntended)
        scene.merge("P2", into: "P3")
        scene.bench.act(.approveCorrection(studyInstanceUID: "1.1"))
        let rejection = try #require(try scene.correction()?.rejection)
        #expect(rejection.former == first.uids && rejection.generation != first.uids && rejection.notes.isEmpty)
    }

    @Test("Nothing is rejected that is not at hand, nor where the profile is another one by now")
    func obstacles() throws {
        var scene = try staged()
        scene.bench.act(.revoke(worker: "gateway1"))
        try scene.permit(Self.note)
        #expect(try scene.correction()?.state == .approved)
        #expect(try scene.events(.correctionRejecting) == 0)
        var other = try staged()
        other.bench.configuration.corrections.profile = .deleteAndSendAgain
        other.bench.restart()
        try other.permit(Self.note)
        #expect(try other.correction()?.state == .approved)
        #expect(try other.events(.correctionRejecting) == 0)
        #expect(try other.correction()?.sentence.text().contains("nothing is rejected there") == true)
    }

    @Test("Once a note may have been stored there is no way back: custody that ends is gathered again, and what came right by itself is sent all the same")
    func noWayBack() throws {
        var scene = try staged()
        try scene.permit(Self.note)
        #expect(code(scene.bench.act(.awaitCorrection(studyInstanceUID: "1.1"))) == .notNow)
        scene.bench.act(.revoke(worker: "gateway1"))
        #expect(try scene.correction()?.state == .rejecting)
        try scene.permit("2.25.8")
        #expect(try scene.lastNote() == Self.note)
        #expect(try scene.bench.medium("CD1").state == .expected)
        try scene.find(.asIntended)
        #expect(try scene.correction()?.state == .rejecting)
        try scene.find(.rejected)
        #expect(try scene.correction()?.state == .sending)
        let second = scene.bench.enrol("gateway2")
        _ = scene.bench.say(.hello(HelloRequest(versions: [3], program: "bench 1", spool: "s2", custody: [])), second)
        scene.bench.read("CD1", [Bench.study("1.1")], by: second)
        #expect(scene.bench.lease(second).items.first?.uids != nil)
    }

    @Test("A destination that hides what is rejected lists nothing of it: twice, apart, that is as good as the note")
    func hidden() throws {
        var scene = try staged()
        try scene.permit(Self.note)
        try scene.find(.nothingThere)
        #expect(try scene.correction()?.state == .rejecting)
        try scene.findNothing()
        #expect(try scene.correction()?.state == .sending)
        #expect(try scene.bench.study("1.1").progress.sentence?.code == SentenceCode.correctionRejected.rawValue)
    }

    @Test("What came right by itself before a note was permitted is not sent again, and keeps its UIDs; so does what is taken back")
    func unused() throws {
        var scene = try staged()
        try scene.find(.asIntended)
        #expect(try scene.correction()?.state == .corrected && scene.correction()?.rejection == nil)
        #expect(try scene.bench.study("1.1").uids == nil && scene.bench.study("1.1").round == 0)
        var taken = try Scene(.rejectAndSendAgain)
        taken.bench.sendAll(taken.worker)
        taken.merge()
        taken.bench.act(.approveCorrection(studyInstanceUID: "1.1"))
        taken.bench.act(.awaitCorrection(studyInstanceUID: "1.1"))
        #expect(try taken.correction()?.state == .awaited && taken.correction()?.rejection == nil)
        #expect(try taken.bench.study("1.1").progress.doneCount == 3)
    }

    @Test("A worker that does not know of new UIDs gets no such lease, and is told why; it gets others")
    func olderWorker() throws {
        var scene = try staged()
        try greet(&scene, [2, 1])
        try scene.permit(Self.note)
        try scene.find(.rejected)
        let reply = scene.bench.lease(scene.worker)
        #expect(reply.items.isEmpty && reply.sentence?.code == SentenceCode.workerOutdated.rawValue)
        scene.bench.expect("CD2")
        scene.bench.act(.importOrders([Bench.order("A2", date: "20040404")]))
        scene.bench.read("CD2", [Bench.study("1.2", date: "20040404")], by: scene.worker)
        #expect(scene.bench.lease(scene.worker).items.map(\.studyInstanceUID) == ["1.2"])
        try greet(&scene, [3])
        #expect(scene.bench.lease(scene.worker).items.map(\.studyInstanceUID) == ["1.1"])
    }

    @Test("What is deleted and sent again is another sending, with the UIDs that it had")
    func deleted() throws {
        var scene = try Scene(.deleteAndSendAgain)
        scene.bench.sendAll(scene.worker)
        scene.merge()
        scene.bench.act(.approveCorrection(studyInstanceUID: "1.1"))
        scene.bench.read("CD1", [Bench.study("1.1")], by: scene.worker)
        try scene.find(.asSent("as it was"))
        try scene.findNothing()
        let item = try #require(scene.bench.lease(scene.worker).items.first)
        #expect(item.round == 1 && item.uids == nil)
    }

    @Test("Only the first page of a study's members reads what its parts have, until more of it is read")
    func membersOnce() throws {
        let counting = try CountingLedger()
        var bench = Bench(ledger: counting.ledger)
        bench.expect("A", "B", "C", "D")
        bench.act(.importOrders([Bench.order("ACC1")]))
        let worker = bench.enrol("gateway1")
        for (place, label) in ["A", "B", "C"].enumerated() { bench.read(label, [Bench.study("1.1", instances: 4, from: 4 * place + 1)], by: worker) }
        let grant = try #require(bench.lease(worker).items.first?.grant)
        func page(after: String) -> (uids: [String], statements: Int) {
            var uids: [String] = []
            let statements = counting.statements {
                guard case .members(let reply) = bench.say(.members(MembersRequest(grant: grant, after: after)), worker) else { return }
                uids = reply.uids
            }
            return (uids, statements)
        }
        let first = page(after: "")
        let second = page(after: "1.1.1.5")
        #expect(first.uids.count == 14 && second.uids.first == "1.1.1.6" && second.uids.count == 5)
        #expect(second.statements == first.statements - 3)
        bench.read("D", [Bench.study("1.1", instances: 1, from: 13)], by: worker)
        #expect(page(after: "").uids.count == 15)
        #expect(page(after: "").statements == second.statements)
    }

    @Test("The members of a leased study are its own UIDs over all its parts, in pages, and only its holder is told")
    func members() throws {
        var scene = try Scene(studies: [Bench.study("1.1", instances: 3), Bench.study("1.2", date: "20040101")])
        scene.bench.expect("CD2")
        let count = LineLimits.membersPerLine
        let other = scene.bench.enrol("gateway2")
        scene.bench.read("CD2", [Bench.study("1.1", instances: count, from: 4)], by: other)
        let grant = try #require(scene.bench.lease(scene.worker).items.first { $0.studyInstanceUID == "1.1" }?.grant)
        func page(_ after: String, _ worker: WorkerID, _ grant: GrantNumber) -> Reply {
            scene.bench.say(.members(MembersRequest(grant: grant, after: after)), worker)
        }
        guard case .members(let first) = page("", scene.worker, grant) else { return #expect(Bool(false), "no members") }
        try #require(first.uids.count == count && !first.isWhole)
        guard case .members(let rest) = page(first.uids[count - 1], scene.worker, grant) else { return #expect(Bool(false), "no members") }
        #expect(rest.isWhole)
        #expect(Set(first.uids + rest.uids) == Set((1..<count + 4).map { "1.1.1.\($0)" } + ["1.1", "1.2.3.1"]))
        #expect(first.uids.count + rest.uids.count == count + 5)
        #expect(page("", other, grant) == .stale(grant))
        #expect(page("", scene.worker, GrantNumber(999)) == .stale(GrantNumber(999)))
    }
}

extension CorrectionTests.Scene {
    /// Asks whether the note of this SOP Instance UID may be stored now, of what is to be rejected or, where it is sent again, was.
    mutating func permit(_ note: String) throws {
        guard let correction = try correction(), let rejection = correction.rejection ?? correction.rejections.last else { return }
        try find(.rejectable(Rejection.Note(uid: note, named: []), of: rejection.generation))
    }

    /// The last note that may have been stored.
    func lastNote() throws -> String? {
        let correction = try correction()
        return (correction?.rejection ?? correction?.rejections.last)?.notes.last?.uid
    }
}
