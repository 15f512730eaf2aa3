import Migration
import Testing

@testable import Matching

@Suite("The simulation's counts")
struct SimulationTallyTests {
    private struct Row {
        var modalities = "CT"
        var day: String = "19990312"
        var name = ""
        var issuer = ""
        var isLegacy = false
    }

    private func note(_ text: String, _ facts: inout PatientFacts) -> FactText {
        Array(text.utf8).withUnsafeBytes { facts.noteTrimmed($0) }
    }

    private func identity(_ name: String, _ facts: inout PatientFacts) -> IdentityFacts {
        IdentityFacts(name: note(name, &facts), birthDate: note("", &facts), sex: note("", &facts))
    }

    /// Facts of one patient; an order's modalities are its code.
    private func patient(studies: [Row], orders: [Row]) -> PatientFacts {
        var facts = PatientFacts()
        Array("1".utf8).withUnsafeBytes { facts.begin($0) }
        for study in studies {
            facts.add(
                StudyFacts(
                    isLegacy: study.isLegacy, day: CalendarDate(study.day), issuer: note(study.issuer, &facts), modalities: note(study.modalities, &facts),
                    identity: identity(study.name, &facts)))
        }
        facts.endStudies()
        for order in orders {
            let issuer = Array(order.issuer.utf8).withUnsafeBytes { facts.noteIssuer($0) }
            guard let day = CalendarDate(order.day), facts.hasStudy(on: day) else { continue }
            facts.add(OrderFacts(day: day, isCancelled: false, issuer: issuer, modality: note(order.modalities, &facts), identity: identity(order.name, &facts)))
        }
        facts.endOrders()
        return facts
    }

    private func counts(studies: [Row], orders: [Row], _ mapping: ModalityMapping = ModalityMapping()) -> [String: SimulationCounts] {
        var tally = SimulationTally(mapping: mapping)
        tally.add(patient(studies: studies, orders: orders)) { _, _ in Contemporaries() }
        return Dictionary(tally.result.map { ("\($0.modality) \($0.year ?? 0)", $0.counts) }, uniquingKeysWith: { $0 + $1 })
    }

    @Test("A study with several modalities counts once, under the first that has orders of its own", arguments: [
        ("CT\\SR", "CT"), ("KO\\PR\\SR\\US", "US"), ("PR\\SR", "PR"), ("ct ", "CT"), ("PT\\CT", "CT"), ("", ""), ("\\", ""),
    ])
    func rows(modalities: String, row: String) {
        let result = counts(studies: [Row(modalities: modalities)], orders: [])
        #expect(result.map { "\($0.key) \($0.value.total)" } == ["\(row) 1999 1"])
    }

    @Test("The hospital's codes stand for DICOM's in orders and in the legacy index, not in objects")
    func codes() {
        let mapping = ModalityMapping(["DSA": ["XA"], "XR": ["CR", "DX"]])
        let order = [Row(modalities: "DSA"), Row(modalities: "xr", day: "20000312")]
        #expect(counts(studies: [Row(modalities: "DSA", isLegacy: true)], orders: order, mapping)["XA 1999"]?.matched == 1)
        #expect(counts(studies: [Row(modalities: "XA")], orders: order, mapping)["XA 1999"]?.matched == 1)
        #expect(counts(studies: [Row(modalities: "DSA")], orders: order, mapping)["DSA 1999"]?.noOrder == 1)
        #expect(counts(studies: [Row(modalities: "XR", day: "20000312", isLegacy: true)], orders: order, mapping)["CR 2000"]?.matched == 1)
    }

    @Test("Of more spellings of modalities than are told apart the rest is counted together, by the same rule")
    func manyWords() {
        let limit = SimulationTally.wordLimit
        let rows = (0..<(limit + 40)).map { Row(modalities: "M\($0)") }
        let result = counts(studies: rows, orders: rows)
        #expect(result.count == limit + 1)
        #expect(result["\(SimulationCell.others) 1999"]?.matched == 40)
        #expect(result.allSatisfy { $0.value.matched == $0.value.total })
    }

    @Test("Of thousands of studies and orders under one patient ID each is counted, and in no time", .timeLimit(.minutes(5)))
    func oneID() {
        let days = (0..<3000).map { (number: Int) -> String in
            let (year, month, day) = (2000 + number / 336, 1 + number / 28 % 12, 1 + number % 28)
            return String(year * 10_000 + month * 100 + day)
        }
        let rows = days.map { Row(day: $0) } + Array(repeating: Row(), count: 3000)
        let result = counts(studies: rows, orders: rows)
        #expect(result["CT 1999"]?.severalOrders == 3000)
        #expect(result.reduce(0) { $0 + $1.value.matched } == 3000)
    }

    @Test("What is written the same never contradicts; what is plain in both is told without reading the rest", arguments: [
        "KIM^MINSU", "KIM^MINSU=金^民秀=김^민수", "김^민수", "=金^民秀", "", "=", "?", "\u{FFFD}", "Müller^Jörg", "LEE", "KIM^MINSU^JR",
    ])
    func identities(name: String) {
        let names = ["KIM^MINSU", "KIM^MINSU=金^民秀=김^민수", "kim^minsu", "KIM^MINSU=李^某", "김^민수", "", "=", "?", "LEE", "?=金^民秀"]
        let same = PatientIdentity(patientID: "", name: Identifying(name), birthDate: "x", sex: "M")
        #expect(!IdentityComparison(study: same, order: same).contradicts)
        for other in names {
            let comparison = IdentityComparison(
                study: PatientIdentity(patientID: "", name: Identifying(name)), order: PatientIdentity(patientID: "", name: Identifying(other)))
            let read = name.isEmpty || other.isEmpty ? Agreement.silent : PersonName(name).compared(with: PersonName(other))
            #expect(comparison.name == read, "\(name), \(other)")
        }
    }
}

private func + (left: SimulationCounts, right: SimulationCounts) -> SimulationCounts {
    var sum = left
    sum += right
    return sum
}
