import Foundation
import Migration
import Testing

@Suite struct InstanceRangesTests {
    @Test func `Any positions make the set that they are`() {
        for seed in 1...300 as ClosedRange<UInt64> {
            let (set, ranges) = Self.random(seed)
            #expect(ranges.positions == set.sorted(), "seed \(seed)")
            #expect(ranges.count == set.count)
            #expect(ranges.isEmpty == set.isEmpty)
            #expect((0...70).allSatisfy { ranges.contains($0) == set.contains($0) }, "seed \(seed)")
            #expect(!ranges.contains(-1))
            Self.expectCanonical(ranges, seed)
        }
    }

    @Test func `Union and difference are those of sets`() {
        for seed in 1...500 as ClosedRange<UInt64> {
            let (left, leftRanges) = Self.random(seed)
            let (right, rightRanges) = Self.random(seed &* 7_919)
            let union = leftRanges.union(rightRanges)
            let difference = leftRanges.subtracting(rightRanges)
            #expect(union.positions == left.union(right).sorted(), "seed \(seed)")
            #expect(difference.positions == left.subtracting(right).sorted(), "seed \(seed)")
            Self.expectCanonical(union, seed)
            Self.expectCanonical(difference, seed)
            // Equal sets are equal values, however they came about.
            #expect(union == InstanceRanges(left.union(right)))
            #expect(difference == InstanceRanges(left.subtracting(right)))
        }
    }

    @Test func `A coded set is the same set`() throws {
        for seed in 1...100 as ClosedRange<UInt64> {
            let ranges = Self.random(seed).ranges
            let bytes = try JSONEncoder().encode(ranges)
            #expect(try JSONDecoder().decode(InstanceRanges.self, from: bytes) == ranges)
        }
        #expect(String(decoding: try JSONEncoder().encode(InstanceRanges([4, 0, 1, 2])), as: UTF8.self) == "[[0,2],[4,4]]")
        #expect(String(decoding: try JSONEncoder().encode(InstanceRanges()), as: UTF8.self) == "[]")
    }

    @Test func `Ranges that touch are one when they are read`() throws {
        let touching = try JSONDecoder().decode(InstanceRanges.self, from: Data("[[0,1],[2,5]]".utf8))
        #expect(touching == InstanceRanges(upTo: 6))
    }

    @Test(arguments: [
        "[[1]]", "[[1,2,3]]", "[[2,1]]", "[[-1,0]]", "[[0,2],[1,5]]", "[[3,4],[0,1]]", "[[0,10000001]]", "[0,1]", "[[0,1.5]]", "{}",
        "[[0,99999999999999999999]]", "[null]",
    ])
    func `What are no growing pairs within the bound is refused`(text: String) {
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(InstanceRanges.self, from: Data(text.utf8)) }
    }

    @Test func `The greatest set costs no more than a small one`() throws {
        let whole = try JSONDecoder().decode(InstanceRanges.self, from: Data("[[0,10000000]]".utf8))
        #expect(whole.count == InstanceRanges.highestPosition + 1)
        #expect(whole.subtracting(whole).isEmpty)
        #expect(whole.subtracting(InstanceRanges([5])).ranges == [0...4, 6...InstanceRanges.highestPosition])
        #expect(whole.union(InstanceRanges([5])) == whole)
    }

    @Test func `A range is added behind all others or not at all`() {
        var set = InstanceRanges()
        #expect([3...4, 5...5, 9...9].allSatisfy { set.append($0) })
        #expect(set.ranges == [3...5, 9...9])
        let limit = InstanceRanges.highestPosition
        #expect(![9...9, 4...12, 0...1, -3...(-1), limit...(limit + 1)].contains { set.append($0) })
        #expect(set.ranges == [3...5, 9...9])
    }

    @Test func `Many sets are joined as one by one`() {
        let sets = (1...20).map { Self.random($0).ranges }
        #expect(InstanceRanges(joining: sets) == sets.reduce(InstanceRanges()) { $0.union($1) })
        #expect(InstanceRanges(joining: []).isEmpty)
    }

    @Test func `Positions up to a count begin at 0`() {
        #expect(InstanceRanges(upTo: 3).positions == [0, 1, 2])
        #expect(InstanceRanges(upTo: 0) == InstanceRanges())
        #expect(InstanceRanges(upTo: -1).isEmpty)
        #expect(InstanceRanges([7, 7, 7]).ranges == [7...7])
    }

    private static func random(_ seed: UInt64) -> (set: Set<Int>, ranges: InstanceRanges) {
        var generator = SeededGenerator(state: seed)
        let count = Int.random(in: 0...60, using: &generator)
        let positions = (0..<count).map { _ in Int.random(in: 0...64, using: &generator) }
        return (Set(positions), InstanceRanges(positions))
    }

    private static func expectCanonical(_ set: InstanceRanges, _ seed: UInt64) {
        for (range, next) in zip(set.ranges, set.ranges.dropFirst()) {
            #expect(range.upperBound + 1 < next.lowerBound, "seed \(seed)")
        }
    }
}
