@testable import Matching
import Migration
import Testing

@Suite("A patient with many studies and orders")
struct ManyStudiesTests {
    private static let count = 2000

    private static func day(_ number: Int) -> String { "19\(90 + number / 336)" + two(number / 28 % 12 + 1) + two(number % 28 + 1) }
    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

    @Test("The orders of a patient are looked through once, and each identity is compared once, not for each study")
    func once() {
        let orders = (0..<Self.count).map { order(Int64($0), date: Self.day($0), usedBy: []) }
        var byPatient = OrdersByPatient(orders)
        let first = byPatient.of(study(1).header.patient)
        #expect(first === byPatient.of(study(2).header.patient))
        #expect(first !== byPatient.of(study(2, issuer: "OTHER").header.patient))
        #expect(first.of(CalendarDate(Self.day(7))).map(\.id) == [OrderID(7)])
        #expect(first.identities.count == 1)
        let matches = Matcher().match(studies: (0..<Self.count).map { study(Int64($0), date: Self.day($0)) }, orders: orders)
        #expect(matches.map(\.order) == orders.map(\.id))
    }

    @Test("What contradicts, and who is the latest, are the same as when all are looked through")
    func same() {
        let orders = [
            order(1, name: "KIM^MINSU", date: "19990101"), order(2, name: "LEE^JIHOON", date: "19990301"), order(3, name: "KIM^MINSU", date: "19990201", status: "CA"),
            order(4, name: "LEE^JIHOON", date: "19980301"),
        ]
        let found = only(study(1, name: "KIM^MINSU", date: "19990401"), orders)
        #expect(found.reason == .contradiction)
        #expect(found.identityOrder == OrderID(2))
        #expect(found.sentence.arguments.first == .accession("A4"))
        #expect(only(study(1, name: "", date: "19990201"), orders).reason == .noOrder)
        #expect(only(study(1, patientID: " "), [order(1, patientID: " ")]).reason == .patientIDBlank)
    }
}
