import Coordination
import Ledger
import LineProtocol
import Migration
import Testing

@Suite("The priors of new orders are requested where the configuration says so")
struct PriorsTests {
    /// 12 January 1970, eight o'clock: the clock of the bench; orders are of that day.
    private static let today = "19700112"

    private func bench(_ priors: PriorsPolicy?) throws -> (bench: Bench, worker: WorkerID) {
        var configuration = Bench.standard
        configuration.priors = priors
        var bench = try Bench(configuration)
        bench.expect("A")
        bench.act(.importOrders((1...4).map { Bench.order("ACC\($0)", patient: "P\($0)", date: Self.day($0)) }))
        let worker = bench.enrol("gateway1")
        bench.read("A", (1...4).map { Bench.study("1.\($0)", patient: "P\($0)", date: Self.day($0)) }, by: worker)
        return (bench, worker)
    }

    private static func day(_ number: Int) -> String { "1969022\(8 - number)" }

    private func tell(_ bench: inout Bench, _ accession: String, of patient: String, on day: String = Self.today, status: String = "NW") {
        var notice = OrderNotice(patient: IdentityNotice(key: PatientKey(patientID: Identifying(patient)), name: .value("Kim^Chulsoo")), accessionNumber: accession)
        notice.examDate = CalendarDate(day).map { .value($0) } ?? .unsaid
        notice.modality = .value("CT")
        notice.status = .value(status)
        _ = bench.process(.message(HospitalMessage(sender: "RIS", notices: [.order(notice)])))
    }

    private func requests(_ bench: Bench) throws -> [RequestRecord] { try bench.ledger.read { try $0.requests(.open, page: Page()) } }

    @Test("The patient's studies go before the rest and behind what persons ask for, until the time is over")
    func priors() throws {
        var (bench, worker) = try bench(PriorsPolicy(limit: 10, lasting: .minutes(60)))
        tell(&bench, "NEW3", of: "P3")
        bench.act(.request(.study("1.4"), reason: "urgent"))
        #expect(bench.lease(worker, 1).items.map(\.studyInstanceUID) == ["1.4"])
        #expect(bench.lease(worker, 1).items.map(\.studyInstanceUID) == ["1.3"])
        tell(&bench, "NEW2", of: "P2")
        let codes = try bench.eventCodes()
        #expect(codes.filter { $0 == "priors-requested" }.count == 2)
        bench.tick(after: .minutes(61))
        #expect(try requests(bench).map(\.isAutomatic) == [false])
        #expect(try bench.eventCodes().filter { $0 == "request-over" }.count == 2)
        #expect(bench.lease(worker, 2).items.map(\.studyInstanceUID) == ["1.1", "1.2"])
    }

    @Test("Nothing is requested without the option, for what is past, cancelled or known, or twice for one patient")
    func none() throws {
        var (off, _) = try bench(nil)
        tell(&off, "NEW3", of: "P3")
        #expect(try requests(off).isEmpty)
        var (bench, _) = try bench(PriorsPolicy())
        tell(&bench, "ACC1", of: "P1")
        tell(&bench, "NEW2", of: "P2", on: "19690301")
        tell(&bench, "NEW3", of: "P3", status: "CA")
        #expect(try requests(bench).isEmpty)
        tell(&bench, "NEW4", of: "P4")
        tell(&bench, "NEW5", of: "P4")
        #expect(try requests(bench).map { $0.patient?.patientID.reveal() } == ["P4"])
        tell(&bench, "NEW6", of: "P4", on: "19700301")
        let ends = try requests(bench).map { $0.expires?.text }
        #expect(ends == ["1970-01-26T13:46:40Z", "1970-03-15T00:00:00Z"])
    }

    @Test("At the limit no more are made, and that is recorded")
    func limit() throws {
        var (bench, _) = try bench(PriorsPolicy(limit: 2))
        for number in 1...4 { tell(&bench, "NEW\(number)", of: "P\(number)") }
        #expect(try requests(bench).count == 2)
        #expect(try bench.eventCodes().filter { $0 == "priors-not-requested" }.count == 2)
    }

    @Test("What a person asks for does not stand in for the priors: cancelled, they are still requested")
    func besidePersons() throws {
        var (bench, worker) = try bench(PriorsPolicy())
        bench.act(.request(.patient(PatientKey(patientID: "P4")), reason: "urgent"))
        tell(&bench, "NEW4", of: "P4")
        #expect(try requests(bench).map(\.isAutomatic) == [false, true])
        bench.act(.cancelRequest(RequestID(1), reason: "not urgent"))
        #expect(bench.lease(worker, 1).items.map(\.studyInstanceUID) == ["1.4"])
    }
}
