import Coordination
import Ledger
import Migration
import Testing

@Suite("Whose an order is, where numbers are used twice and patients are merged")
struct PatientMergeTests {
    private static let noon = Instant(milliseconds: 1_000_000_000)

    private func order(_ accession: String, _ patient: PatientKey, status: String = "NW") -> HospitalNotice {
        var notice = OrderNotice(patient: IdentityNotice(key: patient, name: .value("Kim^Chulsoo")), accessionNumber: accession)
        notice.examDate = CalendarDate("20030210").map { .value($0) } ?? .unsaid
        notice.modality = .value("CT")
        notice.status = .value(status)
        return .order(notice)
    }

    private func key(_ patient: String, _ issuer: String = "") -> PatientKey { PatientKey(patientID: Identifying(patient), issuer: Identifying(issuer)) }

    private func merge(_ former: PatientKey, into survivor: PatientKey) -> HospitalNotice { .merge(former: former, survivor: IdentityNotice(key: survivor)) }

    /// Why a message said so many minutes after noon is refused; nil: it is not.
    @discardableResult
    private func say(_ bench: inout Bench, _ notices: HospitalNotice..., after minutes: Int64 = 0) -> ActionError.Code? {
        guard case .refused(let error) = bench.process(.message(HospitalMessage(sender: "RIS", saidAt: Self.noon + .minutes(minutes), notices: notices)))
        else { return nil }
        return error.code
    }

    /// Accession number, patient, issuer, and whether it is cancelled.
    private func orders(_ bench: Bench) throws -> [String] {
        try bench.ledger.read { try $0.orders(page: Page()) }.map(\.order).map {
            "\($0.accessionNumber) \($0.patient.patientID.reveal()) \($0.patient.issuer.reveal())\($0.isCancelled ? " CA" : "")"
        }
    }

    @Test("A number without its authority changes nobody where several authorities have one like it")
    func unknownAuthority() throws {
        var bench = try Bench()
        say(&bench, order("A1", key("P1", "HOSP")), order("A2", key("P1", "LAB")))
        let before = try bench.ledger.read { try $0.orders(page: Page()) }
        #expect(say(&bench, .identity(IdentityNotice(key: key("P1"), name: .value("Lee^Younghee"))), after: 1) == .ambiguousPatient)
        #expect(say(&bench, merge(key("P1"), into: key("P2")), after: 1) == .ambiguousPatient)
        #expect(say(&bench, merge(key("P1"), into: key("P2", "HOSP")), after: 1) == .ambiguousPatient)
        #expect(say(&bench, merge(key("P3"), into: key("P1")), after: 1) == .ambiguousPatient)
        #expect(try bench.ledger.read { try $0.orders(page: Page()) } == before)
    }

    @Test("A number without its authority is that of the only authority who has one like it, and of no other that comes later")
    func onlyAuthority() throws {
        var bench = try Bench()
        say(&bench, order("A1", key("P1", "HOSP")))
        #expect(say(&bench, merge(key("P1"), into: key("P2")), after: 1) == nil)
        say(&bench, order("A2", key("P1", "LAB")), order("A3", key("P1", "HOSP")), after: 2)
        #expect(try orders(bench) == ["A1 P2 HOSP", "A2 P1 LAB", "A3 P2 HOSP"])
        // Known by its merge alone, the number is still HOSP's; LAB has one as well by now.
        #expect(say(&bench, merge(key("P1"), into: key("P2")), after: 3) == .ambiguousPatient)
    }

    @Test("Merges that turn round older ones come to the same, in whatever order they come: the one that was said last counts", arguments: [("P1", 3), ("P3", 4)])
    func turnedRound(last: String, count: Int) throws {
        let said = [("P1", "P2"), ("P2", "P3"), ("P3", "P1"), ("P1", "P3")].prefix(count).map { merge(key($0, "HOSP"), into: key($1, "HOSP")) }
        for places in permutations(of: Array(said.indices)) {
            var bench = try Bench()
            for number in 1...3 { say(&bench, order("A\(number)", key("P\(number)", "HOSP"))) }
            for place in places { say(&bench, said[place], after: Int64(place) + 1) }
            #expect(try orders(bench) == (1...3).map { "A\($0) \(last) HOSP" }, "\(places)")
        }
    }

    private func permutations(of all: [Int]) -> [[Int]] {
        all.isEmpty ? [[]] : all.flatMap { first in permutations(of: all.filter { $0 != first }).map { [first] + $0 } }
    }

    @Test("An order without issuer stays where several issuers have a patient of its number")
    func nobodysOrder() throws {
        var bench = try Bench()
        say(&bench, order("A1", key("P1")), order("A2", key("P1", "LAB")), order("A3", key("P1", "HOSP")))
        say(&bench, merge(key("P1", "HOSP"), into: key("P2", "HOSP")), after: 1)
        #expect(try orders(bench) == ["A1 P1 ", "A2 P1 LAB", "A3 P2 HOSP"])
    }

    @Test("One accession number under the patients of two issuers is two orders, and no study gets it by itself")
    func twoIssuers() throws {
        var bench = try Bench()
        bench.expect("CD1")
        let worker = bench.enrol("gateway1")
        var study = Bench.study("1.1")
        study.header.patient.issuer = "HOSP"
        bench.read("CD1", [study], by: worker)
        say(&bench, order("A1", key("P1", "HOSP")))
        #expect(try bench.study("1.1").holdReason == nil)
        say(&bench, order("A1", key("P1", "LAB")), after: 1)
        #expect(try bench.study("1.1").holdReason == .accessionTwoPatients)
        #expect(say(&bench, order("A1", key("P1"), status: "CA"), after: 2) == .ambiguousPatient)
        say(&bench, order("A1", key("P1", "LAB"), status: "CA"), after: 3)
        #expect(try orders(bench) == ["A1 P1 HOSP", "A1 P1 LAB CA"])
        #expect(try bench.study("1.1").holdReason == nil)
        say(&bench, order("A1", key("P1", "LAB")), after: 4)
        bench.act(.importOrders([Bench.order("A1")]))
        bench.act(.importOrders([Bench.order("A1")]))
        #expect(try orders(bench) == ["A1 P1 HOSP", "A1 P1 LAB", "A1 P1 "])
    }

    @Test("Two orders of one accession number become one when their patients do: a study finds it, and a cancel reaches it", arguments: [(1, 2), (2, 1)])
    func folded(first: Int64, second: Int64) throws {
        var bench = try Bench()
        bench.expect("CD1")
        let worker = bench.enrol("gateway1")
        bench.read("CD1", [Bench.study("1.1", patient: "P2")], by: worker)
        say(&bench, order("A1", key("P1")), after: first)
        say(&bench, order("A1", key("P2")), after: second)
        say(&bench, merge(key("P1"), into: key("P2")), after: 3)
        #expect(try orders(bench) == ["A1 P2 ", "A1 P2  CA"])
        #expect(try bench.study("1.1").outcome == .matched)
        say(&bench, order("A1", key("P2"), status: "CA"), after: 4)
        #expect(try orders(bench) == ["A1 P2  CA", "A1 P2  CA"])
        #expect(try bench.study("1.1").outcome == .examLevelFailed)
        say(&bench, order("A1", key("P1")), after: 5)
        #expect(try orders(bench) == ["A1 P2 ", "A1 P2  CA"])
        #expect(try bench.study("1.1").outcome == .matched)
    }

    @Test("Of two orders that become one the later counts, a cancel among them", arguments: [(1, 2, true), (2, 1, false), (1, 1, true)])
    func foldedCancel(order held: Int64, cancel: Int64, isCancelled: Bool) throws {
        var bench = try Bench()
        say(&bench, order("A1", key("P2")), after: held)
        say(&bench, order("A1", key("P1"), status: "CA"), after: cancel)
        say(&bench, merge(key("P1"), into: key("P2")), after: 3)
        #expect(try orders(bench) == [isCancelled ? "A1 P2  CA" : "A1 P2 ", "A1 P2  CA"])
    }

    @Test("A study under a number that was merged away, nobody knows into whose, is held, even where a patient without orders is filed as unspecified")
    func retiredNumber() throws {
        let policies = Policies(patientLevelFailed: .unspecifiedExam)
        var bench = try Bench(Bench.configuration(policies))
        bench.expect("CD1")
        let worker = bench.enrol("gateway1")
        bench.read("CD1", [Bench.study("1.1")], by: worker)
        #expect(try bench.study("1.1").plan?.accessionNumber == "UX00000001")
        say(&bench, merge(key("P1", "HOSP"), into: key("P2", "HOSP")), merge(key("P1", "LAB"), into: key("P3", "LAB")), after: 1)
        #expect(try bench.study("1.1").holdReason == .patientUnknown)
        #expect(try bench.study("1.1").plan == nil)
        #expect(bench.lease(worker).items.isEmpty)
    }

    @Test("Whatever three merges follow each other among three patients, none is refused, and the last one holds")
    func allSequences() throws {
        var bench = try Bench()
        let pairs = ["AB", "BA", "AC", "CA", "BC", "CB"].map { ($0.first.map(String.init) ?? "", $0.last.map(String.init) ?? "") }
        let steps = pairs.flatMap { pair in ["", "HOSP"].map { (former: pair.0, survivor: pair.1, issuer: $0) } }
        var number = 0
        for first in steps {
            for second in steps {
                for third in steps {
                    number += 1
                    for (minute, step) in [first, second, third].enumerated() {
                        let notice = merge(key("\(number)\(step.former)", step.issuer), into: key("\(number)\(step.survivor)", "HOSP"))
                        #expect(say(&bench, notice, after: Int64(minute)) == nil, "\(first) \(second) \(third)")
                    }
                    let keys = [third.former, third.survivor].map { key("\(number)\($0)", "HOSP") }
                    #expect(say(&bench, order("F\(number)", keys[0]), order("S\(number)", keys[1]), after: 3) == nil)
                    let found = try ["F", "S"].map { prefix in
                        try bench.ledger.write { try $0.orders(accessionNumber: "\(prefix)\(number)") }.map { $0.order.patient.patientID.reveal() }
                    }
                    #expect(found[0] == found[1] && found[0] != [keys[0].patientID.reveal()], "\(first) \(second) \(third)")
                }
            }
        }
    }
}
