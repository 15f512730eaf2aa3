import Coordination
import Ledger
import LedgerSQLite
import Migration
import Testing

@Suite("What the hospital's systems say")
struct HospitalMessageTests {
    private static let noon = Instant(milliseconds: 1_000_000_000)

    private func order(
        _ accession: String, patient: String = "P1", issuer: String = "", name: String? = "Kim^Chulsoo", status: String = "NW", date: String? = "20030210"
    ) -> HospitalNotice {
        var notice = OrderNotice(patient: identity(patient, issuer: issuer, name: name), accessionNumber: accession)
        notice.examDate = date.flatMap { CalendarDate($0) }.map { .value($0) } ?? .unsaid
        notice.modality = .value("CT")
        notice.status = .value(status)
        return .order(notice)
    }

    private func identity(_ patient: String, issuer: String = "", name: String? = nil) -> IdentityNotice {
        IdentityNotice(key: PatientKey(patientID: Identifying(patient), issuer: Identifying(issuer)), name: name.map { .value(Identifying($0)) } ?? .unsaid)
    }

    /// A message said so many minutes after noon, or at no known time.
    @discardableResult
    private func say(_ bench: inout Bench, _ notices: HospitalNotice..., after minutes: Int64? = 0) -> Sentence? {
        let message = HospitalMessage(sender: "RIS", saidAt: minutes.map { Self.noon + .minutes($0) }, notices: notices)
        guard case .done(let sentence) = bench.process(.message(message)) else { return nil }
        return sentence
    }

    private func orders(_ bench: Bench) throws -> [OrderRecord] { try bench.ledger.read { try $0.orders(page: Page()) } }

    private func eventCount(_ bench: Bench) throws -> Int {
        try bench.ledger.read { try $0.events(about: EventSubject(), page: Page()) }.count
    }

    @Test("The same message twice changes nothing, and is in the chain once")
    func twice() throws {
        var bench = try Bench()
        #expect(say(&bench, order("A1"), order("A2"))?.arguments == [.text("RIS"), .count(2), .count(0), .count(0), .count(0)])
        let (before, events) = (try orders(bench), try eventCount(bench))
        #expect(say(&bench, order("A1"), order("A2"))?.code == SentenceCode.messageChangesNothing.rawValue)
        #expect(try orders(bench) == before)
        #expect(try eventCount(bench) == events)
    }

    @Test("Later messages update earlier ones, and say nothing of what they leave out; an older one that comes late changes nothing")
    func updates() throws {
        var bench = try Bench()
        say(&bench, order("A1"), after: 10)
        say(&bench, order("A1", name: nil, date: "20030211"), after: 20)
        #expect(try orders(bench).map(\.order.examDate) == [CalendarDate("20030211")])
        #expect(try orders(bench).map { $0.order.patient.name.reveal() } == ["Kim^Chulsoo"])
        #expect(say(&bench, order("A1", date: "20030209"), after: 15)?.code == SentenceCode.messageOutdated.rawValue)
        #expect(try orders(bench).map(\.order.examDate) == [CalendarDate("20030211")])
        say(&bench, order("A1", date: "20030212"), after: nil)
        #expect(try orders(bench).map(\.order.examDate) == [CalendarDate("20030212")])
        #expect(try orders(bench).map(\.saidAt) == [Self.noon + .minutes(20)])
    }

    @Test("A cancelled order stays so until a later message lets it hold again; one that nobody knew of is known as cancelled")
    func cancelled() throws {
        var bench = try Bench()
        say(&bench, order("A1"), after: 10)
        say(&bench, order("A1", status: "CA", date: nil), after: 20)
        #expect(try orders(bench).map(\.order.isCancelled) == [true])
        #expect(try orders(bench).map(\.order.examDate) == [CalendarDate("20030210")])
        say(&bench, order("A1"), after: 19)
        #expect(try orders(bench).map(\.order.isCancelled) == [true])
        say(&bench, order("A1"), after: 21)
        #expect(try orders(bench).map(\.order.isCancelled) == [false])
        say(&bench, order("A1", status: "CA", date: nil), after: 20)
        #expect(try orders(bench).map(\.order.isCancelled) == [false])
        say(&bench, order("A9", status: "CA"))
        #expect(try orders(bench).map(\.order.isCancelled) == [false, true])
    }

    @Test("A cancel is lifted only by what was said later: not in the same second, not at no known time, but behind it in one message")
    func cancelledAtOnce() throws {
        var bench = try Bench()
        let isCancelled = { try orders(bench).map(\.order.isCancelled) }
        for cancelFirst in [true, false] {
            let accession = cancelFirst ? "A1" : "A2"
            for status in cancelFirst ? ["CA", "NW"] : ["NW", "CA", "NW"] { say(&bench, order(accession, status: status), after: 10) }
        }
        #expect(try isCancelled() == [true, true])
        say(&bench, order("A1"), order("A2"), after: nil)
        #expect(try isCancelled() == [true, true])
        say(&bench, order("A1", status: "CA"), order("A1", status: "NW"), after: 10)
        #expect(try isCancelled() == [false, true])
        say(&bench, order("A2"), after: 11)
        #expect(try isCancelled() == [false, false])
    }

    @Test("A cancel without a moment, by message or file, counts as said when it came: no message that was said before lets the order hold, one said after does", arguments: [
        "message", "new by message", "file", "new by file", "same file again",
    ])
    func cancelledWithoutMoment(way: String) throws {
        var bench = try Bench()
        let isCancelled = { try orders(bench).map(\.order.isCancelled) }
        if !way.hasPrefix("new") { say(&bench, order("A1"), after: -60) }
        if way == "same file again" { say(&bench, order("A1", status: "CA"), after: -50) }
        bench.now = bench.now + .minutes(30)
        let file = way == "same file again" ? try orders(bench).map(\.order) : [Bench.order("A1", status: "CA")]
        if way.hasSuffix("message") { say(&bench, order("A1", status: "CA"), after: nil) } else { bench.act(.importOrders(file)) }
        #expect(try isCancelled() == [true])
        say(&bench, order("A1"), after: -60)
        say(&bench, order("A1", date: "20030211"), after: -40)
        say(&bench, order("A1"), after: 30)
        say(&bench, order("A1"), after: nil)
        #expect(try isCancelled() == [true])
        bench.now = bench.now + .minutes(30)
        say(&bench, order("A1"), after: 31)
        #expect(try isCancelled() == [false])
    }

    @Test("What a file says of an order that holds has no moment, as before")
    func importedWithoutMoment() throws {
        var bench = try Bench()
        bench.act(.importOrders([Bench.order("A1")]))
        #expect(try orders(bench).map(\.saidAt) == [nil])
        say(&bench, order("A1"), after: 10)
        let said = try orders(bench)
        bench.act(.importOrders(said.map(\.order)))
        #expect(try orders(bench).map(\.order) == said.map(\.order))
        #expect(try orders(bench).map(\.saidAt) == said.map(\.saidAt))
    }

    @Test("More merges that follow each other than a hospital has are refused as what the message says, and nothing is changed")
    func longChain() throws {
        var bench = try Bench()
        for number in 0..<64 {
            say(&bench, .merge(former: PatientKey(patientID: Identifying("P\(number)")), survivor: identity("P\(number + 1)")), after: Int64(number))
        }
        // One more at either end.
        for (former, survivor) in [("P64", "P65"), ("Q", "P0")] {
            let merge = HospitalNotice.merge(former: PatientKey(patientID: Identifying(former)), survivor: identity(survivor))
            guard case .refused(let error) = bench.process(.message(HospitalMessage(sender: "RIS", saidAt: Self.noon, notices: [merge]))) else {
                return #expect(Bool(false), "not refused")
            }
            #expect(error.code == .tooMany && error.message.contains("64"))
            #expect(try bench.ledger.read { try $0.merges(ofPatient: Identifying(former)) }.isEmpty)
        }
        say(&bench, order("A1", patient: "P0"))
        #expect(try orders(bench).map(\.order.patient.patientID) == ["P64"])
    }

    @Test("What is refused names no accession number: replies and logs show no value of a message")
    func discreet() throws {
        var bench = try Bench()
        for issuer in ["HOSP", "OTHER"] { say(&bench, order("A1", issuer: issuer)) }
        let message = HospitalMessage(sender: "RIS", saidAt: Self.noon, notices: [order("A1")])
        guard case .refused(let error) = bench.process(.message(message)) else { return #expect(Bool(false), "not refused") }
        #expect(error.code == .ambiguousPatient && error.message.contains("2 issuers"))
        for value in ["A1", "P1", "Kim"] { #expect(!error.message.contains(value)) }
    }

    @Test("Messages that say each a part end in the same order and identity, in whatever order they come")
    func parts() throws {
        func part(_ change: (inout OrderNotice) -> Void) -> HospitalNotice {
            var notice = OrderNotice(patient: identity("P1"), accessionNumber: "A1")
            change(&notice)
            return .order(notice)
        }
        var called = identity("P1", name: "Lee^Chulsoo")
        let named = HospitalNotice.identity(called)
        called = identity("P1")
        (called.birthDate, called.sex) = (.value("19500312"), .value("M"))
        let notices: [HospitalNotice] = [
            part { ($0.modality, $0.studyInstanceUID, $0.procedureDescription, $0.status) = (.value("CT"), .value("1.2.3"), .value("Chest"), .value("NW")) },
            part { $0.examDate = CalendarDate("20030210").map { .value($0) } ?? .unsaid },
            part { $0.status = .value("CA") }, named, .identity(called),
        ]
        var expected: [Order]?
        for arrival in permutations(Array(notices.indices)) {
            var bench = try Bench()
            for index in arrival { say(&bench, notices[index], after: Int64(index)) }
            let found = try orders(bench).map(\.order)
            if expected == nil { expected = found }
            #expect(found == expected, "\(arrival)")
        }
        let order = try #require(expected?.first)
        #expect(order.isCancelled && order.modality == "CT" && order.studyInstanceUID == "1.2.3" && order.examDate == CalendarDate("20030210"))
        #expect(order.patient.name.reveal() == "Lee^Chulsoo" && order.patient.birthDate.reveal() == "19500312")
    }

    private func permutations(_ indices: [Int]) -> [[Int]] {
        if indices.isEmpty { return [[]] }
        return indices.flatMap { first in permutations(indices.filter { $0 != first }).map { [first] + $0 } }
    }

    @Test("A sender whose clock is far ahead does not make all later messages look old")
    func clock() throws {
        var bench = try Bench()
        say(&bench, order("A1"), after: 48 * 60)
        #expect(try orders(bench).map(\.saidAt) == [nil])
        say(&bench, order("A1", date: "20030211"), after: 1)
        #expect(try orders(bench).map(\.order.examDate) == [CalendarDate("20030211")])
    }

    @Test("A file that is imported gives way to what messages said before, and counts where it names a later moment; messages go on from there")
    func importedBetween() throws {
        var bench = try Bench()
        bench.now = bench.now + .minutes(60)
        say(&bench, order("A1"), after: 10)
        let file = [Bench.order("A1", date: "20030220")]
        bench.act(.importOrders(file))
        #expect(try orders(bench).map(\.order.examDate) == [CalendarDate("20030210")])
        bench.act(.importOrders(file, asOf: Self.noon + .minutes(20)))
        #expect(try orders(bench).map(\.order.examDate) == [CalendarDate("20030220")])
        say(&bench, order("A1"), after: 15)
        #expect(try orders(bench).map(\.order.examDate) == [CalendarDate("20030220")])
        say(&bench, order("A1", date: "20030221"), after: 25)
        #expect(try orders(bench).map(\.order.examDate) == [CalendarDate("20030221")])
    }

    @Test("A new identity is applied to the patient's orders, but to none that a newer message told of, and to those that come late")
    func identities() throws {
        var bench = try Bench()
        bench.act(.importOrders([Bench.order("A0"), Bench.order("B0", patient: "P2")]))
        say(&bench, order("A1"), after: 10)
        say(&bench, order("A2", name: "Kim^Newest"), after: 30)
        let change = HospitalNotice.identity(identity("P1", name: "Lee^Chulsoo"))
        #expect(say(&bench, change, after: 20)?.arguments.suffix(1) == [.count(2)])
        let names = { try orders(bench).map { "\($0.order.accessionNumber) \($0.order.patient.name.reveal())" } }
        #expect(try names() == ["A0 Lee^Chulsoo", "B0 Kim^Chulsoo", "A1 Lee^Chulsoo", "A2 Kim^Newest"])
        say(&bench, order("A3"), after: 15)
        say(&bench, order("A4"), after: 25)
        #expect(try names().suffix(2) == ["A3 Lee^Chulsoo", "A4 Kim^Chulsoo"])
        #expect(say(&bench, change, after: 20)?.code == SentenceCode.messageChangesNothing.rawValue)
        #expect(say(&bench, .identity(identity("P1", name: "Old^Name")), after: 19)?.code == SentenceCode.messageOutdated.rawValue)
    }

    @Test("An order that leaves the patient's name out has the one that is known")
    func knownIdentity() throws {
        var bench = try Bench()
        say(&bench, .identity(identity("P1", name: "Lee^Chulsoo")), after: 1)
        say(&bench, order("A1", name: nil), after: 2)
        #expect(try orders(bench).map { $0.order.patient.name.reveal() } == ["Lee^Chulsoo"])
    }

    @Test("After a merge the orders belong to the surviving patient, those that come later by any way too")
    func merges() throws {
        var bench = try Bench()
        bench.act(.importOrders([Bench.order("A0")]))
        say(&bench, order("A1"), after: 1)
        say(&bench, order("B1", patient: "P2", name: "Lee^Younghee"), after: 2)
        let merge = HospitalNotice.merge(former: PatientKey(patientID: "P1"), survivor: identity("P2", name: "Lee^Younghee"))
        #expect(say(&bench, merge, after: 3)?.arguments == [.text("RIS"), .patient("P1"), .patient("P2"), .count(2)])
        say(&bench, order("A2"), after: 4)
        say(&bench, order("A1", date: "20030301"), after: 5)
        bench.act(.importOrders([Bench.order("A3")]))
        let found = try orders(bench).map(\.order)
        #expect(found.map(\.accessionNumber) == ["A0", "A1", "B1", "A2", "A3"])
        #expect(found.allSatisfy { $0.patient.patientID.reveal() == "P2" && $0.patient.name.reveal() == "Lee^Younghee" })
        #expect(found[1].examDate == CalendarDate("20030301"))
        #expect(say(&bench, merge, after: 3)?.code == SentenceCode.messageChangesNothing.rawValue)
    }

    @Test("Merges follow each other, a newer one may turn an older one round, and an older one that comes late does not")
    func chains() throws {
        var bench = try Bench()
        say(&bench, order("A1"))
        func merge(_ former: String, into survivor: String) -> HospitalNotice { .merge(former: PatientKey(patientID: Identifying(former)), survivor: identity(survivor)) }
        say(&bench, merge("P1", into: "P2"), after: 1)
        say(&bench, merge("P2", into: "P3"), after: 2)
        let patient = { try orders(bench).map { $0.order.patient.patientID.reveal() } }
        #expect(try patient() == ["P3"])
        say(&bench, order("A2"), after: 3)
        #expect(try patient() == ["P3", "P3"])
        #expect(say(&bench, merge("P3", into: "P2"), after: 1)?.code == SentenceCode.messageOutdated.rawValue)
        say(&bench, merge("P3", into: "P1"), after: 4)
        #expect(try patient() == ["P1", "P1"])
        say(&bench, order("A3", patient: "P2"), after: 5)
        #expect(try patient() == ["P1", "P1", "P1"])
    }

    @Test("A cancel by the placer's or filler's number reaches the patient's order that is known by it, and no other")
    func cancelByNumber() throws {
        var bench = try Bench()
        guard case .order(var notice) = order("A1", issuer: "HOSP") else { return }
        notice.numbers = ["P 17^RIS", "F 4^"]
        say(&bench, .order(notice))
        func cancel(_ numbers: String..., patient: String = "P1") -> HospitalNotice {
            .cancel(OrderCancel(patient: PatientKey(patientID: Identifying(patient)), numbers: numbers, status: "CA"))
        }
        #expect(say(&bench, cancel("P 18^RIS"), after: 1) == nil)
        #expect(say(&bench, cancel("F 4^", patient: "P2"), after: 1) == nil)
        #expect(try orders(bench).map(\.order.isCancelled) == [false])
        say(&bench, .merge(former: PatientKey(patientID: "P1", issuer: "HOSP"), survivor: identity("P9", issuer: "HOSP")), after: 2)
        #expect(say(&bench, cancel("P 99^RIS", "F 4^"), after: 3) != nil)
        #expect(try orders(bench).map(\.order.isCancelled) == [true])
        say(&bench, order("A1", issuer: "HOSP"), after: 2)
        #expect(try orders(bench).map(\.order.isCancelled) == [true])
    }

    @Test("A worklist that still has a former name does not put it back, and tells all else")
    func answers() throws {
        var bench = try Bench()
        say(&bench, order("A1"), after: 1)
        say(&bench, .identity(identity("P1", name: "Lee^Chulsoo")), after: 2)
        let answer = HospitalMessage(sender: "worklist", isAnswer: true, notices: [order("A1", date: "20030303"), order("A2")])
        _ = bench.process(.message(answer))
        #expect(try orders(bench).map { $0.order.patient.name.reveal() } == ["Lee^Chulsoo", "Lee^Chulsoo"])
        #expect(try orders(bench).map(\.order.examDate) == [CalendarDate("20030303"), CalendarDate("20030210")])
    }

    @Test("A merge that comes after a newer one turned it round merges nobody, and still tells how its survivor was called")
    func outdatedMerge() throws {
        var bench = try Bench()
        say(&bench, order("A1"), after: 1)
        say(&bench, .merge(former: PatientKey(patientID: "P1"), survivor: identity("P2", name: "Lee^Younghee")), after: 5)
        let late = HospitalNotice.merge(former: PatientKey(patientID: "P2"), survivor: identity("P1", name: "Park^Minsu"))
        #expect(say(&bench, late, after: 4)?.code == SentenceCode.messageOutdated.rawValue)
        let before = try eventCount(bench)
        #expect(say(&bench, late, after: 4)?.code == SentenceCode.messageChangesNothing.rawValue)
        #expect(try eventCount(bench) == before)
        #expect(try orders(bench).map { "\($0.order.patient.patientID.reveal()) \($0.order.patient.name.reveal())" } == ["P2 Lee^Younghee"])
        let former = try bench.ledger.write { try $0.identity(of: PatientKey(patientID: "P1")) }
        #expect(former?.notice.name == .value("Park^Minsu"))
        #expect(former?.formerNames == ["Kim^Chulsoo", "Park^Minsu"])
    }

    @Test("An outdated message is recorded once, however often it is sent again")
    func outdatedOnce() throws {
        var bench = try Bench()
        say(&bench, order("A1"), after: 10)
        say(&bench, .identity(identity("P1", name: "Lee^Chulsoo")), after: 10)
        let before = try eventCount(bench)
        for _ in 0..<3 {
            say(&bench, order("A1", date: "20030209"), after: 5)
            say(&bench, .identity(identity("P1", name: "Park^Chulsoo")), after: 5)
        }
        #expect(try eventCount(bench) == before + 2)
    }

    @Test("An order that is said again without its authority does not put a former name back")
    func saidAgainWithoutAuthority() throws {
        var bench = try Bench()
        say(&bench, order("A1", issuer: "HOSP"), after: 1)
        say(&bench, order("A1"), after: 2)
        say(&bench, .identity(identity("P1", issuer: "HOSP", name: "Lee^Chulsoo")), after: 3)
        say(&bench, order("A1"), after: 2)
        #expect(try orders(bench).map { $0.order.patient.name.reveal() } == ["Lee^Chulsoo"])
        #expect(try orders(bench).map { $0.order.patient.issuer.reveal() } == ["HOSP"])
    }

    @Test("A number of another issuer is another patient")
    func issuers() throws {
        var bench = try Bench()
        say(&bench, order("A1", issuer: "HOSP"), order("A2", issuer: "LAB"))
        say(&bench, .merge(former: PatientKey(patientID: "P1", issuer: "LAB"), survivor: identity("P2", issuer: "LAB")))
        #expect(try orders(bench).map { $0.order.patient.patientID.reveal() } == ["P1", "P2"])
        say(&bench, order("A3", issuer: "HOSP"), order("A4", issuer: "LAB"))
        #expect(try orders(bench).map { $0.order.patient.patientID.reveal() } == ["P1", "P2", "P1", "P2"])
    }

    @Test("A message counts as a whole or not at all, and survives a restart")
    func whole() throws {
        var bench = try Bench()
        let loop = HospitalNotice.merge(former: PatientKey(patientID: "P1"), survivor: identity("P1"))
        #expect(say(&bench, order("A1"), loop) == nil)
        #expect(try orders(bench).isEmpty)
        say(&bench, order("A1"))
        bench.restart()
        #expect(try orders(bench).count == 1)
        guard case .whole = try bench.ledger.read({ try $0.verifyChain() }) else { return #expect(Bool(false), "the chain is broken") }
    }

    @Test("The hospital's modality codes are mapped whatever way an order came in by")
    func modalities() throws {
        var bench = try Bench()
        bench.expect("CD1")
        let worker = bench.enrol("gateway1")
        bench.read("CD1", [Bench.study("1.1", modality: "XA")], by: worker)
        guard case .order(var notice) = order("A1") else { return }
        notice.modality = .value("DSA")
        say(&bench, .order(notice))
        #expect(try bench.study("1.1").outcome == .matched)
    }

    @Test("A study finds the order that came by message, and loses it when that is cancelled")
    func matching() throws {
        var bench = try Bench()
        bench.expect("CD1")
        let worker = bench.enrol("gateway1")
        bench.read("CD1", [Bench.study("1.1")], by: worker)
        #expect(try bench.study("1.1").outcome == .patientLevelFailed)
        say(&bench, order("A1"))
        #expect(try bench.study("1.1").outcome == .matched)
        #expect(try bench.study("1.1").plan?.accessionNumber == "A1")
        say(&bench, order("A1", status: "CA"), after: 1)
        #expect(try bench.study("1.1").outcome == .examLevelFailed)
    }
}
