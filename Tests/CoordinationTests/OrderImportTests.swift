@testable import Coordination
import Ledger
import LineProtocol
import Migration
import Testing

@Suite("Orders that come in by files, a thousand at a time")
struct OrderImportTests {
    /// A bench that has read disc A with these studies; no other medium is expected.
    private func bench(_ studies: [StudyInventory] = [Bench.study("1.1")]) throws -> (Bench, WorkerID) {
        var bench = try Bench()
        bench.expect("A")
        let worker = bench.enrol("gateway1")
        bench.read("A", studies, by: worker)
        return (bench, worker)
    }

    private func orders(_ bench: Bench) throws -> [OrderRecord] { try bench.ledger.read { try $0.orders(page: Page()) } }

    private func imports(_ bench: Bench) throws -> [String] { try bench.ledger.read { try OrderImports(in: $0).rows.map(\.name) } }

    // MARK: While an import is under way

    @Test("While orders are imported nothing that is matched anew is sent: the second order of a day may be in the next thousand rows")
    func half() throws {
        var (bench, worker) = try bench([Bench.study("1.1"), Bench.study("1.2", patient: "P2")])
        bench.act(.beginOrderImport(name: "orders.csv"))
        bench.act(.importOrders([Bench.order("O1"), Bench.order("O3", patient: "P2")]))
        #expect(try bench.study("1.1").outcome == .matched)
        #expect(try bench.study("1.1").holdReason == .waitingForOrders)
        #expect(try bench.study("1.1").progress.sentence == Sentence(.waitingForOrders, [.text("orders.csv")]))
        bench.tick()
        #expect(bench.lease(worker).items.isEmpty)
        bench.act(.importOrders([Bench.order("O2")]))
        #expect(bench.lease(worker).items.isEmpty)
        bench.act(.endOrderImport(name: "orders.csv"))
        #expect(try bench.study("1.1").holdReason == .severalOrders)
        #expect(bench.lease(worker).items.map(\.studyInstanceUID) == ["1.2"])
        #expect(try imports(bench).isEmpty)
    }

    @Test("An exam without an order is not filed as unspecified while its order may still come; what was ready before goes out")
    func unspecified() throws {
        var (bench, worker) = try bench([Bench.study("1.1"), Bench.study("1.2", patient: "P2")])
        bench.act(.importOrders([Bench.order("O1")]))
        bench.act(.beginOrderImport(name: "orders.csv"))
        bench.act(.importOrders([Bench.order("O3", patient: "P2", date: "20010101"), Bench.order("O4", date: "20010101")]))
        #expect(try bench.study("1.2").holdReason == .waitingForOrders)
        #expect(bench.lease(worker).items.map(\.studyInstanceUID) == ["1.1"])
        bench.act(.importOrders([Bench.order("O2", patient: "P2")]))
        bench.act(.endOrderImport(name: "orders.csv"))
        bench.tick()
        #expect(bench.lease(worker).items.map(\.expected.accessionNumber) == ["O2"])
    }

    @Test("A study without a patient ID has no order to wait for")
    func nobodys() throws {
        var bench = try Bench(Bench.configuration(Policies(patientLevelFailed: .unspecifiedExam)))
        bench.expect("A")
        let worker = bench.enrol("gateway1")
        bench.act(.beginOrderImport(name: "orders.csv"))
        bench.read("A", [Bench.study("1.1", patient: "")], by: worker)
        #expect(try bench.study("1.1").holdReason == nil)
        #expect(bench.lease(worker).items.map(\.studyInstanceUID) == ["1.1"])
    }

    @Test("An import that broke off stands through a restart, until the file is imported again or a person gives it up; each of two must end")
    func broken() throws {
        var (bench, worker) = try bench()
        for name in ["a.csv", "b.csv"] { bench.act(.beginOrderImport(name: name)) }
        bench.act(.importOrders([Bench.order("O1")]))
        bench.restart()
        bench.tick()
        #expect(try imports(bench) == ["a.csv", "b.csv"])
        #expect(try bench.study("1.1").holdReason == .waitingForOrders)
        bench.act(.beginOrderImport(name: "a.csv"))
        bench.act(.importOrders([Bench.order("O1")]))
        bench.act(.endOrderImport(name: "a.csv"))
        bench.tick()
        #expect(bench.lease(worker).items.isEmpty)
        #expect(try imports(bench) == ["b.csv"])
        bench.act(.endOrderImport(name: "b.csv"))
        bench.restart()
        bench.tick()
        #expect(bench.lease(worker).items.count == 1)
        #expect(try bench.eventCodes().filter { $0.hasPrefix("order-import-") }.count == 5)
    }

    @Test("Names of imports are bounded, and so are imports; one that is not under way cannot end")
    func bounds() throws {
        var bench = try Bench()
        func refusal(_ action: OperatorAction) -> ActionError.Code? {
            guard case .refused(let error) = bench.act(action) else { return nil }
            return error.code
        }
        for name in ["", "a\nb", String(repeating: "n", count: 129)] { #expect(refusal(.beginOrderImport(name: name)) == .badValue) }
        for number in 1...16 { #expect(refusal(.beginOrderImport(name: "\(number).csv")) == nil) }
        #expect(refusal(.beginOrderImport(name: "17.csv")) == .tooMany)
        #expect(refusal(.beginOrderImport(name: "16.csv")) == nil)
        #expect(refusal(.endOrderImport(name: "17.csv")) == .unknown)
    }

    @Test("Of many patients whose studies wait for media all are looked at, though discs are closed meanwhile")
    func rounds() throws {
        var bench = try Bench()
        bench.expect("A", "B", "C", "D")
        let worker = bench.enrol("gateway1")
        let patients = (100..<250).map { "P\($0)" }
        bench.act(.importOrders(patients.map { Bench.order("O\($0)", patient: $0, name: "", birthDate: "") }))
        bench.read("A", patients.map { Bench.study("1.\($0.dropFirst())", patient: $0) }, by: worker)
        func waiting(for label: String) throws -> Int {
            try patients.count { try bench.study("1.\($0.dropFirst())").progress.sentence == Sentence(.waitingForMedia, [.label(label)]) }
        }
        bench.tick()
        bench.tick()
        #expect(try waiting(for: "B") == 150)
        bench.act(.excludeMedium(label: "B", reason: "not needed"))
        bench.tick()
        #expect(try waiting(for: "C") == 100)
        bench.read("D", [], by: worker)
        bench.tick()
        #expect(try waiting(for: "C") == 150)
        bench.act(.excludeMedium(label: "C", reason: "not needed"))
        for _ in 1...3 { bench.tick() }
        #expect(try waiting(for: "C") == 0)
        #expect(bench.lease(worker).items.count == 16)
    }

    // MARK: What comes after a study was sent

    @Test("What was sent is flagged when another order of its day comes, or its own is cancelled or moved; it keeps its state", arguments: [
        Bench.order("O2"), Bench.order("O1", status: "CA"), Bench.order("O1", date: "20030211"), Bench.order("O1", modality: "MR"),
        Bench.order("O1", name: "Lee^Younghee"),
    ])
    func changed(order: Order) throws {
        var (bench, worker) = try bench()
        bench.act(.importOrders([Bench.order("O1")]))
        bench.sendAll(worker)
        bench.act(.importOrders([Bench.order("O9", patient: "P9"), Bench.order("O8", date: "20010101"), Bench.order("O7", modality: "MR")]))
        #expect(try bench.study("1.1").flags.isEmpty)
        for _ in 1...2 { bench.act(.importOrders([order])) }
        #expect(try bench.study("1.1").flags.contains("order-changed"))
        #expect(try bench.study("1.1").progress.state == .verified)
        let id = try bench.study("1.1").id
        #expect(try bench.eventCodes(of: EventSubject(study: id)).filter { $0 == "flagged" }.count == bench.study("1.1").flags.count)
    }

    @Test("A flag goes when a person decides otherwise; that it came and went is told in the chain of events, once")
    func decidedOtherwise() throws {
        var (bench, worker) = try bench()
        bench.act(.importOrders([Bench.order("O1")]))
        bench.sendAll(worker)
        bench.act(.importOrders([Bench.order("O1", status: "CA")]))
        #expect(try bench.study("1.1").flags == ["order-changed"])
        bench.act(.importOrders([Bench.order("O2")]))
        #expect(try bench.study("1.1").flags == ["order-changed"])
        bench.act(.assign(studyInstanceUID: "1.1", accessionNumber: "O2"))
        #expect(try bench.study("1.1").flags.isEmpty)
        let codes = try bench.eventCodes(of: EventSubject(study: bench.study("1.1").id))
        #expect(codes.filter { $0.hasPrefix("flag") } == ["flagged", "flag-lifted"])
    }

    @Test("What was filed without an order and sent is flagged when one comes")
    func late() throws {
        var (bench, worker) = try bench()
        bench.act(.importOrders([Bench.order("O8", date: "20010101")]))
        bench.sendAll(worker)
        #expect(try bench.study("1.1").progress.state == .verified)
        bench.act(.importOrders([Bench.order("O9", date: "20010102")]))
        #expect(try bench.study("1.1").flags.isEmpty)
        bench.act(.importOrders([Bench.order("O1")]))
        #expect(try bench.study("1.1").flags == ["order-changed"])
    }

    @Test("What a person decided stands when another order comes, and is flagged when its own is cancelled")
    func decided() throws {
        var (bench, worker) = try bench()
        bench.act(.importOrders([Bench.order("O1"), Bench.order("O2")]))
        bench.act(.assign(studyInstanceUID: "1.1", accessionNumber: "O1"))
        bench.sendAll(worker)
        bench.act(.importOrders([Bench.order("O3")]))
        #expect(try bench.study("1.1").flags.isEmpty)
        bench.act(.importOrders([Bench.order("O1", status: "CA")]))
        #expect(try bench.study("1.1").flags == ["order-changed"])
    }

    // MARK: Rows whose accession number cannot be used

    private static func substitute(description: String = "") -> Order {
        var order = Bench.order("")
        order.procedureDescription = description
        order.accessionNumber = order.substituteNumber
        return order
    }

    @Test("An order whose accession number cannot be used is no study's, and its neighbour is not the only one; the mended row takes its place")
    func unusable() throws {
        var (bench, worker) = try bench()
        let broken = Self.substitute(description: "Abdomen")
        guard case .done(let sentence) = bench.act(.importOrders([Bench.order("O1"), broken])) else { return #expect(Bool(false)) }
        #expect(sentence.arguments.first == .count(1))
        #expect(try bench.study("1.1").holdReason == .severalOrders)
        guard case .refused = bench.act(.assign(studyInstanceUID: "1.1", accessionNumber: broken.accessionNumber)) else { return #expect(Bool(false)) }
        bench.act(.importOrders([Bench.order("O1"), broken]))
        #expect(try orders(bench).count == 2)
        var mended = broken
        mended.accessionNumber = "O2"
        bench.act(.importOrders([Bench.order("O1"), mended]))
        #expect(try orders(bench).map(\.order.accessionNumber) == ["O1", "O2"])
        bench.act(.importOrders([Bench.order("O1", status: "CA")]))
        #expect(bench.lease(worker).items.map(\.expected.accessionNumber) == ["O2"])
    }

    @Test("An only order whose accession number cannot be used holds the study")
    func onlyUnusable() throws {
        var (bench, worker) = try bench()
        bench.act(.importOrders([Self.substitute()]))
        #expect(try bench.study("1.1").holdReason == .orderUnusable)
        #expect(bench.lease(worker).items.isEmpty)
    }
}
