import Migration
import Testing

@testable import Matching

@Suite("Another patient of the birth date, whose name fits as well") struct ContemporariesTests {
    private static func others(_ others: [(name: String, sex: String)], bornOn day: String = "19500312") throws -> Contemporaries {
        var result = Contemporaries()
        result.note(
            others.enumerated().map { number, other in
                PatientIdentity(patientID: Identifying("0002000\(number)"), name: Identifying(other.name), birthDate: Identifying(day), sex: Identifying(other.sex))
            }, bornOn: try #require(CalendarDate(day)))
        return result
    }

    /// What becomes of a study of somebody called `shown` under the order of somebody called `ordered`, where there is `other` too.
    private static func match(
        _ shown: String, _ ordered: String, beside other: String?, sex: String = "M", evidence: Bool, _ change: (inout MatchableStudy, inout MatchableOrder) -> Void = { _, _ in }
    ) throws -> Match {
        var study = Hospital.exam(1, name: shown, time: "101000", written: "CXR", part: "CHEST", images: 1)
        var order = Hospital.ordered(1, "Chest PA", name: ordered, time: "1000")
        change(&study, &order)
        let others = try Self.others(other.map { [($0, sex)] } ?? [])
        return evidence
            ? Hospital.matcher().match(studies: [study], orders: [order], contemporaries: others)[0]
            : Matcher().match(studies: [study], orders: [order], contemporaries: others)[0]
    }

    @Test("Twins whose IDs were exchanged are never matched, whatever scripts and romanisations, by the rule alone neither", arguments: [
        ("KIM^SOONYOUNG", "김^선영", "김^순영"), ("KIM^SUNYOUNG", "김^선영", "김^순영"), ("KIM^SUNYOUNG", "김^순영", "김^선영"), ("김^선영", "KIM^SUNYOUNG", "Kim^Sunyoung"),
        ("KIM^SUNYOUNG", "Kim^Sunyoung=金^善英=김^선영", "Kim^Soonyoung=金^順英=김^순영"), ("金^順英", "김^선영", "김^순영"), ("", "김^선영", "김^순영"),
    ])
    func twins(shown: String, ordered: String, other: String) throws {
        let isPlain = shown == "KIM^SUNYOUNG" && ordered.hasPrefix("Kim")
        for evidence in isPlain ? [true] : [true, false] {
            let found = try Self.match(shown, ordered, beside: other, evidence: evidence)
            #expect(found.outcome == .manualMatch && found.reason == .namesake, "evidence: \(evidence)")
        }
    }

    @Test("Names in two romanisations, where evidence lets them pass")
    func romanisations() throws {
        #expect(try Self.match("KIM^SEONYEONG", "KIM^SUNYOUNG", beside: nil, evidence: true).outcome == .matched)
        #expect(try Self.match("KIM^SEONYEONG", "KIM^SUNYOUNG", beside: "KIM^SUNYEONG", evidence: true).outcome == .manualMatch)
        #expect(try Self.match("KIM^SUNYOUNG", "KIM^SUNYOUNG", beside: "KIM^SOONYOUNG", evidence: true).outcome == .manualMatch, "a Latin name may be either's")
        #expect(try Self.match("KIM^MINXU", "김^민수", beside: "김^민주", evidence: true).outcome == .manualMatch, "one letter wrong in both")
        #expect(try Self.match("KIM^MINXU", "김^민수", beside: "김^영희", evidence: true).outcome == .matched)
        #expect(try Self.match("김^민수", "김^민수", beside: "김^민주", evidence: true).outcome == .matched, "Hangul is one name's alone")
    }

    @Test("Who cannot be meant does not count")
    func others() throws {
        for evidence in [true, false] {
            #expect(try Self.match("KIM^SUNYOUNG", "김^선영", beside: nil, evidence: evidence).outcome == .matched)
            #expect(try Self.match("KIM^SUNYOUNG", "김^선영", beside: "김^순영", sex: "F", evidence: evidence).outcome == .matched, "another sex")
            #expect(try Self.match("KIM^SUNYOUNG", "김^선영", beside: "김^민수", evidence: evidence).outcome == .matched, "another name")
            #expect(try Self.match("", "김^선영", beside: "이^순영", evidence: evidence).outcome == .matched, "no twin: another family")
            #expect(try Self.match("KIM^SUNYOUNG", "김^선영", beside: "", evidence: evidence).outcome == .matched, "without a name")
        }
    }

    @Test("Two of one name are told apart by the order's own number alone; the rule takes a name that is the same for the patient's")
    func doubles() throws {
        #expect(try Self.match("KIM^MINSU", "KIM^MINSU", beside: "KIM^MINSU", evidence: true).reason == .namesake)
        #expect(try Self.match("KIM^MINSU", "KIM^MINSU", beside: "KIM^MINSU", evidence: true) { study, _ in study.header.accessionNumber = "A1" }.outcome == .matched)
        #expect(try Self.match("KIM^MINSU", "KIM^MINSU", beside: "KIM^MINSU", evidence: false).outcome == .matched)
        #expect(try Self.match("KIM^SUNYOUNG", "김^선영", beside: "김^순영", evidence: false) { study, _ in study.header.accessionNumber = "A1" }.outcome == .matched)
    }

    @Test("Where the objects have no birth date the order's counts; one that is everybody's says nothing")
    func birthDates() throws {
        for evidence in [true, false] {
            let found = try Self.match("KIM^SUNYOUNG", "김^선영", beside: "김^순영", evidence: evidence) { study, _ in study.header.patient.birthDate = "" }
            #expect(found.reason == .namesake)
        }
        var crowd = Contemporaries()
        crowd.note(nil, bornOn: try #require(CalendarDate("19500312")))
        func match(_ shown: String) -> Match {
            let study = Hospital.exam(1, name: shown, time: "101000", written: "CXR", part: "CHEST", images: 1)
            return Hospital.matcher().match(studies: [study], orders: [Hospital.ordered(1, "Chest PA", name: "김^선영", time: "1000")], contemporaries: crowd)[0]
        }
        #expect(match("KIM^SEONYEONG").outcome == .matched)
        #expect(match("").outcome == .manualMatch)
    }

    @Test("Nothing is filed under the number of one whom another could be meant by")
    func filed() throws {
        for evidence in [true, false] {
            let found = try Self.match("KIM^SUNYOUNG", "김^선영", beside: "김^순영", evidence: evidence) { _, order in order.order.examDate = CalendarDate("19980101") }
            #expect(found.outcome == .examLevelFailed && found.reason == .namesake)
            let only = try Self.match("KIM^SUNYOUNG", "김^선영", beside: nil, evidence: evidence) { _, order in order.order.examDate = CalendarDate("19980101") }
            #expect(only.reason == .noOrder)
        }
    }

    @Test("Nobody is looked for where the rule's names agree as they are written, nor by a birth date that is everybody's")
    func days() {
        let day = CalendarDate("19500312").map { [$0] } ?? []
        func asked(_ shown: String, _ birthDate: String = "19500312", evidence: Bool) -> [CalendarDate] {
            let policy = MatchingPolicy(mapping: ModalityMapping(), evidence: evidence ? EvidencePolicy() : nil)
            return policy.birthdays(of: [study(1, name: shown, birthDate: birthDate)], orders: [order(1, name: "KIM^MINSU", birthDate: birthDate)])
        }
        #expect(asked("KIM^MINSU", evidence: false).isEmpty && asked("KIM^MINSU", evidence: true) == day)
        #expect(asked("김^민수", evidence: false) == day)
        #expect(asked("김^민수", "19000101", evidence: true).isEmpty)
    }

    @Test("The simulation's counts come to what the rule does")
    func simulated() throws {
        var facts = PatientFacts()
        func note(_ text: String) -> FactText { Array(text.utf8).withUnsafeBytes { facts.note($0) } }
        Array("00012345".utf8).withUnsafeBytes { facts.begin($0) }
        let day = try #require(CalendarDate("19990312"))
        let (shown, ordered) = (note("KIM^SUNYOUNG"), note("김^선영"))
        let (birthDate, sex) = (note("19500312"), note("M"))
        facts.add(StudyFacts(
            isLegacy: false, day: day, issuer: note(""), modalities: note("CT"), identity: IdentityFacts(name: shown, birthDate: birthDate, sex: sex)))
        facts.endStudies()
        let issuer = [UInt8]().withUnsafeBytes { facts.noteIssuer($0) }
        facts.add(OrderFacts(
            day: day, isCancelled: false, issuer: issuer, modality: note("CT"), identity: IdentityFacts(name: ordered, birthDate: birthDate, sex: sex)))
        facts.endOrders()
        for (other, isNamesake) in [("김^순영", true), ("김^민수", false)] {
            var tally = SimulationTally()
            try tally.add(facts) { patient, birthday in
                #expect(patient.reveal() == "00012345" && birthday.number == 19_500_312)
                return try Self.others([(other, "M")])
            }
            let counts = tally.result.reduce(into: SimulationCounts()) { $0 += $1.counts }
            #expect(counts.namesake == (isNamesake ? 1 : 0) && counts.count(of: .manualMatch) + counts.matched == 1)
        }
    }
}
