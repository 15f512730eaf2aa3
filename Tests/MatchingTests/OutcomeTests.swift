import Matching
import Migration
import Testing

@Suite struct OutcomeTests {
    @Test func `One order of the patient, day and modality is matched`() {
        let match = only(study(1), [order(7)])
        #expect(match.outcome == .matched)
        #expect(match.order == OrderID(7))
        #expect(match.identityOrder == OrderID(7))
        #expect(match.reason == nil)
        #expect(match.isCorroborated)
        #expect(match.sentence == Sentence("matched", [.accession("A7"), .text("name, birth date")]))
    }

    @Test func `A blank patient ID fails at patient level, even when an order has a blank one`() {
        for blank in ["", "   "] {
            let match = only(study(1, patientID: blank), [order(7, patientID: "")])
            #expect(match.outcome == .patientLevelFailed)
            #expect(match.reason == .patientIDBlank)
            #expect(match.candidates.isEmpty)
            #expect(match.identityOrder == nil)
        }
    }

    @Test func `A patient ID under which nobody has an order fails at patient level`() {
        let match = only(study(1, patientID: "12345"), [order(7)])
        #expect(match.outcome == .patientLevelFailed)
        #expect(match.reason == .patientUnknown)
        #expect(match.sentence == Sentence("patient-unknown", [.patient("12345")]))
    }

    @Test func `Spaces around a patient ID do not count, and its case does`() {
        #expect(only(study(1, patientID: " 00012345 "), [order(7)]).outcome == .matched)
        #expect(only(study(1, patientID: "a1"), [order(7, patientID: "A1")]).outcome == .patientLevelFailed)
    }

    @Test func `Issuers count where both are given`() {
        #expect(only(study(1, issuer: "YONGDONG"), [order(7, issuer: "SEVERANCE")]).reason == .patientUnknown)
        #expect(only(study(1, issuer: "YONGDONG"), [order(7)]).outcome == .matched)
        #expect(only(study(1), [order(7, issuer: "SEVERANCE")]).outcome == .matched)
        #expect(only(study(1, issuer: "SEVERANCE"), [order(7, issuer: "SEVERANCE ")]).outcome == .matched)
    }

    @Test func `A known patient without an order of the day fails at exam level, with the most recent order's identity`() {
        let orders = [
            order(7, date: "19980101", modality: "MR"), order(8, date: "20010101", time: "0900"),
            order(9, date: "20010101", time: "0800"),
        ]
        let match = only(study(1), orders)
        #expect(match.outcome == .examLevelFailed)
        #expect(match.reason == .noOrder)
        #expect(match.order == nil)
        #expect(match.identityOrder == OrderID(8))
        #expect(match.sentence == Sentence("no-order", [.patient("00012345"), .text("19990312"), .text("CT")]))
    }

    @Test func `The most recent order is the one with the later accession number when day and time are the same`() {
        let orders = [order(3, date: "20010101", accession: "B"), order(4, date: "20010101", accession: "A")]
        #expect(only(study(1), orders).identityOrder == OrderID(3))
        #expect(only(study(1), [order(3, date: ""), order(4, date: "19700101")]).identityOrder == OrderID(4))
    }

    @Test func `The day before and another modality are no candidates`() {
        #expect(only(study(1), [order(7, date: "19990311")]).reason == .noOrder)
        #expect(only(study(1), [order(7, modality: "MR")]).reason == .noOrder)
        #expect(only(study(1), [order(7, modality: "")]).reason == .noOrder)
        #expect(only(study(1, modalities: []), [order(7, modality: "")]).reason == .noOrder)
        #expect(only(study(1), [order(7, date: "")]).reason == .noOrder)
    }

    @Test func `A study without a date, or with one that is no day, says so and never matches`() {
        for date in ["", "19990231", "199903"] {
            let match = only(study(1, date: date), [order(7), order(8, date: "")])
            #expect(match.outcome == .examLevelFailed)
            #expect(match.reason == .studyDateMissing)
            #expect(match.sentence == Sentence("study-date-missing", [.text(date)]))
        }
    }

    @Test func `Several orders of the day are for a person, who is shown all of them`() {
        let match = only(study(1), [order(9), order(7), order(8, date: "19990313")])
        #expect(match.outcome == .manualMatch)
        #expect(match.reason == .severalOrders)
        #expect(match.order == nil)
        #expect(match.candidates == [OrderID(7), OrderID(9)])
        #expect(match.sentence == Sentence("several-orders", [.count(2), .accession("A7"), .accession("A9")]))
    }

    @Test func `A sentence names at most eight of many orders, and counts all`() {
        let match = only(study(1), (1...20).map { order($0) })
        #expect(match.candidates.count == 20)
        #expect(match.sentence.arguments.first == .count(20))
        #expect(match.sentence.arguments.count == 1 + Matcher.listedArguments)
    }

    @Test(arguments: ["CA", "cancelled", "Canceled", "DC", "discontinued"])
    func `A cancelled order is no candidate, but makes the patient known`(status: String) {
        #expect(only(study(1), [order(7, status: status), order(8)]).order == OrderID(8))
        let match = only(study(1), [order(7, status: status)])
        #expect(match.outcome == .examLevelFailed)
        #expect(match.reason == .noOrder)
        #expect(match.identityOrder == OrderID(7))
    }

    @Test func `Any modality of a study may be the order's`() {
        let mixed = study(1, modalities: ["MR", "PR", "SR"])
        #expect(only(mixed, [order(7, modality: "SR")]).outcome == .matched)
        #expect(only(mixed, [order(7, modality: "MR"), order(8, modality: "SR")]).reason == .severalOrders)
        #expect(only(mixed, [order(7, modality: "CT")]).reason == .noOrder)
    }

    @Test func `The hospital's modality codes are mapped`() {
        let angiography = study(1, modalities: ["XA"])
        #expect(only(angiography, [order(7, modality: "DSA")]).outcome == .matched)
        #expect(only(angiography, [order(7, modality: " dsa")]).outcome == .matched)
        #expect(only(angiography, [order(7, modality: "DSA")], Matcher(mapping: ModalityMapping([:]))).reason == .noOrder)

        let matcher = Matcher(mapping: ModalityMapping(["XR": ["CR", "DX"]]))
        #expect(only(study(1, modalities: ["DX"]), [order(7, modality: "XR")], matcher).outcome == .matched)
        #expect(only(study(1, modalities: ["CT"]), [order(7, modality: "XR")], matcher).reason == .noOrder)
        #expect(only(study(1, modalities: ["CT"]), [order(7)], matcher).outcome == .matched)

        let spellings = ModalityMapping(["xr": ["CR"], "XR ": ["dx"]])
        #expect(Set(spellings.modalities(of: "Xr")) == ["CR", "DX"])
    }

    @Test func `Studies of several patients are kept apart`() {
        let studies = [study(1), study(2, patientID: "2", name: "LEE^JIHOON"), study(3, patientID: "3")]
        let orders = [order(7), order(8, patientID: "2", name: "LEE^JIHOON")]
        let matches = Matcher().match(studies: studies, orders: orders)
        #expect(matches.map(\.study) == [StudyID(1), StudyID(2), StudyID(3)])
        #expect(matches.map(\.order) == [OrderID(7), OrderID(8), nil])
        #expect(matches[2].reason == .patientUnknown)
    }

    @Test func `No studies, no matches`() {
        #expect(Matcher().match(studies: [], orders: [order(7)]).isEmpty)
    }
}
