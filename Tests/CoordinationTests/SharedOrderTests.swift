import Coordination
import Ledger
import LineProtocol
import Matching
import Migration
import Testing

@Suite("Studies that share an order, studies that serve several, and decisions after sending")
struct SharedOrderTests {
    private func scene(_ studies: [StudyInventory], _ orders: [Order], profile: CorrectionProfile = .await) throws -> (Bench, WorkerID) {
        var configuration = Bench.standard
        configuration.corrections = CorrectionPolicy(profile: profile, every: .minutes(1), wait: .minutes(10))
        var bench = try Bench(configuration)
        bench.expect("A", "B")
        bench.act(.importOrders(orders))
        let worker = bench.enrol("gateway1")
        bench.read("A", studies, by: worker)
        bench.read("B", [], by: worker)
        return (bench, worker)
    }

    @Test("Split studies have one order when a person says so, and not otherwise; neither is flagged, and a third claimant is held")
    func split() throws {
        var (bench, worker) = try scene([Bench.study("1.1"), Bench.study("1.2")], [Bench.order("ACC1")])
        bench.act(.assign(studyInstanceUID: "1.1", accessionNumber: "ACC1"))
        let refusal = bench.refusal(.assign(studyInstanceUID: "1.2", accessionNumber: "ACC1"), by: "ann")
        #expect(refusal?.code == .notNow && refusal?.message.contains("that of study 1.1 already") == true)
        #expect(bench.refusal(.assign(studyInstanceUID: "1.2", accessionNumber: "ACC1", use: OrderUse(isShared: true)), by: "ann") == nil)
        let items = bench.lease(worker).items
        #expect(items.map(\.expected.accessionNumber) == ["ACC1", "ACC1"] && Set(items.map(\.studyInstanceUID)) == ["1.1", "1.2"])
        for item in items { bench.verify(item, worker) }
        for uid in ["1.1", "1.2"] { #expect(try bench.study(uid).flags.isEmpty && bench.study(uid).progress.state == .verified) }
        bench.expect("C")
        bench.read("C", [Bench.study("1.3")], by: worker)
        #expect(try bench.study("1.3").holdReason == .competingStudies)
        for uid in ["1.1", "1.2"] { #expect(try bench.study(uid).flags == ["competing-studies"]) }
        bench.act(.assign(studyInstanceUID: "1.3", accessionNumber: "ACC1", use: OrderUse(isShared: true)))
        for uid in ["1.1", "1.2", "1.3"] { #expect(try bench.study(uid).flags.isEmpty) }
    }

    @Test("An order that a sent study has is shared by a later one; taken back, the later one competes again")
    func undoShared() throws {
        var (bench, worker) = try scene([Bench.study("1.1")], [Bench.order("ACC1")])
        bench.sendAll(worker)
        bench.expect("C")
        bench.read("C", [Bench.study("1.2")], by: worker)
        #expect(try bench.study("1.2").holdReason == .competingStudies && bench.study("1.1").flags == ["competing-studies"])
        bench.act(.assign(studyInstanceUID: "1.2", accessionNumber: "ACC1", use: OrderUse(isShared: true)))
        #expect(try bench.study("1.1").flags.isEmpty && bench.study("1.2").progress.state == .ready)
        bench.act(.worklist(.undo, studyInstanceUID: "1.2"))
        #expect(try bench.study("1.2").holdReason == .competingStudies && bench.study("1.1").flags == ["competing-studies"])
    }

    @Test("A study that serves further orders bears one accession number; no other study is matched with the further ones until that is taken back")
    func serving() throws {
        let orders = [Bench.order("ACC1"), Bench.order("ACC2"), Bench.order("ACC3", date: "20030211")]
        var (bench, worker) = try scene([Bench.study("1.1")], orders)
        #expect(bench.refusal(.assign(studyInstanceUID: "1.1", accessionNumber: "ACC1", use: OrderUse(also: ["ACC2", "ACC3", "ACC1"])), by: "ann") == nil)
        #expect(try bench.ledger.read { try $0.studyRow(uid: "1.1") }?.served == ["ACC2", "ACC3"])
        #expect(try bench.eventCodes(of: EventSubject(study: StudyID(1))).suffix(2) == ["assigned-by-person", "serves-orders"])
        bench.expect("C")
        bench.read("C", [Bench.study("1.2", date: "20030211")], by: worker)
        #expect(try bench.study("1.2").holdReason == .competingStudies)
        bench.act(.worklist(.undo, studyInstanceUID: "1.1"))
        #expect(try bench.eventCodes(of: EventSubject(study: StudyID(1))).contains("serves-no-more"))
        #expect(try bench.study("1.2").plan?.accessionNumber == "ACC3" && bench.study("1.1").holdReason == .severalOrders)
        bench.act(.assign(studyInstanceUID: "1.1", accessionNumber: "ACC1"))
        bench.sendAll(worker)
        #expect(bench.refusal(.worklist(.link(["ACC2"]), studyInstanceUID: "1.1"), by: "ann") == nil)
        #expect(try bench.study("1.1").plan?.accessionNumber == "ACC1" && bench.study("1.1").progress.state == .verified)
        #expect(bench.refusal(.worklist(.link(["ACC2"]), studyInstanceUID: "1.1"), by: "ann")?.code == .notNow)
        #expect(bench.refusal(.worklist(.unlink(["ACC2"]), studyInstanceUID: "1.1"), by: "ann") == nil)
        #expect(try bench.ledger.read { try $0.studyRow(uid: "1.1") }?.served == [])
        #expect(bench.refusal(.worklist(.unlink(["ACC2"]), studyInstanceUID: "1.1"), by: "ann")?.code == .notNow)
    }

    @Test("Orders of another patient are not served along, nor more than sixteen; a study without an order serves none")
    func servingBounds() throws {
        let many = (1...17).map { Bench.order("M\($0)", date: "20010101") }
        var (bench, _) = try scene([Bench.study("1.1"), Bench.study("1.2", patient: "P9")], [Bench.order("ACC1"), Bench.order("ACC2", patient: "P2")] + many)
        #expect(try bench.study("1.1").progress.state == .ready)
        #expect(bench.refusal(.worklist(.link(["ACC2"]), studyInstanceUID: "1.1"), by: "ann")?.code == .unknown)
        #expect(bench.refusal(.worklist(.link(many.map(\.accessionNumber)), studyInstanceUID: "1.1"), by: "ann")?.code == .tooMany)
        #expect(bench.refusal(.worklist(.link(["ACC1"]), studyInstanceUID: "1.2"), by: "ann")?.code == .notNow)
    }

    // MARK: After sending

    @Test("A decision changed after sending is a correction: the list has what it was sent as and what it should be, and both orders stay in use until it is carried out")
    func amended() throws {
        var (bench, worker) = try scene([Bench.study("1.1")], [Bench.order("ACC1"), Bench.order("ACC2")], profile: .deleteAndSendAgain)
        bench.act(.assign(studyInstanceUID: "1.1", accessionNumber: "ACC1"))
        bench.sendAll(worker)
        #expect(bench.refusal(.assign(studyInstanceUID: "1.1", accessionNumber: "ACC1"), by: "ann")?.code == .notNow)
        #expect(bench.refusal(.assign(studyInstanceUID: "1.1", accessionNumber: "ACC2", terms: DecisionTerms(reason: "mixed up")), by: "ann") == nil)
        let study = try bench.study("1.1")
        #expect(study.progress.state == .verified && study.plan?.accessionNumber == "ACC1")
        let correction = try #require(bench.ledger.read { try $0.corrections(includingCorrected: false, page: Page()) }.first?.correction)
        #expect(correction.state == .open && correction.sent.accessionNumber == "ACC1" && correction.intended.accessionNumber == "ACC2")
        #expect(correction.sentence.text() == "sent as order ACC1, and is order ACC2's as ann decided: it is corrected at the destination by a person, or deleted there and sent again on approval")
        bench.expect("C")
        bench.read("C", [Bench.study("1.2", modality: "CT")], by: worker)
        #expect(try bench.study("1.2").holdReason == .severalOrders)
        for accession in ["ACC1", "ACC2"] {
            #expect(bench.refusal(.assign(studyInstanceUID: "1.2", accessionNumber: accession), by: "ann")?.code == .notNow)
        }
        #expect(bench.refusal(.worklist(.undo, studyInstanceUID: "1.1"), by: "ann")?.code == .notNow)
        bench.act(.approveCorrection(studyInstanceUID: "1.1"))
        #expect(bench.refusal(.assign(studyInstanceUID: "1.1", accessionNumber: "ACC1"), by: "ann")?.code == .notNow)
    }

    @Test("Decided back, the correction is no more")
    func amendedBack() throws {
        var (bench, worker) = try scene([Bench.study("1.1")], [Bench.order("ACC1"), Bench.order("ACC2", date: "20030301")])
        bench.sendAll(worker)
        bench.act(.fileAsUnspecified(studyInstanceUID: "1.1"))
        let row = try #require(bench.ledger.read { try $0.corrections(includingCorrected: false, page: Page()) }.first)
        #expect(row.correction.intended.accessionNumber == "UX00000001")
        bench.act(.assign(studyInstanceUID: "1.1", accessionNumber: "ACC1"))
        #expect(try bench.ledger.read { try $0.corrections(includingCorrected: false, page: Page()) }.isEmpty)
        #expect(try bench.study("1.1").decision?.amendment == nil)
    }

    @Test("When the destination has the study as decided, its former order is free")
    func amendedFound() throws {
        var (bench, worker) = try scene([Bench.study("1.1")], [Bench.order("ACC1"), Bench.order("ACC2", date: "20030211")])
        bench.sendAll(worker)
        bench.act(.assign(studyInstanceUID: "1.1", accessionNumber: "ACC2"))
        bench.expect("C")
        bench.read("C", [Bench.study("1.2")], by: worker)
        #expect(try bench.study("1.2").holdReason == .competingStudies)
        bench.act(.awaitCorrection(studyInstanceUID: "1.1"))
        let correction = try #require(bench.ledger.read { try $0.corrections(includingCorrected: false, page: Page()) }.first?.correction)
        #expect(correction.state == .awaited)
        _ = bench.process(.correction(CorrectionReport(on: correction, .asIntended)))
        #expect(try bench.study("1.1").plan?.accessionNumber == "ACC2" && bench.study("1.1").decision?.amendment == nil)
        #expect(try bench.study("1.2").plan?.accessionNumber == "ACC1")
    }

    // MARK: What a person sees

    @Test("The candidates are those that the rule counts, and the patient's others by how far they lie; what forbids stands first, and whoever has an order is told")
    func candidates() throws {
        let orders = [
            Bench.order("NEXT", date: "20030211"), Bench.order("MR", modality: "MR"), Bench.order("ACC2"), Bench.order("ACC1"), Bench.order("OLD", date: "19990101"),
            Bench.order("OTHER", name: "Lee^Younghee", sex: "F"), Bench.order("GONE", status: "cancelled"), Bench.order("STRANGE", patient: "P7"),
        ]
        var (bench, _) = try scene([Bench.study("1.1"), Bench.study("1.2")], orders)
        bench.act(.assign(studyInstanceUID: "1.2", accessionNumber: "ACC2"))
        let item = try bench.item("1.1")
        #expect(item.choices.map(\.order.order.accessionNumber) == ["ACC1", "ACC2", "MR", "NEXT", "OLD", "OTHER", "GONE"])
        #expect(item.choices.map(\.candidate.isCandidate) == [true, true, false, false, false, true, false])
        #expect(item.choices[1].rivals.map(\.header.studyInstanceUID) == ["1.2"] && item.choices[0].rivals.isEmpty)
        #expect(item.choices[5].candidate.facts.prefix(2).map(\.what) == ["name", "sex"] && item.choices[5].candidate.isContradicted)
        #expect(item.choices[0].candidate.facts.allSatisfy { $0.bearing == .speaksFor && $0.weight == nil })
        #expect(item.more == 0 && item.choices.allSatisfy { $0.candidate.score == nil })
    }

    @Test("With evidence a candidate has its weights, and the best is the one that matching decides for")
    func weighed() throws {
        var configuration = Bench.standard
        configuration.evidence = EvidencePolicy()
        var bench = try Bench(configuration)
        bench.expect("A")
        bench.act(.importOrders([Bench.order("ACC1"), Bench.order("ACC2")]))
        let worker = bench.enrol("gateway1")
        var study = Bench.study("1.1")
        study.header.accessionNumber = "ACC2"
        bench.read("A", [study], by: worker)
        let item = try bench.item("1.1")
        let best = try bench.number(of: "ACC2")
        #expect(item.match.order == best && best != nil)
        #expect(item.choices.map(\.order.order.accessionNumber) == ["ACC2", "ACC1"])
        #expect(item.choices[0].candidate.isBest && item.choices[0].candidate.score == item.match.weighing?.score)
        #expect(item.choices[0].candidate.facts.contains { $0.what == "accession number" && $0.weight == 1000 })
        #expect(item.choices[1].candidate.bar == .unconfirmed)
    }

    @Test("A study without a patient ID is shown the orders that its accession number names")
    func withoutPatient() throws {
        var study = Bench.study("1.1", patient: " ")
        study.header.accessionNumber = "ACC1"
        let (bench, _) = try scene([study], [Bench.order("ACC1"), Bench.order("ACC2")])
        let item = try bench.item("1.1")
        #expect(item.choices.map(\.order.order.accessionNumber) == ["ACC1"] && item.match.reason == .patientIDBlank)
    }
}
