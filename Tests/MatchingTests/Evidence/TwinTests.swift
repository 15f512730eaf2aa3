import Migration
import Testing

@testable import Matching

@Suite("Twins whose patient IDs were exchanged: the birth date is both's") struct TwinTests {
    /// What becomes of a study under the ID of somebody with the same birth date, who is called `ordered` in the order and had the same exam.
    private func match(_ shown: String, _ ordered: String, _ change: (inout MatchableStudy) -> Void = { _ in }) -> Match {
        var study = Hospital.exam(1, name: shown, time: "101000", written: "CXR", part: "CHEST", images: 1)
        change(&study)
        return Hospital.matcher().match(studies: [study], orders: [Hospital.ordered(1, "Chest PA", name: ordered, time: "1000")])[0]
    }

    @Test("A Korean name that is no way to write the order's Hangul is confirmed by no birth date", arguments: [
        ("KIM^MINJEONG", "김^선영"), ("PARK^CHULSOO", "김^선영"), ("KIM^MINJEONG", "金^善英=김^선영"), ("김^선영", "KIM^SOONYOUNG"),
    ])
    func other(shown: String, ordered: String) {
        let match = match(shown, ordered)
        #expect(match.outcome == .manualMatch && match.reason == .doubtful && match.weighing?.bar == .identity)
    }

    @Test("Another name of the study that agrees confirms it; letters that are nobody's Korean name say nothing")
    func confirmed() {
        #expect(match("KIM^MINJEONG", "김^선영") { $0.header.otherNames = "김^선영" }.outcome == .matched)
        #expect(match("KIM^SXNYOUNG", "김^선영").outcome == .matched)
        #expect(match("SMITH^JOHN", "김^선영").outcome == .matched)
        #expect(match("KIM^SEONYEONG", "김^선영").outcome == .matched)
        #expect(match("金^善英", "김^선영").outcome == .matched, "letters that cannot be compared say nothing")
    }

    @Test("Two Latin names of one Hangul are taken for one, and one Latin name for both of two, where nobody else of the birth date is known", arguments: [
        ("KIM^SUNYOUNG", "김^선영"), ("KIM^SUNYOUNG", "김^순영"), ("KIM^SUNYOUNG", "KIM^SEONYEONG"),
    ])
    func indistinct(shown: String, ordered: String) { #expect(match(shown, ordered).outcome == .matched) }
}
