@testable import Coordination
import Ledger
import LineProtocol
import Matching
import Migration
import Testing

@Suite("A patient ID that stands for many patients, as that of all tests, holds up nobody else")
struct CrowdedPatientTests {
    private func bench(_ ledger: CountingLedger? = nil) throws -> (bench: Bench, worker: WorkerID) {
        let configuration = Bench.configuration(Policies(examLevelFailed: .unspecifiedExam, patientLevelFailed: .unspecifiedExam))
        var bench = try ledger.map { Bench(ledger: $0.ledger, configuration: configuration) } ?? Bench(configuration)
        bench.expect("A", "B", "C")
        let worker = bench.enrol("gateway1")
        return (bench, worker)
    }

    private func studies(_ numbers: ClosedRange<Int>, patient: String = "TEST") -> [StudyInventory] {
        numbers.map { Bench.study("1.\($0)", patient: patient, date: "20030101", instances: 1) }
    }

    @Test("Beyond 2,000 studies all of it that was not sent is held, whatever was read first; what was sent stays; a person may decide")
    func studiesLimit() throws {
        let counting = try CountingLedger()
        var (bench, worker) = try bench(counting)
        bench.read("A", studies(1...1999), by: worker)
        #expect(try bench.study("1.2").progress.state == .ready)
        let sent = try #require(bench.lease(worker, 1).items.first)
        bench.verify(sent, worker)
        bench.act(.importOrders([Bench.order("OTHER", patient: "P9"), Bench.order("ONE", patient: "TEST", date: "20030305")]))
        bench.read("B", studies(2000...2001) + [Bench.study("9.1", patient: "P9")], by: worker)
        let held = try bench.ledger.read { try $0.studies(StudyFilter(holdReason: .patientTooLarge), page: Page(limit: 9999)) }.map(\.study)
        #expect(held.count == 2000)
        #expect(try #require(held.first?.progress.sentence).text() == "is not matched by itself: more than 2000 studies are one patient's by patient ID, merges and spellings")
        #expect(try bench.study(sent.studyInstanceUID).progress.state == .verified)
        #expect(bench.lease(worker, 5).items.map(\.studyInstanceUID) == ["9.1"])
        // From now on a turn looks at what is new alone.
        let cost = counting.statements { bench.read("C", studies(2002...2002), by: worker) }
        #expect(cost < 150, "\(cost) statements")
        #expect(try bench.study("1.2002").holdReason == .patientTooLarge)
        guard case .done = bench.act(.assign(studyInstanceUID: "1.2002", accessionNumber: "ONE")) else { return #expect(Bool(false)) }
        #expect(bench.lease(worker, 5).items.map(\.studyInstanceUID) == ["1.2002"])
        let item = try bench.ledger.read { try WorklistItem(#require(try $0.study(uid: "1.7")), by: bench.configuration.matching, in: $0) }
        #expect(item.choices.isEmpty)
    }

    @Test("What waits for a medium is held too, or it would wait for ever")
    func waiting() throws {
        var (bench, worker) = try bench()
        bench.act(.importOrders([Bench.order("ONE", patient: "TEST", name: "", birthDate: "", sex: "", date: "20030305")]))
        bench.read("A", [Bench.study("7.1", patient: "TEST", date: "20030305")] + studies(1...1999), by: worker)
        #expect(try bench.study("7.1").holdReason == .waitingForMedia)
        bench.read("B", studies(2000...2000), by: worker)
        #expect(try bench.study("7.1").holdReason == .patientTooLarge)
    }

    @Test("So are orders beyond 5,000, and more than 100 different patients under one number")
    func ordersLimit() throws {
        var (bench, worker) = try bench()
        let names = (1...101).map { Bench.order("N\($0)", patient: "NAMES", name: "Kim^\($0)", date: "20030101") }
        let many = (1...5001).map { Bench.order("M\($0)", patient: "MANY", date: "20030101") }
        for start in stride(from: 0, to: many.count, by: 1000) { bench.act(.importOrders(Array(many[start..<min(start + 1000, many.count)]))) }
        bench.act(.importOrders(Array(names.dropLast())))
        bench.read("A", studies(1...1, patient: "NAMES") + studies(2...2, patient: "MANY"), by: worker)
        #expect(try bench.study("1.1").holdReason == .severalOrders)
        #expect(try bench.study("1.2").holdReason == .patientTooLarge)
        bench.act(.importOrders(Array(names.suffix(1))))
        bench.read("B", studies(3...3, patient: "NAMES"), by: worker)
        #expect(try bench.study("1.3").progress.sentence?.text().contains("more than 100 different names") == true)
    }

    @Test("With evidence a patient of whom nothing was read costs a few look-ups, however many spellings the number has")
    func spellings() throws {
        let counting = try CountingLedger()
        var configuration = Bench.standard
        configuration.evidence = EvidencePolicy(spelling: PatientIDSpelling(length: 8, prefixes: ["A", "B", "C", "D"], checkDigit: .init(weights: [1, 2, 3], modulus: 10)))
        var bench = Bench(ledger: counting.ledger, configuration: configuration)
        #expect(configuration.matching.family(of: "00012345").count == 25)
        let orders = (0..<100).map { Bench.order("ACC\($0)", patient: "000\(12345 + $0)") }
        let cost = counting.statements { bench.act(.importOrders(orders)) }
        #expect(cost < 100 * 12, "\(cost) statements for 100 orders")
        let order = try bench.ledger.write { tx in
            _ = try tx.insertStudy(StudyHeader(studyInstanceUID: "1.1", patient: PatientIdentity(patientID: "B12345")))
            return try MatchingScene(of: "B12345", by: configuration.matching, in: tx).orders.map(\.order.accessionNumber)
        }
        #expect(order == ["ACC0"])
    }

    // MARK: What the turn leaves

    private func count(_ bench: Bench, _ state: StudyState) throws -> Int {
        try bench.ledger.read { try $0.studies(StudyFilter(state: state), page: Page(limit: 9999)).count }
    }

    @Test("What one turn leaves of a tape of them is held by the next ticks, also by those of a program that starts anew", arguments: [true, false])
    func tape(isRestarted: Bool) throws {
        var (bench, worker) = try bench()
        bench.read("A", studies(1...3100), by: worker)
        #expect(try count(bench, .held) == 2000)
        if isRestarted { bench.restart() }
        #expect(try bench.ledger.read { try $0.progress().isUnderReview })
        for _ in 1...3 { bench.tick() }
        #expect(try count(bench, .held) == 3100 && count(bench, .inventoried) == 0)
        for _ in 1...10 { bench.tick() }
        #expect(try !bench.ledger.read { try $0.progress().isUnderReview })
    }

    @Test("Numbers that other rules make one patient's, who is too large: nothing of it that was ready goes out before it is held, and it holds up nobody")
    func together() throws {
        var (bench, worker) = try bench()
        for (place, number) in ["00012345", "A12345", "B12345"].enumerated() {
            bench.read(["A", "B", "C"][place], (1...700).map { Bench.study("\(place + 1).\($0)", patient: number, date: "20030101", instances: 1) }, by: worker)
        }
        bench.expect("D")
        bench.act(.importOrders([Bench.order("ONE", patient: "P9")]))
        bench.read("D", [Bench.study("9.1", patient: "P9")], by: worker)
        #expect(try count(bench, .ready) == 2101)
        bench.configuration.evidence = EvidencePolicy(spelling: PatientIDSpelling(length: 8, prefixes: ["A", "B"], checkDigit: nil))
        bench.restart()
        _ = bench.hello(worker)
        var leased: [String] = []
        for _ in 1...30 { leased += bench.lease(worker, 1).items.map(\.studyInstanceUID) }
        #expect(leased.allSatisfy { $0 == "9.1" }, "\(leased)")
        #expect(try count(bench, .ready) > 0, "the ticks have not come to them yet")
        for _ in 1...40 { bench.tick() }
        leased += bench.lease(worker, 9).items.map(\.studyInstanceUID)
        #expect(try Set(leased).isSubset(of: ["9.1"]) && bench.ledger.read { try $0.studies(StudyFilter(holdReason: .patientTooLarge), page: Page(limit: 9999)) }.count == 2100)
    }

    /// P1 with three studies under orders of their own: 8.1 assigned by a person, 8.2 leased once, 8.3 sent; and then merged into TEST, which is too large.
    private func mergedBench() throws -> (bench: Bench, worker: WorkerID) {
        var (bench, worker) = try bench()
        bench.read("A", studies(1...2001), by: worker)
        bench.act(.importOrders((1...3).map { Bench.order("E\($0)", date: "2003041\($0)") }))
        bench.read("B", (1...3).map { Bench.study("8.\($0)", name: $0 == 1 ? "Lee^Younghee" : "Kim^Chulsoo", date: "2003041\($0)") }, by: worker)
        for item in bench.lease(worker, 9).items {
            if item.studyInstanceUID == "8.3" { bench.verify(item, worker) } else { bench.fail(item, .destinationRefused, worker) }
        }
        #expect(try bench.study("8.3").progress.state == .verified && bench.study("8.2").progress.wasGranted)
        guard case .done = bench.act(.assign(studyInstanceUID: "8.1", accessionNumber: "E1")) else { fatalError("8.1 was not assigned") }
        let merge = HospitalNotice.merge(former: PatientKey(patientID: "P1"), survivor: IdentityNotice(key: PatientKey(patientID: "TEST")))
        _ = bench.process(.message(HospitalMessage(sender: "ADT", notices: [merge])))
        return (bench, worker)
    }

    @Test("What a person decided on follows a merge into it; what went by itself is held where it stands; what was sent is to be corrected")
    func merged() throws {
        var (bench, worker) = try mergedBench()
        let decided = bench.lease(worker, 9).items
        #expect(decided.map(\.studyInstanceUID) == ["8.1"])
        for item in decided { bench.verify(item, worker) }
        #expect(try bench.study("8.1").plan?.patientID.reveal() == "TEST")
        for _ in 1...5 { bench.tick() }
        #expect(try bench.study("8.2").holdReason == .patientTooLarge && bench.study("8.2").progress.state == .held)
        #expect(try bench.study("8.3").flags == ["patient-changed"])
        let events = try bench.eventCodes(of: EventSubject(study: bench.study("8.2").id)).count
        bench.read("C", studies(2002...2002), by: worker)
        for _ in 1...10 { bench.tick() }
        #expect(try bench.eventCodes(of: EventSubject(study: bench.study("8.2").id)).count == events, "it is told once")
        guard case .done = bench.act(.assign(studyInstanceUID: "8.2", accessionNumber: "E2")) else { return #expect(Bool(false)) }
        #expect(bench.lease(worker, 9).items.map(\.studyInstanceUID) == ["8.2"])
    }

    @Test("The index's doubt holds what a person decided on before it is leased, and a cancelled order is told of what was sent")
    func doubted() throws {
        var (bench, worker) = try mergedBench()
        let listed = StudyHeader(studyInstanceUID: "8.1", patient: PatientIdentity(patientID: "P77", name: "Park^Jiwon"), studyDate: "20030411", modalities: ["CT"])
        bench.act(.importLegacyStudies([LegacyStudy(header: listed, instanceCount: nil, mediumLabel: "")]))
        bench.act(.importOrders([Bench.order("E3", patient: "TEST", date: "20030413", status: "CA")]))
        #expect(bench.lease(worker, 9).items.isEmpty)
        #expect(try bench.study("8.1").holdReason == .legacyPatient)
        for _ in 1...10 { bench.tick() }
        #expect(try bench.study("8.3").flags.contains("order-changed"))
    }
}
