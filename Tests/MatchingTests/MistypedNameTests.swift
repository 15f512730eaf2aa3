import Migration
import Testing

@testable import Matching

@Suite("Mistyped Korean names") struct MistypedNameTests {
    @Test("One letter that makes a name nobody's is a mistake; one that makes it another name is not", arguments: [
        ("KIM^MINXU", "김^민수", true), ("KIMMINXU", "김^민수", true), ("GIM^MINQOO", "김^민수", true), ("KXM^MINSU", "KIM^MINSU", false),
        ("XIM^MINSU", "Kim^Minsu=金^民秀=김^민수", true), ("KIM^MINSU", "김^민수", false), ("KIM^MINSA", "김^민수", false), ("KIM^MINHO", "김^민수", false),
        ("KIM^MXNXU", "김^민수", false), ("KIM^SEONYEONG", "김^순영", false), ("KIM^SUNYOUNG", "KIM^SEONYEONG", false), ("MXLLER^JAN", "MULLER^JAN", false),
        ("KIM^MINXU", "KIM^MINSUK", false), ("", "김^민수", false), ("김^민호", "김^민수", false),
    ])
    func mistyped(shown: String, ordered: String, is expected: Bool) {
        #expect(PersonName(shown).isMistyped(for: PersonName(ordered)) == expected)
    }

    @Test("Such a name contradicts no more where birth date and sex agree, and then only")
    func confirms() {
        func match(name: String, _ change: (inout MatchableStudy) -> Void = { _ in }) -> Match {
            var study = Hospital.exam(1, name: name, written: "CXR", part: "CHEST")
            change(&study)
            return Hospital.matcher().match(studies: [study], orders: [Hospital.ordered(1, "Chest PA", name: "Kim^Minsu=金^民秀=김^민수")])[0]
        }
        #expect(match(name: "KIM^MINXU").order == OrderID(1))
        #expect(match(name: "KIM^MINSA").reason == .contradiction)
        #expect(match(name: "KIM^MINXU") { $0.header.patient.sex = "" }.order == nil)
        #expect(match(name: "KIM^MINXU") { $0.header.patient.birthDate = "" }.order == nil)
        #expect(match(name: "KIM^MINXU") { $0.header.otherNames = "이^애리" }.order == nil)
        #expect(match(name: "KIM^MINXU") { $0.header.patient.patientID = "12345" }.order == nil, "nor under another spelling of the ID")
    }
}
