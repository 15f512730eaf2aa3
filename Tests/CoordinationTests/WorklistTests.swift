import Coordination
import Ledger
import LineProtocol
import Migration
import Testing

@Suite("The manual worklist: who decides, what is put off, what is taken back")
struct WorklistTests {
    /// A bench whose study 1.1 waits, with two orders of its patient, day and modality.
    private func scene(_ studies: [StudyInventory] = [Bench.study("1.1")], orders: [Order] = [Bench.order("ACC1"), Bench.order("ACC2")]) throws -> (Bench, WorkerID) {
        var bench = try Bench()
        bench.expect("A")
        bench.act(.importOrders(orders))
        let worker = bench.enrol("gateway1")
        bench.read("A", studies, by: worker)
        return (bench, worker)
    }

    // MARK: Two operators

    @Test("What one person has taken nobody else decides on, over a restart; it lapses, and the decision of whoever took it ends it")
    func taken() throws {
        var (bench, _) = try scene([Bench.study("1.1"), Bench.study("1.2")])
        #expect(try bench.study("1.1").holdReason == .severalOrders)
        #expect(bench.refusal(.worklist(.take, studyInstanceUID: "1.1"), by: "ann") == nil)
        bench.restart()
        let others: [OperatorAction] = [
            .worklist(.take, studyInstanceUID: "1.1"), .worklist(.letGo, studyInstanceUID: "1.1"), .assign(studyInstanceUID: "1.1", accessionNumber: "ACC1"),
            .fileAsUnspecified(studyInstanceUID: "1.1"), .worklist(.exclude, studyInstanceUID: "1.1", terms: DecisionTerms(reason: "no")),
            .worklist(.postpone(until: bench.now + .minutes(5)), studyInstanceUID: "1.1", terms: DecisionTerms(reason: "no")),
        ]
        for action in others { #expect(bench.refusal(action, by: "bob")?.code == .taken) }
        let refusal = bench.refusal(others[2], by: "bob")
        #expect(refusal?.message.contains("taken by ann, until \((bench.now + .minutes(30)).text)") == true)
        #expect(try bench.study("1.1").decision == nil)
        #expect(bench.refusal(.assign(studyInstanceUID: "1.2", accessionNumber: "ACC2"), by: "bob") == nil)
        bench.tick(after: .minutes(29))
        #expect(bench.refusal(others[0], by: "bob")?.code == .taken)
        bench.tick(after: .minutes(1))
        #expect(bench.refusal(others[0], by: "bob") == nil)
        #expect(bench.refusal(.assign(studyInstanceUID: "1.1", accessionNumber: "ACC1"), by: "ann")?.code == .taken)
        #expect(bench.refusal(.assign(studyInstanceUID: "1.1", accessionNumber: "ACC1"), by: "bob") == nil)
        #expect(try bench.ledger.read { try $0.take(of: StudyID(1)) } == nil)
        #expect(try bench.study("1.1").decision?.by == "bob")
    }

    @Test("Nobody else approves that a study is deleted which somebody has taken, sent or held, nor awaits it, nor says that film is digitised as it")
    func takenForCorrection() throws {
        for isHeld in [false, true] {
            var scene = try CorrectionTests.Scene(.deleteAndSendAgain)
            scene.bench.sendAll(scene.worker)
            scene.merge()
            if isHeld {
                scene.bench.expect("CD2")
                scene.bench.read("CD2", [Bench.study("1.1", instances: 2, from: 4)], by: scene.worker)
                #expect(try scene.bench.study("1.1").holdReason == .patientChanged)
            }
            #expect(scene.bench.refusal(.worklist(.take, studyInstanceUID: "1.1"), by: "ann") == nil)
            let others: [OperatorAction] = [.approveCorrection(studyInstanceUID: "1.1"), .awaitCorrection(studyInstanceUID: "1.1"), .assign(studyInstanceUID: "1.1", accessionNumber: "A1")]
            for action in others { #expect(scene.bench.refusal(action, by: "bob")?.code == .taken) }
            #expect(try scene.correction()?.state == .awaited)
            #expect(scene.bench.refusal(.approveCorrection(studyInstanceUID: "1.1"), by: "ann") == nil)
            #expect(try scene.bench.ledger.read { try $0.take(of: StudyID(1)) } == nil)
        }
        var (bench, _) = try scene()
        bench.act(.worklist(.take, studyInstanceUID: "1.1"))
        bench.act(.request(.exam("ACC1"), reason: "clinic"))
        _ = try bench.ledger.write { tx in
            try tx.insertFilm(FilmRecord(request: RequestID(1), studyInstanceUID: "9.9", order: nil, reason: Sentence(.filmOfExam), madeAt: bench.now)) { _ in Sentence(.filmOfExam) }
        }
        #expect(bench.refusal(.doneFilm(FilmID(1), studyInstanceUID: "1.1"), by: "bob")?.code == .taken)
    }

    @Test("Who took a study lets it go, and only then; what does not wait is not taken")
    func letGo() throws {
        var (bench, _) = try scene([Bench.study("1.1"), Bench.study("1.2", date: "20030301")], orders: [Bench.order("ACC1"), Bench.order("ACC2"), Bench.order("ACC3", date: "20030301")])
        #expect(bench.refusal(.worklist(.letGo, studyInstanceUID: "1.1"), by: "ann")?.code == .notNow)
        bench.act(.worklist(.take, studyInstanceUID: "1.1"))
        #expect(bench.refusal(.worklist(.letGo, studyInstanceUID: "1.1"), by: "operator") == nil)
        #expect(bench.refusal(.worklist(.take, studyInstanceUID: "1.1"), by: "ann") == nil)
        #expect(try bench.study("1.2").progress.state == .ready)
        #expect(bench.refusal(.worklist(.take, studyInstanceUID: "1.2"), by: "ann")?.code == .notNow)
        #expect(bench.refusal(.worklist(.take, studyInstanceUID: "1.9"), by: "ann")?.code == .unknown)
    }

    @Test("Of two decisions on what both saw the second is refused; so is one on candidates that have changed since; looking again helps")
    func races() throws {
        var (bench, _) = try scene()
        let seen = try bench.item("1.1").revision
        #expect(try bench.item("1.1").revision == seen)
        bench.act(.importOrders([Bench.order("ACC2", name: "Kim^Chulsoo=김^철수")]))
        let late = OperatorAction.assign(studyInstanceUID: "1.1", accessionNumber: "ACC1", terms: DecisionTerms(seen: seen))
        #expect(bench.refusal(late, by: "ann")?.code == .outdated)
        let now = try bench.item("1.1").revision
        bench.act(.worklist(.take, studyInstanceUID: "1.1"))
        #expect(try bench.item("1.1").revision == now)
        bench.act(.worklist(.letGo, studyInstanceUID: "1.1"))
        let both = ["ACC1", "ACC2"].map { OperatorAction.assign(studyInstanceUID: "1.1", accessionNumber: $0, terms: DecisionTerms(seen: now)) }
        let answers = bench.driver.process([.action(both[0], by: "ann"), .action(both[1], by: "bob")], now: bench.now)
        guard case .done = answers[0], case .refused(let error) = answers[1] else { return #expect(Bool(false), "\(answers)") }
        #expect(error.code == .outdated)
        #expect(try bench.study("1.1").plan?.accessionNumber == "ACC1" && bench.study("1.1").decision?.by == "ann")
    }

    // MARK: Decisions

    @Test("Who, when and why of each decision stands in the chain; the reason is a patient's, and shown to those alone who may see patients")
    func recorded() throws {
        var (bench, _) = try scene()
        bench.now = bench.now + .minutes(7)
        #expect(bench.refusal(.assign(studyInstanceUID: "1.1", accessionNumber: "ACC2", terms: DecisionTerms(reason: "Kim says so")), by: "ann") == nil)
        let decision = try #require(bench.study("1.1").decision)
        #expect(decision.by == "ann" && decision.at == bench.now && decision.reason?.reveal() == "Kim says so" && decision.kind == .assigned)
        let events = try bench.ledger.read { try $0.events(about: EventSubject(study: StudyID(1)), page: Page()) }.suffix(2)
        #expect(events.map { $0.sentence.text(showsPatients: true) } == ["linked to order ACC2 by ann", "ann gives the reason: Kim says so"])
        #expect(events.allSatisfy { $0.at == bench.now } && events.last?.sentence.text().contains("Kim") == false)
        #expect(bench.refusal(.fileAsUnspecified(studyInstanceUID: "1.1", terms: DecisionTerms(reason: " ")), by: "ann")?.code == .badValue)
    }

    @Test("A study that a person leaves out is not sent, claims no order and competes no more; nothing holds it; taken back, it is matched anew")
    func excluded() throws {
        var (bench, worker) = try scene([Bench.study("1.1"), Bench.study("1.2")], orders: [Bench.order("ACC1")])
        #expect(try bench.study("1.2").holdReason == .competingStudies)
        #expect(bench.refusal(.worklist(.exclude, studyInstanceUID: "1.1"), by: "ann")?.code == .badValue)
        #expect(bench.refusal(.worklist(.exclude, studyInstanceUID: "1.1", terms: DecisionTerms(reason: "a phantom")), by: "ann") == nil)
        let study = try bench.study("1.1")
        #expect(study.progress.state == .excluded && study.holdReason == nil && study.plan == nil && study.order == nil)
        #expect(study.progress.sentence?.text(showsPatients: true) == "left out by ann: a phantom")
        #expect(try bench.study("1.2").progress.state == .ready)
        bench.act(.importOrders([Bench.order("ACC9", date: "20040101")]))
        #expect(try bench.study("1.1").progress.state == .excluded)
        #expect(bench.refusal(.worklist(.undo, studyInstanceUID: "1.1"), by: "bob") == nil)
        for uid in ["1.1", "1.2"] { #expect(try bench.study(uid).holdReason == .competingStudies) }
        bench.act(.worklist(.exclude, studyInstanceUID: "1.1", terms: DecisionTerms(reason: "a phantom")))
        bench.sendAll(worker)
        #expect(try bench.study("1.2").progress.state == .verified && bench.study("1.1").progress.state == .excluded)
        #expect(try bench.study("1.2").flags.isEmpty)
    }

    @Test("An exception of which nothing arrived is left out once no old lease can be sending it, and comes back by taking that back")
    func excludedException() throws {
        var (bench, worker) = try scene(orders: [Bench.order("ACC1")])
        bench.fail(try #require(bench.lease(worker).items.first), .notAccepted, worker)
        #expect(try bench.study("1.1").progress.state == .exception)
        #expect(bench.refusal(.worklist(.exclude, studyInstanceUID: "1.1", terms: DecisionTerms(reason: "no images")), by: "ann") == nil)
        #expect(bench.lease(worker).items.isEmpty)
        #expect(bench.refusal(.worklist(.undo, studyInstanceUID: "1.1"), by: "ann") == nil)
        #expect(try bench.study("1.1").plan?.accessionNumber == "ACC1")
        bench.sendAll(worker)
        #expect(try bench.study("1.1").progress.state == .verified)
        #expect(bench.refusal(.worklist(.exclude, studyInstanceUID: "1.1", terms: DecisionTerms(reason: "late")), by: "ann")?.code == .notNow)
    }

    @Test("What is put off comes back by itself when its time has come, and before that when something about it changes")
    func postponed() throws {
        var (bench, _) = try scene()
        let until = bench.now + .minutes(60)
        let putOff = OperatorAction.worklist(.postpone(until: until), studyInstanceUID: "1.1", terms: DecisionTerms(reason: "ask the ward"))
        func isListed(_ bench: Bench) throws -> Bool { try !bench.ledger.read { try $0.waitingStudies(WaitingFilter(), at: bench.now, page: Page()) }.isEmpty }
        func isPutOff(_ bench: Bench) throws -> Bool { try !bench.ledger.read { try $0.postponedStudies(WaitingFilter(), at: bench.now, page: Page()) }.isEmpty }
        #expect(bench.refusal(.worklist(.postpone(until: bench.now), studyInstanceUID: "1.1", terms: DecisionTerms(reason: "x")), by: "ann")?.code == .badValue)
        #expect(bench.refusal(.worklist(.postpone(until: until), studyInstanceUID: "1.1"), by: "ann")?.code == .badValue)
        #expect(bench.refusal(putOff, by: "ann") == nil)
        #expect(try !isListed(bench) && isPutOff(bench) && bench.study("1.1").holdReason == .severalOrders)
        bench.tick(after: .minutes(59))
        #expect(try isPutOff(bench))
        bench.tick(after: .minutes(1))
        #expect(try isListed(bench) && !isPutOff(bench) && bench.ledger.read { try $0.postponement(of: StudyID(1)) } == nil)
        #expect(try bench.eventCodes(of: EventSubject(study: StudyID(1))).suffix(2) == ["postponed-by-person", "postponement-over"])
        bench.act(.worklist(.postpone(until: bench.now + .minutes(60)), studyInstanceUID: "1.1", terms: DecisionTerms(reason: "again")))
        bench.act(.importOrders([Bench.order("ACC7", date: "19990101")]))
        #expect(try isPutOff(bench))
        bench.act(.importOrders([Bench.order("ACC3")]))
        #expect(try isListed(bench) && !isPutOff(bench))
        bench.act(.worklist(.postpone(until: bench.now + .minutes(60)), studyInstanceUID: "1.1", terms: DecisionTerms(reason: "again")))
        bench.act(.assign(studyInstanceUID: "1.1", accessionNumber: "ACC3"))
        #expect(try bench.ledger.read { try $0.postponement(of: StudyID(1)) } == nil)
    }

    // MARK: Taken back

    @Test("A decision is taken back until the study is leased; then the refusal says what to do, and nothing has changed")
    func undone() throws {
        var (bench, worker) = try scene()
        #expect(bench.refusal(.worklist(.undo, studyInstanceUID: "1.1"), by: "ann")?.code == .notNow)
        bench.act(.assign(studyInstanceUID: "1.1", accessionNumber: "ACC2"))
        #expect(try bench.study("1.1").progress.state == .ready)
        #expect(bench.refusal(.worklist(.undo, studyInstanceUID: "1.1", terms: DecisionTerms(reason: "wrong day")), by: "ann") == nil)
        let study = try bench.study("1.1")
        #expect(study.decision == nil && study.order == nil && study.plan == nil && study.holdReason == .severalOrders && study.progress.state == .held)
        #expect(try bench.eventCodes(of: EventSubject(study: StudyID(1))).suffix(3) == ["decision-undone", "reason-given", "several-orders"])
        #expect(bench.lease(worker).items.isEmpty)
        bench.act(.fileAsUnspecified(studyInstanceUID: "1.1"))
        #expect(bench.lease(worker).items.count == 1)
        let refusal = bench.refusal(.worklist(.undo, studyInstanceUID: "1.1"), by: "ann")
        #expect(refusal?.code == .notNow && refusal?.message.contains("that is a correction") == true)
        #expect(try bench.study("1.1").decision?.kind == .unspecified)
    }

    @Test("What a decision brought its rivals is taken back with it")
    func rivals() throws {
        var (bench, _) = try scene([Bench.study("1.1"), Bench.study("1.2")], orders: [Bench.order("ACC1")])
        bench.act(.fileAsUnspecified(studyInstanceUID: "1.1"))
        #expect(try bench.study("1.2").outcome == .matched && bench.study("1.2").plan?.accessionNumber == "ACC1")
        bench.act(.worklist(.undo, studyInstanceUID: "1.1"))
        for uid in ["1.1", "1.2"] { #expect(try bench.study(uid).holdReason == .competingStudies) }
        bench.act(.assign(studyInstanceUID: "1.2", accessionNumber: "ACC1"))
        #expect(try bench.study("1.1").holdReason == .competingStudies && bench.study("1.2").progress.state == .ready)
    }

    // MARK: Which order

    @Test("Of an accession number that several patients have the order is named by its patient, and what the person named is not held again")
    func ambiguousNumber() throws {
        let orders = [Bench.order("ACC1"), Bench.order("ACC1", patient: "P2", date: "19990101"), Bench.order("ACC2")]
        var (bench, worker) = try scene(orders: orders)
        #expect(bench.refusal(.assign(studyInstanceUID: "1.1", accessionNumber: "ACC1"), by: "ann")?.message.contains("used for 2 patients") == true)
        func use(_ patient: String) -> OperatorAction {
            .assign(studyInstanceUID: "1.1", accessionNumber: "ACC1", use: OrderUse(patient: PatientKey(patientID: Identifying(patient))))
        }
        #expect(bench.refusal(use("P3"), by: "ann")?.code == .unknown)
        #expect(bench.refusal(use("P1"), by: "ann") == nil)
        #expect(try bench.study("1.1").progress.state == .ready)
        #expect(bench.lease(worker).items.first?.expected.patientID.reveal() == "P1")
    }
}

extension Bench {
    /// Why `person` may not do it; nil: it was done.
    mutating func refusal(_ action: OperatorAction, by person: String) -> ActionError? {
        if case .refused(let error) = process(.action(action, by: person)) { error } else { nil }
    }

    /// A study as a person sees it who is to decide on it.
    func item(_ uid: String) throws -> WorklistItem {
        let study = try study(uid)
        return try ledger.read { try WorklistItem(study, by: configuration.matching, in: $0) }
    }
}
