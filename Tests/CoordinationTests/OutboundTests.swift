import Coordination
import Ledger
import LineProtocol
import Migration
import Testing

@Suite("Orders of unspecified exams are told before the images")
struct OutboundTests {
    /// A bench that has read disc A, with an old order of P1 alone: its studies are unspecified exams.
    private func bench(_ studies: [StudyInventory], announces: Bool = true, policies: Policies = Policies()) throws -> (Bench, WorkerID) {
        var configuration = Bench.standard
        configuration.announcesOrders = announces
        configuration.policies = policies
        var bench = try Bench(configuration)
        bench.expect("A", "C")
        bench.act(.importOrders([Bench.order("OLD", date: "20020101")]))
        let worker = bench.enrol("gateway1")
        bench.read("A", studies, by: worker)
        return (bench, worker)
    }

    private func told(_ bench: Bench) throws -> [OutboundRecord] { try bench.ledger.read { try $0.outbound(includingSettled: true, page: Page()) } }

    /// Number, kind, state and control ID of what is told.
    private func list(_ bench: Bench) throws -> [String] {
        try told(bench).map { "\($0.order.accessionNumber) \($0.kind.rawValue) \($0.state.rawValue) \($0.controlID)" }
    }

    private func report(_ bench: inout Bench, _ report: OutboundReport) -> Sentence? {
        guard case .done(let sentence) = bench.process(.outbound(report)) else { return nil }
        return sentence
    }

    @discardableResult
    private func tell(_ bench: inout Bench, _ number: Int64) -> Sentence? {
        _ = report(&bench, .begun([OutboundID(number)]))
        return report(&bench, .acknowledged([OutboundID(number)], "AA"))
    }

    @Test("Nothing is leased before its order was acknowledged; what is told is the exam as the objects will bear it")
    func waits() throws {
        var (bench, worker) = try bench([Bench.study("1.1"), Bench.study("1.2")])
        #expect(try bench.study("1.1").holdReason == .orderNotAcknowledged)
        #expect(bench.lease(worker).items.isEmpty)
        #expect(try list(bench) == ["UX00000001 new waiting UX00000001-1", "UX00000002 new waiting UX00000002-1"])
        let order = try #require(try told(bench).first?.order)
        #expect(order.patient.patientID.reveal() == "P1" && order.patient.name.reveal() == "Kim^Chulsoo" && order.patient.birthDate.reveal() == "19600101")
        #expect(order.studyInstanceUID == "1.1" && order.examDate == CalendarDate("20030210") && order.modality == "CT")
        #expect(order.procedureDescription == "Unspecified Exam" && !order.isCancelled)
        // Not before it was begun: an acknowledgement of what nobody sent means nothing.
        #expect(report(&bench, .acknowledged([OutboundID(1)], "AA")) == nil)
        tell(&bench, 1)
        #expect(bench.lease(worker).items.map(\.studyInstanceUID) == ["1.1"])
        tell(&bench, 2)
        #expect(bench.lease(worker).items.map(\.expected.accessionNumber) == ["UX00000002"])
        let codes = try bench.eventCodes(of: EventSubject(study: bench.study("1.1").id))
        #expect(codes.filter { ["unspecified-exam", "order-not-acknowledged", "order-acknowledged", "part-granted"].contains($0) }
            == ["unspecified-exam", "order-not-acknowledged", "order-acknowledged", "part-granted"])
    }

    @Test("An acknowledgement lets nothing go that other rules hold since a restart, before they have come to it")
    func otherRules() throws {
        var (bench, worker) = try bench([Bench.study("1.1")])
        bench.configuration.policies.examLevelFailed = .hold
        bench.restart()
        _ = report(&bench, .begun([OutboundID(1)]))
        _ = report(&bench, .acknowledged([OutboundID(1)], "AA"))
        #expect(try bench.study("1.1").holdReason == .noOrder)
        #expect(bench.lease(worker).items.isEmpty)
    }

    @Test("What waits for the RIS is in nobody's hands: a request for it is under way, and it leaves a full spool behind what waits for a person")
    func passing() throws {
        var (bench, worker) = try bench([Bench.study("1.1"), Bench.study("1.2", patient: "P9")])
        bench.act(.request(.study("1.1"), reason: "x"))
        let standing = try bench.ledger.read { reader in
            try RequestStanding(#require(try reader.request(RequestID(1))), among: UnreadMedia(in: reader), in: reader)
        }
        #expect(standing.state == .underWay)
        let beat = BeatRequest(grants: [], drives: [], spoolBytes: 3_150_000, spoolLimit: 3_200_000, paused: Sentence(.spoolFull, [.bytes(3_200_000)]))
        _ = bench.say(.beat(beat), worker)
        bench.tick()
        let studies = try ["1.1", "1.2"].map { try bench.study($0).id }
        let custody = try bench.ledger.write { tx in try studies.flatMap { try tx.parts(of: $0) }.map(\.custody) }
        #expect(custody == [.held, .evicted])
    }

    @Test("With nobody to tell all is as it was")
    func off() throws {
        var (bench, worker) = try bench([Bench.study("1.1")], announces: false)
        #expect(bench.lease(worker).items.map(\.expected.accessionNumber) == ["UX00000001"])
        #expect(try told(bench).isEmpty)
    }

    @Test("After a restart what was under way is told again, the same; an acknowledgement that comes twice changes nothing")
    func restart() throws {
        var (bench, worker) = try bench([Bench.study("1.1")])
        _ = report(&bench, .begun([OutboundID(1)]))
        let before = try told(bench)
        bench.restart()
        bench.tick()
        #expect(try told(bench) == before)
        #expect(try bench.ledger.read { try $0.outbound(in: .sending, limit: 9) }.map(\.controlID) == ["UX00000001-1"])
        #expect(report(&bench, .acknowledged([OutboundID(1)], "AA")) != nil)
        let events = try bench.eventCodes().count
        #expect(report(&bench, .acknowledged([OutboundID(1)], "AA")) == nil)
        #expect(try bench.eventCodes().count == events)
        #expect(bench.lease(worker).items.count == 1)
    }

    @Test("A refused order holds its study until a person wants it told again, as another message")
    func refused() throws {
        var (bench, worker) = try bench([Bench.study("1.1")])
        _ = report(&bench, .begun([OutboundID(1)]))
        let sentence = report(&bench, .refused(OutboundID(1), "AE, condition 204", words: "no patient Kim", isPassing: false))
        #expect(sentence?.text(showsPatients: true).contains("no patient Kim") == true)
        #expect(sentence?.text().contains("Kim") == false && sentence?.text().contains("condition 204") == true)
        #expect(try bench.study("1.1").holdReason == .orderRefused)
        // Matching looks at it again, and nothing is told again by itself.
        bench.act(.importOrders([Bench.order("OLD2", date: "20020102")]))
        #expect(try bench.study("1.1").holdReason == .orderRefused)
        #expect(try told(bench).count == 1)
        bench.act(.retry(studyInstanceUID: "1.1"))
        #expect(try list(bench) == ["UX00000001 new closed UX00000001-1", "UX00000001 new waiting UX00000001-2"])
        #expect(try bench.ledger.read { try $0.progress() }.outbound[.refused] == nil)
        #expect(bench.lease(worker).items.isEmpty)
        tell(&bench, 2)
        #expect(bench.lease(worker).items.count == 1)
    }

    @Test("What was refused and is not needed any more is closed with that; a person closes a cancel that was refused, and nothing that a study waits for")
    func closed() throws {
        var (bench, _) = try bench([Bench.study("1.1"), Bench.study("1.2")])
        _ = report(&bench, .begun([OutboundID(1)]))
        _ = report(&bench, .refused(OutboundID(1), "AE", words: "", isPassing: false))
        #expect(bench.refusal(.closeOutbound(OutboundID(1), reason: "x"), by: "ann")?.code == .notNow)
        bench.act(.importOrders([Bench.order("ACC1")]))
        bench.act(.assign(studyInstanceUID: "1.1", accessionNumber: "ACC1"))
        #expect(try list(bench).prefix(1) == ["UX00000001 new closed UX00000001-1"])
        tell(&bench, 2)
        bench.act(.importOrders([Bench.order("ACC2")]))
        bench.act(.assign(studyInstanceUID: "1.2", accessionNumber: "ACC2"))
        let cancel = try #require(try told(bench).last)
        #expect(cancel.kind == .cancel)
        #expect(bench.refusal(.closeOutbound(cancel.id, reason: "x"), by: "ann")?.code == .notNow)
        _ = report(&bench, .begun([cancel.id]))
        _ = report(&bench, .refused(cancel.id, "AE", words: "", isPassing: false))
        #expect(try bench.ledger.read { try $0.outbound(includingSettled: false, page: Page()) }.map(\.state) == [.refused])
        #expect(bench.refusal(.closeOutbound(cancel.id, reason: " "), by: "ann")?.code == .badValue)
        #expect(bench.refusal(.closeOutbound(OutboundID(99), reason: "x"), by: "ann")?.code == .unknown)
        #expect(bench.refusal(.closeOutbound(cancel.id, reason: "the RIS never had it"), by: "ann") == nil)
        #expect(try bench.ledger.read { try $0.outbound(includingSettled: false, page: Page()) }.isEmpty)
        #expect(try bench.ledger.read { try $0.progress() }.outbound[.refused] == nil)
        #expect(try told(bench).last?.sentence?.text(showsPatients: true) == "nothing is to be done about what was refused of order UX00000002, says ann: the RIS never had it")
    }

    @Test("What is rejected for the time being is tried as often as a study is, then it is refused")
    func rejected() throws {
        var (bench, _) = try bench([Bench.study("1.1")])
        _ = report(&bench, .begun([OutboundID(1)]))
        for attempt in 1...6 {
            #expect(try told(bench).first?.state == .sending, "\(attempt)")
            _ = report(&bench, .refused(OutboundID(1), "AR, condition 207", words: "", isPassing: true))
        }
        #expect(try told(bench).first?.state == .refused)
        // Said once while it was tried, and once at the end.
        #expect(try bench.eventCodes().filter { $0 == "order-not-told" }.count == 1)
        #expect(try bench.eventCodes().filter { $0 == "order-refused" }.count == 1)
    }

    @Test("Characters that the receiver's set lacks hold the study by that name; an unreachable receiver leaves it waiting")
    func unwritable() throws {
        var (bench, _) = try bench([Bench.study("1.1")])
        _ = report(&bench, .begun([OutboundID(1)]))
        _ = report(&bench, .failed([OutboundID(1)], "nobody takes messages"))
        _ = report(&bench, .failed([OutboundID(1)], "nobody takes messages"))
        #expect(try bench.study("1.1").holdReason == .orderNotAcknowledged)
        #expect(try bench.eventCodes().filter { $0 == "order-not-told" }.count == 1)
        #expect(report(&bench, .unwritable(OutboundID(1), "8859/1"))?.text().contains("8859/1") == true)
        #expect(try bench.study("1.1").holdReason == .characterSet)
        bench.act(.retry(studyInstanceUID: "1.1"))
        #expect(try list(bench).last == "UX00000001 new waiting UX00000001-2")
    }

    @Test("An order that comes in after all: what was told is cancelled, what was not is withdrawn; the numbers are not used again", arguments: [true, false])
    func assignedOtherwise(wasTold: Bool) throws {
        var (bench, worker) = try bench([Bench.study("1.1")])
        if wasTold { _ = report(&bench, .begun([OutboundID(1)])) }
        bench.act(.importOrders([Bench.order("ACC1")]))
        #expect(try list(bench) == (wasTold
            ? ["UX00000001 new sending UX00000001-1", "UX00000001 cancel waiting UX00000001-2"] : ["UX00000001 new withdrawn UX00000001-1"]))
        if wasTold { #expect(try told(bench)[1].order.isCancelled) }
        #expect(try bench.study("1.1").reservedAccession == nil)
        // Its own order holds again no more: another number.
        bench.act(.importOrders([Bench.order("ACC1", status: "cancelled")]))
        #expect(try list(bench).last == "UX00000002 new waiting UX00000002-1")
        #expect(bench.lease(worker).items.isEmpty)
        tell(&bench, wasTold ? 3 : 2)
        #expect(bench.lease(worker).items.map(\.expected.accessionNumber) == ["UX00000002"])
    }

    @Test("A person's decision is told and taken back likewise")
    func decidedByPerson() throws {
        var (bench, worker) = try bench([Bench.study("1.1", patient: "P9")])
        #expect(try bench.study("1.1").holdReason == .patientUnknown)
        bench.act(.fileAsUnspecified(studyInstanceUID: "1.1"))
        #expect(try bench.study("1.1").holdReason == .orderNotAcknowledged)
        #expect(bench.lease(worker).items.isEmpty)
        _ = report(&bench, .begun([OutboundID(1)]))
        bench.act(.importOrders([Bench.order("ACC9", patient: "P9", date: "20030101")]))
        bench.act(.assign(studyInstanceUID: "1.1", accessionNumber: "ACC9"))
        #expect(try list(bench) == ["UX00000001 new sending UX00000001-1", "UX00000001 cancel waiting UX00000001-2"])
        #expect(bench.lease(worker).items.map(\.expected.accessionNumber) == ["ACC9"])
    }

    @Test("When a person leaves the exam out, what was told is cancelled and what was not is withdrawn, after a lease that brought nothing too", arguments: ["waiting", "told", "tried"])
    func leftOut(past: String) throws {
        var (bench, worker) = try bench([Bench.study("1.1")])
        if past != "waiting" { tell(&bench, 1) }
        if past == "told" { bench.act(.importOrders([Bench.order("OLD", name: "Park^Minsu", birthDate: "19700101", date: "20020101")])) }
        if past == "tried" { bench.fail(try #require(bench.lease(worker).items.first), .notAccepted, worker) }
        #expect(bench.refusal(.worklist(.exclude, studyInstanceUID: "1.1", terms: DecisionTerms(reason: "a phantom")), by: "ann") == nil)
        #expect(try list(bench) == (past == "waiting"
            ? ["UX00000001 new withdrawn UX00000001-1"] : ["UX00000001 new acknowledged UX00000001-1", "UX00000001 cancel waiting UX00000001-2"]))
        #expect(try bench.study("1.1").reservedAccession == nil)
        // Taken back, it is told under another number.
        guard past == "waiting" else { return }
        bench.act(.worklist(.undo, studyInstanceUID: "1.1"))
        #expect(try list(bench).last == "UX00000002 new waiting UX00000002-1")
    }

    @Test("A cancel waits behind its order, and goes with it when that was never taken")
    func cancelOfRefused() throws {
        var (bench, _) = try bench([Bench.study("1.1")])
        _ = report(&bench, .begun([OutboundID(1)]))
        bench.act(.importOrders([Bench.order("ACC1")]))
        _ = report(&bench, .refused(OutboundID(1), "AE", words: "", isPassing: false))
        #expect(try list(bench) == ["UX00000001 new closed UX00000001-1", "UX00000001 cancel withdrawn UX00000001-2"])
        #expect(try bench.study("1.1").progress.state == .ready)
    }

    @Test("A patient who is merged before the images go: the order of the former number is cancelled, and another one told of")
    func merged() throws {
        var (bench, worker) = try bench([Bench.study("1.1")])
        tell(&bench, 1)
        #expect(try bench.study("1.1").progress.state == .ready)
        let merge = HospitalNotice.merge(former: PatientKey(patientID: "P1"), survivor: IdentityNotice(key: PatientKey(patientID: "P2")))
        _ = bench.process(.message(HospitalMessage(sender: "RIS", saidAt: bench.now, notices: [merge])))
        #expect(try list(bench) == [
            "UX00000001 new acknowledged UX00000001-1", "UX00000001 cancel waiting UX00000001-2", "UX00000002 new waiting UX00000002-1",
        ])
        #expect(try told(bench)[1].order.patient.patientID.reveal() == "P1")
        #expect(bench.lease(worker).items.isEmpty)
        tell(&bench, 2)
        tell(&bench, 3)
        let item = try #require(bench.lease(worker).items.first)
        #expect(item.expected.patientID.reveal() == "P2" && item.expected.accessionNumber == "UX00000002")
        #expect(item.coercions.contains { $0.tag == "00080050" && $0.value.reveal() == "UX00000002" })
    }

    @Test("Turned on in the middle of a migration: what was cleared before is told of too, and goes no sooner; turned off, it goes")
    func turnedOn() throws {
        var (bench, worker) = try bench([Bench.study("1.1"), Bench.study("1.2")], announces: false)
        #expect(try bench.study("1.1").progress.state == .ready)
        bench.configuration.announcesOrders = true
        bench.restart()
        #expect(bench.lease(worker).items.isEmpty)
        #expect(try list(bench).count == 2)
        tell(&bench, 1)
        #expect(bench.lease(worker).items.map(\.expected.accessionNumber) == ["UX00000001"])
        bench.configuration.announcesOrders = false
        bench.restart()
        bench.pass(.seconds(10))
        #expect(bench.lease(worker).items.map(\.expected.accessionNumber) == ["UX00000002"])
    }

    @Test("What arrived stays told of; nothing is cancelled after the images")
    func sent() throws {
        var (bench, worker) = try bench([Bench.study("1.1")])
        tell(&bench, 1)
        bench.sendAll(worker)
        #expect(try bench.study("1.1").progress.state == .verified)
        bench.act(.importOrders([Bench.order("ACC1")]))
        #expect(try list(bench) == ["UX00000001 new acknowledged UX00000001-1"])
    }
}
