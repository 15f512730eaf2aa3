import Migration
import Testing

@testable import Matching

@Suite("The number of the same patient's exam before, left in place") struct StaleNumberTests {
    private func match(_ studies: [MatchableStudy], _ orders: [MatchableOrder]) -> [Match] { Hospital.matcher().match(studies: studies, orders: orders) }

    private let orders = [Hospital.ordered(1, "Chest PA", time: "1000"), Hospital.ordered(2, "Skull AP/Lat", time: "1010")]

    @Test("Where the exam is another order's, a person decides; the exam whose number it is gets its order")
    func stale() {
        let found = match([
            Hospital.exam(1, time: "100500", written: "CXR", part: "CHEST", images: 1),
            Hospital.exam(2, time: "102000", written: "SKULL", part: "SKULL", accession: "A1", images: 3),
        ], orders)
        #expect(found[0].order == OrderID(1))
        #expect(found[1].outcome == .manualMatch && found[1].weighing?.bar == .unusual)
    }

    @Test("Where the exams are alike, the time is mark enough to doubt it")
    func alike() {
        let orders = [Hospital.ordered(1, "Chest PA", time: "0900"), Hospital.ordered(2, "Chest PA", time: "1030")]
        let found = match([Hospital.exam(2, time: "104000", written: "CXR", part: "CHEST", accession: "A1", images: 1)], orders)
        #expect(found[0].order == nil)
    }

    @Test("A number that fits decides")
    func fits() {
        let found = match([
            Hospital.exam(1, time: "100500", accession: "A1"), Hospital.exam(2, time: "102000", written: "ROUTINE", accession: "A2", images: 3),
        ], orders)
        #expect(found.map(\.order) == [OrderID(1), OrderID(2)])
    }
}
