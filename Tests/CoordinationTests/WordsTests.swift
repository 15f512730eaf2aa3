import Matching
import Migration
import Testing

@Suite("Every decision has words")
struct WordsTests {
    @Test("Each code has a template whose places are in order, and no two codes read alike", arguments: SentenceCode.allCases)
    func template(code: SentenceCode) {
        #expect(!code.template.isEmpty)
        let same = SentenceCode.allCases.filter { $0.template == code.template }
        #expect(same == [code])
        #expect(code.template.count(where: { $0 == "{" }) == code.template.count(where: { $0 == "}" }))
    }

    @Test("Each code of matching and each reason to hold has words")
    func codesOfOthers() {
        // One is a flag of what was sent, and no reason to hold.
        for code in Matcher.sentenceCodes + EvidenceMatcher.sentenceCodes + HoldReason.allCases.filter { $0 != .orderChanged }.map(\.rawValue) {
            #expect(SentenceCode(rawValue: code) != nil, "\(code)")
        }
    }

    @Test("Arguments stand in their places, with units")
    func arguments() {
        let sentence = Sentence(.attemptFailed, [.text("worker"), .count(2), .interval(.minutes(2)), .text("disk full")])
        #expect(sentence.text() == "attempt 2 failed (worker), to be tried again in 2 min: disk full")
        let several = Sentence(.severalOrders, [.count(2), .accession("ACC1"), .accession("ACC2")])
        #expect(several.text() == "2 orders of the patient, day and modality: ACC1, ACC2")
        #expect(Sentence("disc-upside-down", [.bytes(12)]).text() == "disc-upside-down: 12 bytes")
    }

    @Test("A patient is shown only to a reader with the right")
    func redaction() {
        let sentence = Sentence(.patientUnknown, [.patient("P1234")])
        #expect(!sentence.text().contains("P1234"))
        #expect(sentence.text(showsPatients: true).contains("P1234"))
    }

    @Test("Moments are written in UTC", arguments: [
        (Int64(0), "1970-01-01T00:00:00Z"), (951_827_696_999, "2000-02-29T12:34:56Z"), (4_107_542_399_000, "2100-02-28T23:59:59Z"),
        (-1, "1969-12-31T23:59:59Z"),
    ])
    func moments(milliseconds: Int64, text: String) {
        #expect(Instant(milliseconds: milliseconds).text == text)
    }
}
