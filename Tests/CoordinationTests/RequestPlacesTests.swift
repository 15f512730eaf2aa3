@testable import Coordination
import Ledger
import LineProtocol
import Migration
import Testing

@Suite("The studies of requests get their places some at a time")
struct RequestPlacesTests {
    private static let today = "19700112"
    private static let patients = 4
    private static let studiesOfEach = 400

    /// Four patients of 400 studies each, the last of which, of each patient, has an order; behind them one of somebody else, who comes first by the order of work.
    private func bench() throws -> (bench: Bench, worker: WorkerID, custody: GrantNumber) {
        var configuration = Bench.standard
        configuration.priors = PriorsPolicy(limit: 10, lasting: .minutes(60))
        var bench = try Bench(configuration)
        bench.expect("A")
        bench.act(.importOrders((1...Self.patients).map { Bench.order("ACC\($0)", patient: "P\($0)", date: "20030209") } + [Bench.order("ACC9", patient: "P9")]))
        let worker = bench.enrol("gateway1")
        var studies: [StudyInventory] = []
        for patient in 1...Self.patients {
            studies += (1..<Self.studiesOfEach).map { Bench.study("\(patient).\($0)", patient: "P\(patient)", date: "19990101", instances: 1) }
            studies.append(Bench.study("\(patient).last", patient: "P\(patient)", date: "20030209", instances: 1))
        }
        let grant = bench.read("A", studies + [Bench.study("9.1", patient: "P9")], by: worker)
        return (bench, worker, grant)
    }

    /// One message with a new order of today for each of the four.
    private func tell(_ bench: inout Bench) {
        let notices = (1...Self.patients).map { number in
            var notice = OrderNotice(patient: IdentityNotice(key: PatientKey(patientID: Identifying("P\(number)")), name: .value("Kim^Chulsoo")), accessionNumber: "NEW\(number)")
            notice.examDate = CalendarDate(Self.today).map { .value($0) } ?? .unsaid
            notice.modality = .value("CT")
            notice.status = .value("NW")
            return HospitalNotice.order(notice)
        }
        _ = bench.process(.message(HospitalMessage(sender: "RIS", notices: notices)))
    }

    private func requests(_ bench: Bench) throws -> [RequestRecord] { try bench.ledger.read { try $0.requests(.all, page: Page()) } }

    @Test("A message that asks for more than a turn may look at gives some their places; the rest follow with the ticks, after a restart too")
    func message() throws {
        var (bench, worker, _) = try bench()
        tell(&bench)
        let first = try requests(bench)
        #expect(first.map { $0.placed == nil } == [true, true, false, false])
        #expect(try #require(first[2].placed) > StudyID(0) && first[3].placed == StudyID(0))
        bench.restart()
        bench.tick()
        #expect(try requests(bench).allSatisfy { $0.placed == nil })
        #expect(bench.lease(worker, 4).items.map(\.studyInstanceUID) == ["1.last", "2.last", "3.last", "4.last"])
    }

    @Test("When many end at once all have ended at once, and their studies go back to their places some at a time")
    func endings() throws {
        var (bench, worker, custody) = try bench()
        tell(&bench)
        bench.tick()
        bench.tick(after: .minutes(61))
        #expect(try requests(bench).allSatisfy { $0.endedAt != nil })
        #expect(try requests(bench).map { $0.placed == nil } == [true, true, false, false])
        bench.tick()
        #expect(try requests(bench).allSatisfy { $0.placed == nil })
        _ = bench.hello(worker, custody: [custody])
        #expect(bench.lease(worker, 1).items.map(\.studyInstanceUID) == ["9.1"])
    }

    @Test("Studies under numbers that were merged into one count as one patient's")
    func merged() throws {
        var (bench, _, _) = try bench()
        for number in 2...3 {
            let merge = HospitalNotice.merge(former: PatientKey(patientID: Identifying("P\(number)")), survivor: IdentityNotice(key: PatientKey(patientID: "P1")))
            _ = bench.process(.message(HospitalMessage(sender: "ADT", notices: [merge])))
        }
        guard case .refused(let error) = bench.act(.request(.patient(PatientKey(patientID: "P1")), reason: "urgent")) else { return #expect(Bool(false)) }
        #expect(error.code == .tooMany)
        #expect(try bench.ledger.read { try $0.studies(of: RequestRecord(
            subject: .patient(PatientKey(patientID: "P1")), patient: PatientKey(patientID: "P1"), day: nil, isAutomatic: false, madeBy: "", reason: "",
            madeAt: bench.now)) }.count == 1001)
    }
}
