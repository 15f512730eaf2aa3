import Coordination
import Ledger
import LineProtocol
import Migration
import Testing

@Suite("What the configuration leaves out is excluded, with the rule")
struct SelectionTests {
    private func bench(_ selection: Selection, now: Instant? = nil) throws -> (bench: Bench, worker: WorkerID) {
        var configuration = Bench.standard
        configuration.selection = selection
        var bench = try Bench(configuration)
        // 23 November 2026.
        bench.now = now ?? Instant(milliseconds: 1_795_428_900_000)
        bench.expect("A")
        var orders = [Bench.order("ACC1", patient: "P1", date: "20030210"), Bench.order("ACC2", patient: "P2", date: "20180210"), Bench.order("ACC3", patient: "P3", birthDate: "20010101", date: "20030210", modality: "MR")]
        for (index, department) in ["NS", "ORTHO", "PED"].enumerated() { orders[index].department = department }
        bench.act(.importOrders(orders))
        let worker = bench.enrol("gateway1")
        bench.read("A", [
            Bench.study("1.1", patient: "P1"), Bench.study("1.2", patient: "P2", date: "20180210"),
            Bench.study("1.3", patient: "P3", birthDate: "20010101", modality: "MR"), Bench.study("1.4", patient: "P4", birthDate: "", date: ""),
        ], by: worker)
        return (bench, worker)
    }

    private func excluded(_ bench: Bench) throws -> [String: String] {
        let rows = try bench.ledger.read { try $0.studies(StudyFilter(state: .excluded), page: Page()) }
        return Dictionary(uniqueKeysWithValues: rows.map { ($0.study.header.studyInstanceUID, $0.study.progress.sentence?.code ?? "") })
    }

    private static func day(_ text: String) -> CalendarDate? { CalendarDate(text) }

    @Test("By modality, date, department, patient list and legal retention; what cannot be told leaves nothing out", arguments: [
        (Selection(), [:]), (Selection(modalities: ["MR", "CR"]), ["1.1": "excluded-by-modality", "1.2": "excluded-by-modality", "1.4": "excluded-by-modality"]),
        (Selection(from: day("20100101")), ["1.1": "excluded-as-older", "1.3": "excluded-as-older"]), (Selection(from: day("20030210"), to: day("20180209")), ["1.2": "excluded-as-newer"]),
        (Selection(departments: ["NS", "PED"]), ["1.2": "excluded-by-department"]), (Selection(patients: PatientList([" P1 ", "P4"])), ["1.2": "excluded-by-patient", "1.3": "excluded-by-patient"]),
        (Selection(retention: .init(years: 10)), ["1.1": "excluded-by-retention", "1.3": "excluded-by-retention"]), (Selection(retention: .init(years: 10, untilAge: 28)), ["1.1": "excluded-by-retention"]),
        (Selection(retention: .init(years: 23)), ["1.1": "excluded-by-retention", "1.3": "excluded-by-retention"]), (Selection(retention: .init(years: 24)), [:]),
    ] as [(Selection, [String: String])])
    func rules(selection: Selection, expected: [String: String]) throws {
        var (bench, worker) = try bench(selection)
        #expect(try excluded(bench) == expected)
        let leased = bench.lease(worker).items.map(\.studyInstanceUID)
        #expect(Set(leased).isDisjoint(with: expected.keys))
        #expect(leased.sorted() == ["1.1", "1.2", "1.3"].filter { expected[$0] == nil })
    }

    @Test("What was left out comes back when the rule changes, and goes when another one leaves it out; what was sent stays")
    func otherRules() throws {
        var (bench, worker) = try bench(Selection(modalities: ["CT"]))
        #expect(try excluded(bench) == ["1.3": "excluded-by-modality"])
        bench.verify(try #require(bench.lease(worker, 1).items.first), worker)
        #expect(try bench.study("1.2").progress.state == .verified)
        bench.configuration.selection = Selection(modalities: ["MR"])
        bench.restart()
        bench.pass(.seconds(8), beating: [worker: []])
        #expect(try excluded(bench) == ["1.1": "excluded-by-modality", "1.4": "excluded-by-modality"])
        #expect(try bench.study("1.2").progress.state == .verified)
        #expect(bench.lease(worker).items.map(\.studyInstanceUID) == ["1.3"])
        bench.configuration.selection = Selection()
        bench.restart()
        bench.pass(.seconds(8), beating: [worker: []])
        #expect(try excluded(bench).isEmpty)
        #expect(bench.lease(worker).items.map(\.studyInstanceUID) == ["1.1"])
    }

    @Test("A person's request overrules selection, and is recorded; a new order's does not; cancelled, the rule holds again")
    func request() throws {
        var (bench, worker) = try bench(Selection(modalities: ["CT"]))
        bench.act(.request(.patient(PatientKey(patientID: "P3")), reason: "now"))
        #expect(try excluded(bench).isEmpty)
        #expect(try bench.eventCodes().filter { $0 == "selection-overruled" }.count == 1)
        bench.act(.cancelRequest(RequestID(1), reason: "not now"))
        #expect(try excluded(bench) == ["1.3": "excluded-by-modality"])
        bench.act(.request(.study("1.3"), reason: "now"))
        #expect(bench.lease(worker, 1).items.map(\.studyInstanceUID) == ["1.3"])
        bench.act(.cancelRequest(RequestID(2), reason: "too late"))
        #expect(try bench.study("1.3").progress.state == .leased)
    }

    @Test("What a person decided on stays, whatever the rule")
    func decision() throws {
        var (bench, worker) = try bench(Selection())
        guard case .done = bench.act(.fileAsUnspecified(studyInstanceUID: "1.4")) else { return #expect(Bool(false)) }
        bench.configuration.selection = Selection(modalities: ["MR"])
        bench.restart()
        bench.pass(.seconds(8), beating: [worker: []])
        #expect(try excluded(bench).keys.sorted() == ["1.1", "1.2"])
        #expect(bench.lease(worker).items.map(\.studyInstanceUID).contains("1.4"))
    }

    @Test("Nobody is asked for a medium because of what is left out; when it comes back, he is")
    func media() throws {
        var (bench, worker) = try bench(Selection(to: Self.day("19991231")))
        #expect(try excluded(bench).count == 3)
        _ = bench.hello(worker, spool: "another", custody: [])
        // The study without a date is not left out, and held: its medium is needed again.
        #expect(try bench.medium("A").state == .expected)
        bench.read("A", [Bench.study("1.4", patient: "P4", birthDate: "", date: "")], by: worker)
        #expect(try bench.medium("A").state == .read)
        #expect(try bench.ledger.read { try $0.progress().studiesWithoutCustody } == 0)
        bench.act(.request(.study("1.1"), reason: "now"))
        #expect(try bench.study("1.1").progress.state == .ready)
        #expect(try bench.medium("A").state == .expected)
    }

    @Test("A study of two patients is not left out, whichever of them selection means and whichever disc is read first", arguments: [["B", "C"], ["C", "B"]])
    func twoPatients(discs: [String]) throws {
        var (bench, worker) = try bench(Selection(patients: PatientList(["P9"])))
        bench.expect("B", "C")
        for disc in discs { bench.read(disc, [Bench.study("2.1", patient: disc == "B" ? "P1" : "P9", instances: 1, from: disc == "B" ? 1 : 2)], by: worker) }
        #expect(try bench.study("2.1").holdReason == .studyTwoPatients)
        #expect(try bench.study("2.1").progress.state == .held)
    }
}
