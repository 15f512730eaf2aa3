import Coordination
import Ledger
import Migration
import Testing

@Suite("A file of orders, and what the hospital said since")
struct OrderImportAgainTests {
    private static let noon = Instant(milliseconds: 1_000_000_000)

    private var bench: Bench
    private let file = [Bench.order("A1"), Bench.order("A2", patient: "P2")]

    init() throws {
        bench = try Bench()
        bench.act(.importOrders(file))
        bench.now = Self.noon + .minutes(600)
    }

    @discardableResult
    private mutating func say(_ notice: HospitalNotice, after minutes: Int64?, isAnswer: Bool = false) -> Answer {
        bench.process(.message(HospitalMessage(sender: "RIS", saidAt: minutes.map { Self.noon + .minutes($0) }, isAnswer: isAnswer, notices: [notice])))
    }

    private func notice(_ status: String? = nil, date: String? = nil) -> HospitalNotice {
        var notice = OrderNotice(patient: IdentityNotice(key: PatientKey(patientID: "P1")), accessionNumber: "A1")
        if let status { notice.status = .value(status) }
        if let date = date.flatMap({ CalendarDate($0) }) { notice.examDate = .value(date) }
        return .order(notice)
    }

    private var renaming: HospitalNotice {
        .identity(IdentityNotice(key: PatientKey(patientID: "P1"), name: .value("Lee^Younghee"), birthDate: .value("19611111")))
    }

    private func order() throws -> Order {
        try #require(bench.ledger.read { try $0.orders(page: Page()) }.first { $0.order.accessionNumber == "A1" }).order
    }

    private mutating func importing(_ orders: [Order], asOf minutes: Int64? = nil) -> [Int64] {
        guard case .done(let sentence) = bench.act(.importOrders(orders, asOf: minutes.map { Self.noon + .minutes($0) })) else { return [] }
        return sentence.arguments.compactMap { if case .count(let count) = $0 { count } else { nil } }
    }

    @Test("The same file again takes back nothing: no cancel, no move, by message or worklist, no name", arguments: [10, nil])
    mutating func again(minutes: Int64?) throws {
        say(notice(date: "20030211"), after: minutes, isAnswer: minutes == nil)
        say(renaming, after: 11)
        let before = try order()
        #expect(before.examDate == CalendarDate("20030211") && before.patient.name.reveal() == "Lee^Younghee")
        #expect(importing(file) == [0, 0, 2, 0])
        #expect(try order() == before)
        say(notice("CA"), after: 12)
        #expect(importing(file) == [0, 0, 2, 0])
        #expect(try order().isCancelled)
    }

    @Test("A mended row of an order gives way to the patient's name and to what messages said; it fills what is open")
    mutating func mended() throws {
        say(notice("CA", date: "20030211"), after: 10)
        say(renaming, after: 11)
        var row = file[0]
        row.procedureDescription = "Chest PA"
        #expect(importing([row]) == [0, 1, 0, 0, 1])
        let known = try order()
        #expect(known.isCancelled && known.examDate == CalendarDate("20030211") && known.patient.name.reveal() == "Lee^Younghee")
        #expect(known.procedureDescription == "Chest PA")
        #expect(try bench.eventCodes().last == SentenceCode.ordersGaveWay.rawValue)
    }

    @Test("A row that is new has its patient's present name")
    mutating func new() throws {
        say(renaming, after: 11)
        bench.act(.importOrders([Bench.order("A3")]))
        let names = try bench.ledger.read { try $0.orders(page: Page()) }.map { $0.order.patient.name.reveal() }
        #expect(names == ["Lee^Younghee", "Kim^Chulsoo", "Lee^Younghee"])
    }

    @Test("A file that names its moment counts as what the hospital said then")
    mutating func asOf() throws {
        say(notice("CA", date: "20030211"), after: 10)
        say(renaming, after: 20)
        #expect(importing(file, asOf: 5).last == 1)
        #expect(try order().isCancelled)
        #expect(try order().examDate == CalendarDate("20030211"))
        _ = importing(file, asOf: 10)
        #expect(try order().isCancelled)
        _ = importing(file, asOf: 15)
        #expect(try !order().isCancelled)
        #expect(try order().examDate == CalendarDate("20030210"))
        #expect(try order().patient.name.reveal() == "Lee^Younghee")
        _ = importing(file, asOf: 25)
        #expect(try order().patient.name.reveal() == "Kim^Chulsoo")
        say(notice(date: "20030212"), after: 24)
        #expect(try order().examDate == CalendarDate("20030210"))
        guard case .refused(let error) = bench.act(.importOrders(file, asOf: bench.now + .minutes(1))) else { return #expect(Bool(false)) }
        #expect(error.code == .badValue)
    }
}
