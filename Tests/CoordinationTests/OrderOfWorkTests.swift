import Coordination
import Ledger
import LineProtocol
import Migration
import Testing

@Suite("In which order studies are sent")
struct OrderOfWorkTests {
    private static let studies = [
        ("1", "CT", "20010101"), ("2", "US", "20030101"), ("3", "MR", "20030101"), ("4", "US", ""), ("5", "XA", "19990101"), ("6", "MG", "20020101"),
    ]

    private func bench(_ rules: [OrderOfWork.Rule]?) throws -> (bench: Bench, worker: WorkerID) {
        var configuration = Bench.standard
        configuration.policies = Policies(examLevelFailed: .unspecifiedExam, patientLevelFailed: .unspecifiedExam)
        if let rules { configuration.orderOfWork = OrderOfWork(rules) }
        var bench = try Bench(configuration)
        bench.expect("A")
        let worker = bench.enrol("gateway1")
        let studies = Self.studies.map { Bench.study("1.\($0.0)", patient: "P\($0.0)", date: $0.2, modality: $0.1) }
        bench.read("A", studies, by: worker)
        return (bench, worker)
    }

    private func order(_ bench: inout Bench, _ worker: WorkerID) -> String {
        bench.lease(worker).items.map { String($0.studyInstanceUID.dropFirst(2)) }.joined(separator: " ")
    }

    @Test("By the rules, one after the other; the paper's are the standard", arguments: [
        (nil, "3 1 5 2 6 4"), ([.date(isNewestFirst: true)], "2 3 6 1 5 4"), ([.date(isNewestFirst: false)], "5 1 6 2 3 4"),
        ([.date(isNewestFirst: true), .modalities(["MR"])], "3 2 6 1 5 4"), ([.modalities(["US"]), .modalities(["MG"])], "2 4 6 1 3 5"),
        ([.modalities(["MG"]), .date(isNewestFirst: false), .modalities(["MR"])], "6 5 1 3 2 4"), ([], "1 2 3 4 5 6"),
    ] as [([OrderOfWork.Rule]?, String)])
    func rules(rules: [OrderOfWork.Rule]?, expected: String) throws {
        var (bench, worker) = try bench(rules)
        #expect(order(&bench, worker) == expected)
    }

    @Test("Patients with an order of today or later first, as soon as it comes")
    func comingOrder() throws {
        var (bench, worker) = try bench([.comingOrder, .date(isNewestFirst: true)])
        bench.act(.importOrders([
            Bench.order("NEW5", patient: "P5", date: "19990101"), Bench.order("NEXT5", patient: "P5", date: "19700112"), Bench.order("PAST6", patient: "P6", date: "19690101"),
            Bench.order("OFF1", patient: "P1", date: "19700113", status: "CA"),
        ]))
        #expect(order(&bench, worker).hasPrefix("5 2 3 6 1"))
    }

    @Test("Other rules hold after a restart for what was read before, requested studies first all the same")
    func restart() throws {
        var (bench, worker) = try bench(nil)
        bench.act(.request(.study("1.6"), reason: "now"))
        bench.configuration.orderOfWork = OrderOfWork([.date(isNewestFirst: false)])
        bench.restart()
        bench.pass(.seconds(7))
        #expect(order(&bench, worker) == "6 5 1 2 3 4")
        let before = try bench.ledger.write { try $0.setting(.rules) }
        #expect(before?.contains("oldest") == true)
        #expect(try bench.ledger.write { try $0.setting(.review) } == nil)
    }
}
