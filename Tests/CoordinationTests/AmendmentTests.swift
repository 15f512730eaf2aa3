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
}

extension Bench {
    /// The number of the order with this accession number.
    func number(of accession: String) throws -> OrderID? { try ledger.read { try $0.orders(accessionNumber: accession) }.first?.id }
}
