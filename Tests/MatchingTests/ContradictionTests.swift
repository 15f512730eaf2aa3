import Matching
import Migration
import Testing

@Suite struct ContradictionTests {
    @Test func `Another name stops the match, whatever else agrees`() {
        let match = only(
            study(1, name: "LEE^JIHOON", accession: "A7", uid: "1.2.9"), [order(7, accession: "A7", uid: "1.2.9")])
        #expect(match.outcome == .manualMatch)
        #expect(match.reason == .contradiction)
        #expect(match.order == nil)
        #expect(match.candidates == [OrderID(7)])
        #expect(
            match.sentence
                == Sentence("contradiction", [.accession("A7"), .text("name"), .patient("LEE^JIHOON"), .patient("KIM^MINSU")]))
    }

    @Test func `Another birth date stops the match`() {
        let match = only(study(1, birthDate: "19500313"), [order(7)])
        #expect(match.reason == .contradiction)
        #expect(match.sentence.arguments[1] == .text("birth date"))
    }

    @Test func `Another sex stops the match`() {
        let match = only(study(1, sex: "F"), [order(7)])
        #expect(match.outcome == .manualMatch)
        #expect(match.reason == .contradiction)
        #expect(match.sentence.arguments == [.accession("A7"), .text("sex"), .patient("F"), .patient("M")])
    }

    @Test func `Everything that contradicts is named`() {
        let match = only(study(1, name: "LEE^SUJIN", birthDate: "19800101", sex: "F"), [order(7)])
        #expect(match.sentence.arguments.filter { if case .text = $0 { true } else { false } }
            == [.text("name"), .text("birth date"), .text("sex")])
    }

    @Test func `Twins share a birth date and not a name`() {
        #expect(only(study(1, name: "KIM^MINHO"), [order(7, name: "KIM^MINSU")]).reason == .contradiction)
    }

    @Test func `Namesakes share a name and not a birth date`() {
        #expect(only(study(1, birthDate: "19710704"), [order(7)]).reason == .contradiction)
    }

    @Test func `Empty fields contradict nothing and corroborate nothing`() {
        let match = only(study(1, name: "", birthDate: "", sex: ""), [order(7)])
        #expect(match.outcome == .matched)
        #expect(!match.isCorroborated)
        #expect(match.sentence == Sentence("matched-uncorroborated", [.accession("A7")]))
        let other = only(study(1), [order(7, name: " ", birthDate: " ", sex: "")])
        #expect(other.outcome == .matched)
        #expect(!other.isCorroborated)
    }

    @Test(arguments: ["19000101", "00000000", "UNKNOWN", "1950"]) func `A birth date that everybody gets corroborates nobody`(birthDate: String) {
        let match = only(study(1, name: "", birthDate: birthDate), [order(7, birthDate: birthDate)])
        #expect(match.outcome == .matched)
        #expect(!match.isCorroborated)
    }

    @Test func `Sex corroborates nothing, and only M and F contradict`() {
        let agreeing = only(study(1, name: "", birthDate: "", sex: "M"), [order(7)])
        #expect(agreeing.outcome == .matched)
        #expect(!agreeing.isCorroborated)
        #expect(only(study(1, sex: "O"), [order(7, sex: "F")]).outcome == .matched)
        #expect(only(study(1, sex: "m "), [order(7, sex: "M")]).outcome == .matched)
        #expect(only(study(1, sex: "f"), [order(7, sex: "M")]).reason == .contradiction)
    }

    @Test func `Name, birth date, accession number and study UID corroborate, each alone`() {
        func support(_ study: MatchableStudy, _ order: MatchableOrder) -> SentenceArgument? {
            only(study, [order]).sentence.arguments.dropFirst().first
        }
        #expect(support(study(1, birthDate: ""), order(7)) == .text("name"))
        #expect(support(study(1, name: ""), order(7)) == .text("birth date"))
        let silent = study(1, name: "", birthDate: "", accession: "A7 ", uid: "1.2.9")
        #expect(support(silent, order(7)) == .text("accession number"))
        #expect(support(silent, order(7, accession: "X", uid: "1.2.9")) == .text("study instance UID"))
        #expect(support(silent, order(7, accession: "X", uid: "1.2.8")) == nil)
        #expect(support(study(1, name: "", birthDate: "", uid: ""), order(7, accession: "X", uid: "")) == nil)
    }

    @Test func `Retired spellings of a birth date are the same day`() {
        #expect(only(study(1, name: "", birthDate: "1950.03.12"), [order(7)]).isCorroborated)
    }

    @Test func `A birth date that is no day is compared as it is written`() {
        #expect(only(study(1, birthDate: "1950"), [order(7)]).reason == .contradiction)
        #expect(only(study(1, birthDate: "19500000"), [order(7, birthDate: "19500000")]).outcome == .matched)
    }

    @Test func `A contradiction holds a study without an order too`() {
        let orders = [order(7, date: "20010101"), order(8, date: "19980101")]
        let match = only(study(1, name: "LEE^JIHOON"), orders)
        #expect(match.outcome == .examLevelFailed)
        #expect(match.reason == .contradiction)
        #expect(only(study(1, birthDate: "19991231", date: ""), orders).reason == .contradiction)
        #expect(only(study(1, sex: "F"), orders).reason == .contradiction)
    }

    @Test func `A contradiction with a single one of the patient's orders is enough without an order`() {
        let orders = [order(7, date: "20010101"), order(8, name: "LEE^JIHOON", date: "19980101")]
        #expect(only(study(1), orders).reason == .contradiction)
        #expect(only(study(1, name: ""), orders).reason == .noOrder)
    }

    @Test func `With an order of the day, only that order is compared`() {
        let orders = [order(7), order(8, name: "LEE^JIHOON", date: "19980101"), order(9, name: "LEE^JIHOON", status: "CA")]
        #expect(only(study(1), orders).order == OrderID(7))
    }
}
