import Foundation
import Migration
import Testing

@Suite struct CalendarDateTests {
    @Test(arguments: ["19990312", "1999.03.12", "1999-03-12", " 19990312", "19990312 ", "19990312\0", "  1999-03-12  "])
    func `A day is read in each of its spellings`(text: String) {
        #expect(CalendarDate(text)?.number == 19_990_312)
        #expect(CalendarDate(text)?.description == "19990312")
    }

    @Test(arguments: [
        "", " ", "1999", "199903", "1999031", "199903123", "19990312T", "1999-0312", "199903-12", "1999-03.12", "1999--03-12",
        "1999..0312", "-19990312", "19990312-", "19 990312", "19990312 1", "19990012", "19991312", "19990300", "19990332", "19990431",
        "00000101", "１９９９０３１２", "19990312\n", "1999/03/12",
    ])
    func `What is no day is none`(text: String) {
        #expect(CalendarDate(text) == nil)
    }

    @Test(arguments: [
        ("20000229", true), ("19000229", false), ("20040229", true), ("20050229", false), ("24000229", true), ("21000229", false),
    ])
    func `Leap years are those of the Gregorian calendar`(text: String, exists: Bool) {
        #expect((CalendarDate(text) != nil) == exists)
    }

    @Test func `The days of four centuries are those of the calendar`() {
        var days = 0
        for year in 1901...2300 {
            for month in 1...12 {
                for day in 0...32 where CalendarDate(Self.text(year, month, day)) != nil { days += 1 }
            }
        }
        // 400 Gregorian years have 146,097 days.
        #expect(days == 146_097)
    }

    @Test func `Each day's ordinal is one more than that of the day before`() {
        var (last, before): (Int?, CalendarDate?)
        for year in 1899...2101 {
            for month in 1...12 {
                for day in 1...31 {
                    guard let date = CalendarDate(Self.text(year, month, day)) else { continue }
                    if let last { #expect(date.ordinal == last + 1) }
                    if let before { #expect(before.next == date && date.previous == before) }
                    (last, before) = (date.ordinal, date)
                }
            }
        }
    }

    @Test func `Years before 1000 keep their zeros`() {
        #expect(CalendarDate("00010101")?.description == "00010101")
    }

    @Test func `Days are in order`() throws {
        let days = try ["19991231", "20000101", "19990312"].map { try #require(CalendarDate($0)) }
        #expect(days.sorted().map(\.description) == ["19990312", "19991231", "20000101"])
    }

    @Test func `A day is coded as its text, and no other text is read`() throws {
        let day = try #require(CalendarDate("19990312"))
        #expect(String(decoding: try JSONEncoder().encode([day]), as: UTF8.self) == "[\"19990312\"]")
        #expect(try JSONDecoder().decode([CalendarDate].self, from: Data("[\"1999-03-12\"]".utf8)) == [day])
        #expect(throws: DecodingError.self) { try JSONDecoder().decode([CalendarDate].self, from: Data("[\"19990230\"]".utf8)) }
    }

    private static func text(_ year: Int, _ month: Int, _ day: Int) -> String {
        String(year) + (month < 10 ? "0" : "") + String(month) + (day < 10 ? "0" : "") + String(day)
    }
}
