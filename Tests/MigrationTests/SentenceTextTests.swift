import Foundation
import Migration
import Testing

@Suite struct SentenceTextTests {
    @Test func `A patient is shown to those with the right, and to no others`() {
        let sentence = Sentence("patient-unknown", [.patient("12345")])
        #expect(sentence.text() == "no order bears the patient ID ‹redacted›")
        #expect(sentence.text(showsPatients: true) == "no order bears the patient ID 12345")
    }

    @Test func `A code without words is shown as it is`() {
        #expect(Sentence("of-tomorrow", [.count(3), .label("A")]).text() == "of-tomorrow: 3, A")
        #expect(Sentence("of-tomorrow").text() == "of-tomorrow")
    }

    @Test func `Every code has words, whose places are filled by what there is`() {
        for code in SentenceCode.allCases {
            #expect(!code.template.isEmpty, "\(code)")
            let bare = Sentence(code.rawValue, []).text()
            #expect(!bare.contains("{") && !bare.contains("}"), "\(code)")
        }
    }

    @Test func `Instants are those of the calendar, in UTC`() {
        let format = ISO8601DateFormatter()
        var generator = SeededGenerator(state: 1)
        for _ in 0..<2000 {
            let seconds = Int64.random(in: -60_000_000_000...60_000_000_000, using: &generator)
            let text = Instant(milliseconds: seconds * 1000).text
            // The formatter turns to the Julian calendar before 15 October 1582.
            if seconds > -12_219_292_800 { #expect(text == format.string(from: Date(timeIntervalSince1970: Double(seconds)))) }
        }
        #expect(Instant(milliseconds: -1).text == "1969-12-31T23:59:59Z")
        #expect(Instant(milliseconds: 951_782_400_999).text == "2000-02-29T00:00:00Z")
    }

    @Test(arguments: [(0, "0 ms"), (250, "250 ms"), (5000, "5 s"), (90_000, "90 s"), (120_000, "2 min"), (7_200_000, "2 h")])
    func `Intervals have a unit`(milliseconds: Int64, text: String) {
        #expect(Interval(milliseconds: milliseconds).text == text)
    }
}
