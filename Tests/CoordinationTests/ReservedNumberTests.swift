import Coordination
import Ledger
import LineProtocol
import Migration
import Testing

@Suite("Accession numbers of the reserved range")
struct ReservedNumberTests {
    private func bench(_ range: AccessionRange) throws -> Bench {
        var configuration = Bench.standard
        configuration.reservedRange = range
        return try Bench(configuration)
    }

    /// The coordinator starts again with another range.
    private func change(_ bench: inout Bench, to range: AccessionRange) {
        bench.configuration.reservedRange = range
        bench.restart()
        bench.pass(.seconds(20))
    }

    private func read(_ bench: inout Bench, _ label: String, _ uids: ClosedRange<Int>, accession: String = "") throws {
        if try bench.ledger.read({ try $0.orders(page: Page()) }).isEmpty { bench.act(.importOrders([Bench.order("OLD", date: "20020101")])) }
        bench.expect(label)
        let worker = bench.enrol("gateway-\(label)", spool: label)
        bench.read(label, uids.map { number in
            var study = Bench.study("1.\(number)")
            study.header.accessionNumber = accession
            return study
        }, by: worker)
    }

    private func numbers(_ bench: Bench) throws -> [String?] {
        try bench.ledger.read { try $0.studies(StudyFilter(), page: Page()) }.map { $0.study.plan?.accessionNumber }
    }

    @Test("A range is a prefix and digits of sixteen characters at most, from its first number to its last")
    func ranges() throws {
        #expect(try AccessionRange(prefix: "", digits: 16).text(of: 7) == "0000000000000007")
        #expect(try AccessionRange(prefix: "MIG-", digits: 4, first: 10, last: 12).text(of: 12) == "MIG-0012")
        #expect(throws: AccessionRangeFault.length(17)) { try AccessionRange(prefix: "ABCDEFGHI", digits: 8) }
        #expect(throws: AccessionRangeFault.prefix) { try AccessionRange(prefix: "A^", digits: 8) }
        #expect(throws: AccessionRangeFault.prefix) { try AccessionRange(prefix: "검", digits: 8) }
        #expect(throws: AccessionRangeFault.bounds(99)) { try AccessionRange(prefix: "A", digits: 2, first: 1, last: 100) }
        #expect(throws: AccessionRangeFault.bounds(99)) { try AccessionRange(prefix: "A", digits: 2, first: 9, last: 8) }
        #expect(AccessionRange.standard.text(of: 1) == "UX00000001")
    }

    @Test("A number that an order, a study's objects or the legacy index has is passed over")
    func used() throws {
        var bench = try bench(AccessionRange(prefix: "U", digits: 2))
        bench.act(.importOrders([Bench.order("OLD", date: "20020101"), Bench.order("U01", patient: "P7", date: "20020101")]))
        let legacy = StudyHeader(studyInstanceUID: "9.9", patient: PatientIdentity(patientID: "P8"), accessionNumber: "U03")
        bench.act(.importLegacyStudies([LegacyStudy(header: legacy)]))
        try read(&bench, "A", 1...1, accession: "U02")
        #expect(try numbers(bench) == ["U04"])
    }

    @Test("A range that is used up holds what would need more; another one lets it go, and what has a number keeps it")
    func usedUp() throws {
        var bench = try bench(AccessionRange(prefix: "U", digits: 2, first: 8, last: 9))
        try read(&bench, "A", 1...3)
        #expect(try numbers(bench) == ["U08", "U09", nil])
        let held = try bench.study("1.3")
        #expect(held.holdReason == .numbersUsedUp)
        #expect(held.progress.sentence?.text().contains("U08 to U09") == true)
        let progress = try bench.ledger.read { try $0.progress() }
        #expect(progress.reservedNumbers?.left(at: progress.unspecifiedExams) == 0)
        guard case .refused = bench.act(.fileAsUnspecified(studyInstanceUID: "1.3")) else { Issue.record("a number was found"); return }
        change(&bench, to: try AccessionRange(prefix: "U", digits: 2, first: 8, last: 20))
        #expect(try numbers(bench) == ["U08", "U09", "U10"])
        // Spelt otherwise, it begins at its first number; spelt as before, it goes on behind the last.
        change(&bench, to: try AccessionRange(prefix: "V", digits: 3, first: 5, last: 20))
        try read(&bench, "B", 4...4)
        #expect(try numbers(bench) == ["U08", "U09", "U10", "V005"])
    }

    @Test("A ledger with numbers of the standard range keeps them, and goes on behind them")
    func standard() throws {
        var bench = try Bench()
        try read(&bench, "A", 1...2)
        #expect(try bench.ledger.write { try $0.setting(.reservedRange) } == nil)
        bench.restart()
        try read(&bench, "B", 3...3)
        #expect(try numbers(bench) == ["UX00000001", "UX00000002", "UX00000003"])
    }

    @Test("What is written of a range reads back")
    func text() throws {
        for range in [AccessionRange.standard, try AccessionRange(prefix: "", digits: 8, first: 90_000_000, last: 99_999_999)] {
            let numbers = ReservedNumbers(range: range, base: -3)
            #expect(ReservedNumbers(numbers.text) == numbers)
        }
        #expect(ReservedNumbers("1 2 3") == nil)
    }
}
