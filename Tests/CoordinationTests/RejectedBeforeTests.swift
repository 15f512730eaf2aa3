import Coordination
import Ledger
import LineProtocol
import Migration
import Testing

@Suite("What was rejected once stays so, or is rejected by a further note; what is refused is taken back")
struct RejectedBeforeTests {
    private typealias Scene = CorrectionTests.Scene

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

    /// Rejected and sent again, and in use still when the time is over.
    private func open() throws -> Scene {
        var scene = try staged()
        _ = scene.bench.say(.hello(HelloRequest(versions: [3], program: "bench 1", spool: "spool", custody: try scene.custody())), scene.worker)
        try scene.permit("2.25.7")
        try scene.find(.rejected)
        scene.bench.verify(try #require(scene.bench.lease(scene.worker).items.first), scene.worker)
        scene.bench.now = scene.bench.now + .minutes(20)
        try scene.find(.asSent("in use"))
        #expect(try scene.correction()?.state == .open)
        return scene
    }

    @Test("Whatever becomes of the correction, what was rejected before is kept in mind: decided anew, merged again, taken back, and after it came right")
    func kept() throws {
        var scene = try open()
        let rejections = try #require(try scene.correction()?.rejections)
        #expect(rejections.map(\.notes.last?.uid) == ["2.25.7"])
        scene.bench.act(.awaitCorrection(studyInstanceUID: "1.1"))
        #expect(try scene.correction()?.state == .awaited && scene.correction()?.rejections == rejections)
        scene.bench.act(.approveCorrection(studyInstanceUID: "1.1"))
        #expect(try scene.correction()?.state == .approved && scene.correction()?.rejections == rejections && scene.correction()?.rejection?.former == rejections[0].generation)
        scene.bench.act(.awaitCorrection(studyInstanceUID: "1.1"))
        scene.merge("P2", into: "P3")
        #expect(try scene.correction()?.intended.patientID == "P3" && scene.correction()?.rejections == rejections)
        try scene.find(.asIntended)
        #expect(try scene.correction()?.state == .corrected)
        scene.merge("P3", into: "P4")
        #expect(try scene.correction()?.state == .awaited && scene.correction()?.rejections == rejections)
    }

    @Test("A further note is permitted where a person has approved that it is rejected: while it is sent again, and when it is approved anew; then nothing is sent again")
    func further() throws {
        var scene = try open()
        try scene.permitBefore("2.25.8")
        #expect(try scene.lastNote() == "2.25.7")
        scene.bench.act(.approveCorrection(studyInstanceUID: "1.1"))
        try scene.permitBefore("2.25.8")
        #expect(try scene.correction()?.rejections.map { $0.notes.map(\.uid) } == [["2.25.7", "2.25.8"]])
        #expect(try scene.events(.correctionRejecting) == 2)
        try scene.permitBefore("2.25.8")
        #expect(try scene.events(.correctionRejecting) == 2)
        try scene.find(.notDeleted("no answer"))
        #expect(try scene.correction()?.state == .approved && scene.correction()?.sentence.code == SentenceCode.correctionNotRejected.rawValue)
        try scene.find(.asIntended)
        #expect(try scene.correction()?.state == .corrected && scene.bench.study("1.1").round == 1 && scene.bench.study("1.1").progress.doneCount == 3)
        var sending = try staged()
        try sending.permit("2.25.7")
        try sending.find(.rejected)
        _ = sending.bench.say(.hello(HelloRequest(versions: [3], program: "bench 1", spool: "spool", custody: try sending.custody())), sending.worker)
        sending.bench.verify(try #require(sending.bench.lease(sending.worker).items.first), sending.worker)
        try sending.permitBefore("2.25.8")
        #expect(try sending.lastNote() == "2.25.8")
        sending.bench.configuration.corrections.profile = .await
        sending.bench.restart()
        try sending.permitBefore("2.25.9")
        #expect(try sending.lastNote() == "2.25.8")
    }

    @Test("A note that is refused is taken back, and with it the state: the approval can be taken back; asked again, it is told once")
    func refused() throws {
        var scene = try staged()
        for _ in 0..<3 {
            try scene.permit("2.25.7")
            let generation = try #require(try scene.correction()?.rejection?.generation)
            try scene.find(.refused(notes: ["2.25.7"], of: generation, "status C000"))
            #expect(try scene.correction()?.state == .approved && scene.correction()?.rejection?.notes == [])
            try scene.find(.asSent("as it was"))
            #expect(try scene.correction()?.state == .rejecting)
        }
        #expect(try scene.events(.correctionNotRejected) == 1 && scene.events(.correctionRejectionStaged) == 1 && scene.events(.correctionRejecting) == 3)
        scene.bench.act(.awaitCorrection(studyInstanceUID: "1.1"))
        #expect(try scene.correction()?.state == .awaited && scene.bench.study("1.1").progress.doneCount == 3)
        #expect(scene.bench.refusal(.assign(studyInstanceUID: "1.1", accessionNumber: "A1"), by: "ann")?.message.contains("decided so already") == true)
    }

    @Test("A note of which nothing is known keeps the approval from being taken back, though another one was refused")
    func refusedInPart() throws {
        var scene = try staged()
        try scene.permit("2.25.7")
        try scene.permit("2.25.8")
        let generation = try #require(try scene.correction()?.rejection?.generation)
        try scene.find(.refused(notes: ["2.25.8"], of: generation, "status A772"))
        #expect(try scene.correction()?.state == .rejecting && scene.lastNote() == "2.25.7")
        #expect(code(scene.bench.act(.awaitCorrection(studyInstanceUID: "1.1"))) == .notNow)
    }

    // MARK: What is sent again

    @Test("What was let go of and did not arrive again is told, whatever the hospital says of the patient meanwhile, until it has arrived")
    func owed() throws {
        var scene = try Scene(.deleteAndSendAgain)
        scene.bench.sendAll(scene.worker)
        scene.merge()
        scene.bench.act(.approveCorrection(studyInstanceUID: "1.1"))
        scene.bench.read("CD1", [Bench.study("1.1")], by: scene.worker)
        try scene.find(.asSent("as it was"))
        try scene.findNothing()
        func missing() throws -> Int { try scene.bench.ledger.read { try $0.progress() }.deletedNotSent }
        let item = try #require(scene.bench.lease(scene.worker).items.first)
        let verdicts = [VerdictGroup(instances: InstanceRanges([0]), verdict: .verified), VerdictGroup(instances: InstanceRanges([1, 2]), verdict: .failed(.destinationUnreachable))]
        _ = scene.bench.report(ResultItem(grant: item.grant, verdicts: verdicts), scene.worker)
        #expect(try missing() == 0)
        scene.merge("P2", into: "P3")
        #expect(try scene.bench.study("1.1").holdReason == .patientChanged && scene.correction()?.state == .awaited)
        #expect(try missing() == 1)
        scene.bench.act(.assign(studyInstanceUID: "1.1", accessionNumber: "A1"))
        scene.bench.pass(.minutes(5), beating: [scene.worker: []])
        scene.bench.sendAll(scene.worker)
        #expect(try missing() == 0)
        // What is read of it later was never there.
        scene.bench.expect("CD2")
        scene.bench.read("CD2", [Bench.study("1.1", instances: 1, content: "another")], by: scene.worker)
        #expect(try missing() == 0)
    }

    @Test("A patient who is again who they were at first: what was sent as another one in between is asked for, and not taken for settled", arguments: [true, false])
    func backAgain(isSentBetween: Bool) throws {
        var scene = try Scene(.deleteAndSendAgain)
        scene.bench.sendAll(scene.worker)
        func resend() throws {
            scene.bench.act(.approveCorrection(studyInstanceUID: "1.1"))
            scene.bench.read("CD1", [Bench.study("1.1")], by: scene.worker)
            try scene.find(.asSent("as it was"))
            try scene.findNothing()
            scene.bench.sendAll(scene.worker)
        }
        scene.rename(to: "Lee^Chulsoo")
        if isSentBetween { try resend() }
        scene.rename(to: "Kim^Chulsoo")
        guard isSentBetween else { return #expect(try scene.correction() == nil) }
        try resend()
        scene.bench.now = scene.bench.now + .minutes(20)
        try scene.find(.asSent("the study lies under another patient as well"))
        #expect(try scene.correction()?.state == .open && scene.bench.study("1.1").round == 2)
        scene.bench.act(.importOrders([Bench.order("A9", date: "20090909")]))
        scene.rename(to: "Kim^Chulsoo")
        #expect(try scene.correction()?.state == .open)
    }

    @Test("What was given up while it is sent again, with nothing of it there, is tried again and not approved; what was found there is approved")
    func givenUp() throws {
        for (category, mayBeThere) in [(ExceptionCategory.notAccepted, false), (.verificationFailed, true)] {
            var scene = try Scene(.deleteAndSendAgain)
            scene.bench.configuration.retries.attempts = 1
            scene.bench.restart()
            _ = scene.bench.hello(scene.worker, custody: try scene.custody())
            scene.bench.sendAll(scene.worker)
            scene.merge()
            scene.bench.act(.approveCorrection(studyInstanceUID: "1.1"))
            scene.bench.read("CD1", [Bench.study("1.1")], by: scene.worker)
            try scene.find(.asSent("as it was"))
            try scene.findNothing()
            scene.bench.fail(try #require(scene.bench.lease(scene.worker).items.first), category, scene.worker)
            #expect(try scene.bench.study("1.1").progress.state == .exception)
            let refusal = scene.bench.refusal(.approveCorrection(studyInstanceUID: "1.1"), by: "ann")
            guard mayBeThere else {
                #expect(refusal?.message.contains("exceptions retry") == true)
                scene.bench.act(.retry(studyInstanceUID: "1.1"))
                scene.bench.sendAll(scene.worker)
                try scene.find(.asIntended)
                #expect(try scene.correction()?.state == .corrected)
                continue
            }
            #expect(refusal == nil)
            // It was listed before it was let go of: nothing more is to be waited for.
            try scene.findNothing()
            #expect(try scene.correction()?.state == .sending && scene.bench.study("1.1").round == 2)
        }
    }
}

extension CorrectionTests.Scene {
    /// Asks whether a note may be stored now of what was rejected before, and sent again.
    mutating func permitBefore(_ note: String) throws {
        guard let rejection = try correction()?.rejections.last else { return }
        try find(.rejectable(Rejection.Note(uid: note, named: []), of: rejection.generation))
    }

    /// The grants of what the worker has in its custody.
    func custody() throws -> [GrantNumber] {
        let worker = worker
        return try bench.ledger.write { try $0.custodyGrants(of: worker, andLost: false) }
    }
}
