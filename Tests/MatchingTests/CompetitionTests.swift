import Matching
import Migration
import Testing

@Suite struct CompetitionTests {
    @Test func `Two studies with one order between them are both for a person`() {
        let matches = Matcher().match(studies: [study(2), study(1)], orders: [order(7)])
        #expect(matches.map(\.outcome) == [.manualMatch, .manualMatch])
        #expect(matches.map(\.reason) == [.competingStudies, .competingStudies])
        #expect(matches.map(\.rivals) == [[StudyID(2)], [StudyID(1)]])
        #expect(matches.map(\.order) == [nil, nil])
        #expect(matches[0].sentence == Sentence("competing-studies", [.count(1), .accession("A7"), .study("1.2.3.2")]))
    }

    @Test func `Competition comes before contradiction`() {
        let matches = Matcher().match(studies: [study(1), study(2, name: "LEE^JIHOON")], orders: [order(7)])
        #expect(matches.map(\.reason) == [.competingStudies, .competingStudies])
    }

    @Test func `A study with several orders does not compete for one of them`() {
        let matches = Matcher().match(
            studies: [study(1, modalities: ["CT"]), study(2, modalities: ["CT", "MR"])],
            orders: [order(7), order(8, modality: "MR")])
        #expect(matches[0].order == OrderID(7))
        #expect(matches[1].reason == .severalOrders)
    }

    @Test func `Two studies of a day with an order each by modality do not compete`() {
        let matches = Matcher().match(
            studies: [study(1), study(2, modalities: ["MR"])], orders: [order(7), order(8, modality: "MR")])
        #expect(matches.map(\.order) == [OrderID(7), OrderID(8)])
    }

    @Test func `A later claimant of a used order is for a person, and the one that used it is flagged`() {
        let sent = study(1, claim: .settled([OrderID(7)]))
        let matches = Matcher().match(studies: [sent, study(2)], orders: [order(7, usedBy: [StudyID(1)])])
        #expect(matches.map(\.reason) == [.competingStudies, .competingStudies])
        #expect(matches.map(\.rivals) == [[StudyID(2)], [StudyID(1)]])
    }

    @Test func `A settled study without rivals stays matched`() {
        let match = only(study(1, claim: .settled([OrderID(7)])), [order(7, usedBy: [StudyID(1)])])
        #expect(match.outcome == .matched)
        #expect(match.rivals.isEmpty)
    }

    @Test func `An order that a person gave to a study of another patient ID is used`() {
        let match = only(study(1), [order(7, usedBy: [StudyID(40)])])
        #expect(match.reason == .competingStudies)
        #expect(match.rivals == [StudyID(40)])
        #expect(match.sentence == Sentence("competing-studies", [.count(1), .accession("A7")]))
    }

    @Test func `A study that a person settled elsewhere leaves its only candidate to others`() {
        for settled in [[OrderID(8)], []] {
            let matches = Matcher().match(
                studies: [study(1, claim: .settled(settled)), study(2)],
                orders: [order(7), order(8, date: "20010101")])
            #expect(matches[1].order == OrderID(7))
            #expect(matches[0].rivals.isEmpty)
        }
    }

    @Test func `No outcome depends on the order of the input`() {
        let studies = [
            study(1), study(2), study(3, date: "20000101"), study(4, name: "LEE^JIHOON", date: "20010101"),
            study(5, date: "20020101", claim: .settled([OrderID(12)])), study(6, date: "20020101"),
            study(7, patientID: "9", name: "PARK^SUJIN"), study(8, patientID: ""), study(9, date: "20050505"),
        ]
        let orders = [
            order(10), order(11, date: "20010101"), order(12, date: "20020101"), order(13, date: "20000101"),
            order(14, date: "20000101", modality: "MR"), order(15, patientID: "9", name: "PARK^SUJIN"),
            order(16, date: "20050505"), order(17, date: "20050505"), order(18, date: "20060606", accession: "A1"),
        ]
        let expected = Matcher().match(studies: studies, orders: orders)
        #expect(
            expected.map(\.reason)
                == [
                    .competingStudies, .competingStudies, nil, .contradiction, .competingStudies, .competingStudies, nil,
                    .patientIDBlank, .severalOrders,
                ])
        for seed in 1...200 as ClosedRange<UInt64> {
            var generator = SeededGenerator(state: seed)
            let shuffled = Matcher().match(
                studies: studies.shuffled(using: &generator), orders: orders.shuffled(using: &generator))
            #expect(shuffled == expected, "seed \(seed)")
        }
    }

    @Test func `Every sentence has a code of the list`() {
        let studies = [
            study(1), study(2), study(3, patientID: ""), study(4, patientID: "4"), study(5, date: "20010101"),
            study(6, date: ""), study(7, date: "20020202"), study(8, name: "X", date: "20030303"), study(9, date: "20040404"),
            study(10, name: "", birthDate: "", date: "20050505"), study(11, patientID: "11", name: "KIM^SUNYOUNG", birthDate: "19600203", date: "20060606"),
        ]
        let orders = [
            order(1), order(2, date: "20020202"), order(3, date: "20020202"), order(4, date: "20030303"),
            order(5, date: "20040404"), order(6, date: "20050505"), order(7, patientID: "11", name: "김^선영", birthDate: "19600203", date: "20060606"),
        ]
        var others = Contemporaries()
        if let day = CalendarDate("19600203") { others.note([PatientIdentity(patientID: "2", name: "김^순영", birthDate: "19600203")], bornOn: day) }
        let codes = Matcher().match(studies: studies, orders: orders, contemporaries: others).map(\.sentence.code)
        #expect(Set(codes) == Set(Matcher.sentenceCodes))
    }
}
