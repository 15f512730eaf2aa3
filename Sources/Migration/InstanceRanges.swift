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
        for position in positions.sorted() { insert(last: position) }
    }

    /// Adds `position`, which is not below any position present.
    private mutating func insert(last position: Int) {
        guard let end = ranges.last else { return ranges.append(position...position) }
        if position <= end.upperBound { return }
        if position == end.upperBound + 1 {
            ranges[ranges.count - 1] = end.lowerBound...position
        } else {
            ranges.append(position...position)
        }
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
    public func union(_ other: InstanceRanges) -> InstanceRanges { InstanceRanges(positions + other.positions) }

    /// The positions of this set that are not in `other`.
    public func subtracting(_ other: InstanceRanges) -> InstanceRanges {
        InstanceRanges(positions.filter { !other.contains($0) })
    }
}

extension InstanceRanges: Codable {
    /// Positions a coded set may name: no part has more instances.
    public static var highestPosition: Int { 10_000_000 }

    public init(from decoder: any Decoder) throws {
        var list = try decoder.unkeyedContainer()
        var ranges: [ClosedRange<Int>] = []
        while !list.isAtEnd {
            let pair = try list.decode([Int].self)
            let isInOrder = pair.count == 2 && pair[0] <= pair[1] && pair[0] > (ranges.last?.upperBound ?? -1)
            guard isInOrder, pair[1] <= Self.highestPosition else {
                throw DecodingError.dataCorruptedError(
                    in: list, debugDescription: "ranges are pairs [first,last] in growing order, at most \(Self.highestPosition)")
            }
            ranges.append(pair[0]...pair[1])
        }
        self.ranges = ranges
    }

    public func encode(to encoder: any Encoder) throws {
        var list = encoder.unkeyedContainer()
        for range in ranges { try list.encode([range.lowerBound, range.upperBound]) }
    }
}
