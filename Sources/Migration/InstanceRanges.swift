/// A set of positions in a part's list of instances, as closed ranges in growing order: `[[0,511],[600,600]]` when coded.
public struct InstanceRanges: Hashable, Sendable {
    /// The ranges: growing, apart from each other, not empty.
    public private(set) var ranges: [ClosedRange<Int>]

    /// The empty set.
    public init() { ranges = [] }

    /// The positions from 0 up to `count`.
    public init(upTo count: Int) { ranges = count > 0 ? [0...(count - 1)] : [] }

    /// The set of `positions`, given in any order.
    public init(_ positions: some Sequence<Int>) {
        self.init()
        for position in positions.sorted() { insert(last: position...position) }
    }

    /// The positions that are in any of `sets`.
    public init(joining sets: [InstanceRanges]) {
        self.init()
        let filled = sets.filter { !$0.isEmpty }
        if filled.count == 1 {
            ranges = filled[0].ranges
            return
        }
        for range in filled.flatMap(\.ranges).sorted(by: { $0.lowerBound < $1.lowerBound }) { insert(last: range) }
    }

    /// Adds `range` behind all that is there.
    ///
    /// - Returns: whether that is where it belongs, and it ends at ``highestPosition`` at most; if not, nothing is added.
    public mutating func append(_ range: ClosedRange<Int>) -> Bool {
        guard range.lowerBound > ranges.last?.upperBound ?? -1, range.upperBound <= Self.highestPosition else { return false }
        insert(last: range)
        return true
    }

    /// Adds `range`, which does not begin below the last one; ranges that touch become one.
    private mutating func insert(last range: ClosedRange<Int>) {
        guard let end = ranges.last, range.lowerBound <= end.upperBound + 1 else { return ranges.append(range) }
        ranges[ranges.count - 1] = end.lowerBound...max(end.upperBound, range.upperBound)
    }

    /// How many positions the set has.
    public var count: Int { ranges.reduce(0) { $0 + $1.count } }

    /// Whether the set has no position.
    public var isEmpty: Bool { ranges.isEmpty }

    /// The positions in growing order.
    public var positions: [Int] { ranges.flatMap { Array($0) } }

    /// Whether `position` is in the set.
    public func contains(_ position: Int) -> Bool {
        var low = 0
        var high = ranges.count
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].upperBound < position { low = middle + 1 } else { high = middle }
        }
        return low < ranges.count && ranges[low].contains(position)
    }

    /// The positions that are in either set.
    public func union(_ other: InstanceRanges) -> InstanceRanges { InstanceRanges(joining: [self, other]) }

    /// The positions of this set that are not in `other`.
    public func subtracting(_ other: InstanceRanges) -> InstanceRanges {
        guard !isEmpty, !other.isEmpty else { return self }
        var result = InstanceRanges()
        var holes = other.ranges[...]
        for range in ranges {
            var next = range.lowerBound
            while let hole = holes.first, hole.lowerBound <= range.upperBound {
                if next < hole.lowerBound { result.insert(last: next...(hole.lowerBound - 1)) }
                next = max(next, hole.upperBound + 1)
                // A hole that goes on behind this range is the next one's too.
                if hole.upperBound > range.upperBound { break }
                holes.removeFirst()
            }
            if next <= range.upperBound { result.insert(last: next...range.upperBound) }
        }
        return result
    }
}

extension InstanceRanges: Codable {
    /// Positions a coded set may name: no part has more instances.
    public static var highestPosition: Int { 10_000_000 }

    public init(from decoder: any Decoder) throws {
        var list = try decoder.unkeyedContainer()
        self.init()
        while !list.isAtEnd {
            let pair = try list.decode([Int].self)
            guard pair.count == 2, pair[0] <= pair[1], append(pair[0]...pair[1]) else {
                throw DecodingError.fault(
                    "ranges are pairs [first,last] in growing order, at most \(Self.highestPosition)", at: list.codingPath)
            }
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var list = encoder.unkeyedContainer()
        for range in ranges { try list.encode([range.lowerBound, range.upperBound]) }
    }
}
