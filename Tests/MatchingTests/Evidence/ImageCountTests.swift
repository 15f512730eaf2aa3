import Migration
import Testing

@testable import Matching

@Suite("The number of images") struct ImageCountTests {
    private typealias H = Hospital

    private func match(_ studies: MatchableStudy..., with ordered: MatchableOrder...) -> [Match] { H.matcher().match(studies: studies, orders: ordered) }

    @Test("Few images are told one by one, many in steps of a quarter", arguments: [
        (0, ""), (-1, ""), (1, "1"), (7, "7"), (8, "8-9"), (9, "8-9"), (10, "10-11"), (47, "41-50"), (1_000_000, "more"),
    ])
    func steps(count: Int, step: String) { #expect(ImageCount.step(of: count) == step) }

    @Test("Each count lies on one step, and steps follow each other")
    func allCounts() {
        let steps = (1...2000).map(ImageCount.step)
        let distinct = steps.enumerated().filter { $0.offset == 0 || steps[$0.offset - 1] != $0.element }.map(\.element)
        #expect(Set(distinct).count == distinct.count)
        #expect(distinct.count < 40)
    }

    @Test("It tells exams apart that are called alike")
    func tells() {
        let orders = [H.ordered(1, "Skull AP/Lat"), H.ordered(2, "PNS series")]
        func match(_ first: Int?, _ second: Int?) -> [Int64?] {
            H.matcher().match(studies: [H.exam(1, written: "ROUTINE", images: first), H.exam(2, written: "ROUTINE", images: second)], orders: orders)
                .map { $0.order?.number }
        }
        #expect(match(3, 4) == [1, 2])
        #expect(match(4, 3) == [2, 1])
        #expect(match(nil, nil) == [nil, nil])
        #expect(match(3, 3) == [nil, nil])
    }

    @Test("A time confirms no exam that has another number of images")
    func confirms() {
        let order = H.ordered(1, "PNS series", time: "1000")
        #expect(match(H.exam(1, time: "101000", images: 4), with: order)[0].outcome == .matched)
        #expect(match(H.exam(1, time: "101000"), with: order)[0].outcome == .matched)
        let other = match(H.exam(1, time: "101000", images: 1), with: order)[0]
        #expect(other.outcome == .manualMatch && other.weighing?.bar == .unconfirmed)
    }

    @Test("A part confirms no exam that has another number of images; a description does, but for one with far another")
    func part() {
        let order = H.ordered(1, "Knee AP/Lat Rt.", time: "1000")
        #expect(match(H.exam(1, time: "101000", part: "KNEE", images: 2), with: order)[0].outcome == .matched)
        #expect(match(H.exam(1, time: "101000", part: "KNEE", images: 1), with: order)[0].weighing?.bar == .unconfirmed)
        let described = match(H.exam(1, time: "101000", written: "KNEE AP LAT R", part: "KNEE", images: 1), with: order)[0]
        #expect(described.weighing?.bar == .unusual && described.weighing?.evidence.contains { $0.kind == .images && $0.weight <= -250 } == true)
    }

    @Test("A part that consoles write whatever is examined bars nothing where the number of images speaks for the order")
    func defaultPart() {
        let order = H.ordered(1, "Knee AP/Lat Rt.", time: "1000")
        #expect(match(H.exam(1, time: "101000", part: "CHEST", images: 2), with: order)[0].outcome == .matched)
        #expect(match(H.exam(1, time: "101000", part: "CHEST", images: 1), with: order)[0].weighing?.bar == .exam)
        #expect(match(H.exam(1, time: "101000", part: "SKULL", images: 2), with: order)[0].weighing?.bar == .exam, "nobody writes that part for it")
        #expect(match(H.exam(1, time: "101000", part: "CHEST"), with: order)[0].weighing?.bar == .exam)
    }

    @Test("A text that stands with several procedures confirms none of them under another modality's code")
    func distinct() {
        func match(_ written: String, _ images: Int? = 3) -> Match {
            H.matcher().match(studies: [H.exam(1, time: "101000", written: written, modality: "OT", images: images)], orders: [H.ordered(1, "Skull AP/Lat", time: "1000")])[0]
        }
        #expect(match("SKULL").outcome == .matched)
        // Nor does one whose number of images says nothing of the exam.
        #expect(match("SKULL", nil).weighing?.bar == .unusual)
        #expect(match("ROUTINE").weighing?.bar == .unusual)
    }
}
