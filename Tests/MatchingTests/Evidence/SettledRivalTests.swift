import Migration
import Testing

@testable import Matching

@Suite("Rivals of a settled study are those that kept it from being matched") struct SettledRivalTests {
    private func rivals(_ other: MatchableStudy) -> (whileOpen: Outcome, onceSent: [StudyID]) {
        let order = Hospital.ordered(1, "Skull AP/Lat", time: "2055")
        func match(_ claim: MatchableStudy.Claim) -> Match {
            let own = Hospital.exam(1, time: "205900", written: "SKULL", part: "SKULL", claim: claim)
            return Hospital.matcher().match(studies: [own, other], orders: [order])[0]
        }
        return (match(.open).outcome, match(.settled([OrderID(1)])).rivals)
    }

    @Test("One of the same day that cannot be the order's, though the rule has no other order for it, is none")
    func far() {
        let found = rivals(Hospital.exam(2, time: "105900", written: "KUB", part: "ABDOMEN"))
        #expect(found.whileOpen == .matched && found.onceSent.isEmpty)
    }

    @Test("One that could be the order's is")
    func near() {
        let found = rivals(Hospital.exam(2, time: "210500", written: "SKULL", part: "SKULL"))
        #expect(found.whileOpen == .manualMatch && found.onceSent == [StudyID(2)])
    }
}
