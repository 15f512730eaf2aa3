import Ledger
@testable import LedgerSQLite
import Migration
import Testing

@Suite("Which medium a study waits for is asked for each study of a turn")
struct UnreadMediumTests {
    private func day(_ text: String) -> ClosedRange<CalendarDate>? { CalendarDate(text).map { $0...$0 } }

    @Test("The media are looked at once for a transaction, and again when one was added, changed, or put back as it was")
    func once() throws {
        let folder = LedgerFolder()
        let statements = QueryPlanTests.Statements()
        let ledger = try SQLiteLedger(path: folder.ledger) { statements.add($0) }
        try ledger.write { tx in
            for number in 1...500 {
                _ = try tx.insertMedium(
                    ExpectedMedium(label: "M\(number)", kind: .cd, dateFrom: CalendarDate("20020101"), dateTo: CalendarDate("20021231")))
            }
        }
        try ledger.write { tx in
            _ = statements.take()
            for _ in 1...400 { #expect(try tx.openMedium(covering: day("20030210")) == nil) }
            #expect(statements.take().count == 1)
            var added = try tx.insertMedium(ExpectedMedium(label: "N", kind: .cd, dateFrom: CalendarDate("20030101"), dateTo: CalendarDate("20031231")))
            #expect(try tx.openMedium(covering: day("20030210"))?.label == "N")
            added.state = .excluded
            struct Undone: Error {}
            #expect(throws: Undone.self) {
                try tx.savepoint {
                    try tx.updateMedium(added)
                    #expect(try tx.openMedium(covering: day("20030210")) == nil)
                    throw Undone()
                }
            }
            #expect(try tx.openMedium(covering: day("20030210"))?.label == "N")
            try tx.updateMedium(added)
            #expect(try tx.openMedium(covering: day("20030210")) == nil)
            #expect(try tx.openMedium(covering: nil)?.label == "M1")
            #expect(try tx.openMedium(covering: day("20021231"))?.label == "M1")
        }
    }
}
