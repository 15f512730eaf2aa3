import Migration
import Testing

@testable import Matching

@Suite("How near names are") struct MistypedNameTests {
    @Test("Names that agree, may be ways to write one, differ in one letter, say nothing, or are another's", arguments: [
        ("김^민수", "김^민수", NameLikeness.plain), ("KIM^MINSU=金^民秀=김^민수", "김^민수", .plain), ("KIM^MINSU", "김^민수", .agreeing), ("KIM^MINSU", "Kim^Minsu", .agreeing),
        ("KIM^SUNYOUNG", "KIM^SEONYEONG", .spelling), ("MULLER^JAN", "Müller^Jan", .spelling),
        ("KIM^MINXU", "김^민수", .mistyped), ("KIMMINXU", "김^민수", .mistyped), ("GIM^MINQOO", "김^민수", .mistyped), ("KXM^MINSU", "KIM^MINSU", .mistyped),
        ("XIM^MINSU", "Kim^Minsu=金^民秀=김^민수", .mistyped), ("KIM^MINSA", "김^민수", .mistyped), ("MXLLER^JAN", "MULLER^JAN", .mistyped),
        ("SMITH^JOHN", "김^민수", .silent), ("金^民秀", "김^민수", .silent), ("", "김^민수", .silent), ("KIM^MXNXU", "김^민수", .silent),
        ("KIM^MINHO", "김^민수", .other), ("KIM^SOONYOUNG", "김^선영", .mistyped), ("KIM^MINJEONG", "김^선영", .other), ("KIM^MINXU", "KIM^MINSUK", .other), ("김^민호", "김^민수", .other), ("LI^A", "LO^A", .other),
    ])
    func likeness(shown: String, ordered: String, is expected: NameLikeness) {
        var study = study(1)
        study.header.patient.name = Identifying(shown)
        #expect(ShownName(study.header).likeness(to: PersonName(ordered)) == expected)
    }

    @Test("One letter does not count where the birth date agrees and nothing else contradicts, and then only")
    func confirms() {
        func match(name: String, _ change: (inout MatchableStudy) -> Void = { _ in }) -> Match {
            var study = Hospital.exam(1, name: name, written: "CXR", part: "CHEST")
            change(&study)
            return Hospital.matcher().match(studies: [study], orders: [Hospital.ordered(1, "Chest PA", name: "Kim^Minsu=金^民秀=김^민수")])[0]
        }
        #expect(match(name: "KIM^MINXU").order == OrderID(1))
        #expect(match(name: "KIM^MINSA").order == OrderID(1))
        #expect(match(name: "KIM^MINHO").reason == .contradiction)
        #expect(match(name: "KIM^MINXU") { $0.header.patient.sex = "" }.order == OrderID(1))
        #expect(match(name: "KIM^MINXU") { $0.header.patient.sex = "F" }.order == nil)
        #expect(match(name: "KIM^MINXU") { $0.header.patient.birthDate = "" }.order == nil)
        #expect(match(name: "KIM^MINXU") { $0.header.otherNames = "이^애리" }.order == nil)
        #expect(match(name: "KIM^MINXU") { $0.header.patient.patientID = "12345" }.order == OrderID(1), "under another spelling of the ID as well")
        #expect(match(name: "") { $0.header.patient.patientID = "12345" }.order == nil, "where no name at all is not enough")
    }
}
