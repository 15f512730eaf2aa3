/// Ranges of sectors or bytes, ascending, none touching another.
struct SectorSet: Hashable, Sendable {
    private(set) var ranges: [Range<Int64>] = []

    /// Adds ranges in any order.
    mutating func insert(_ added: [Range<Int64>]) {
        ranges = (ranges + added).mergedAscending()
    }

    /// The first stretch at or after `start`, before `end`, that is not in the set.
    func gap(from start: Int64, before end: Int64) -> Range<Int64>? {
        var start = start
        var index = firstIndex(endingAfter: start)
        while index < ranges.count, ranges[index].lowerBound <= start {
            start = ranges[index].upperBound
            index += 1
        }
        guard start < end else { return nil }
        return start..<min(end, index < ranges.count ? ranges[index].lowerBound : end)
    }

    /// What of `range` is not in the set.
    func gaps(in range: Range<Int64>) -> [Range<Int64>] {
        var gaps: [Range<Int64>] = []
        var start = range.lowerBound
        while let gap = gap(from: start, before: range.upperBound) {
            gaps.append(gap)
            start = gap.upperBound
        }
        return gaps
    }

    private func firstIndex(endingAfter sector: Int64) -> Int {
        var low = 0
        var high = ranges.count
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].upperBound > sector { high = middle } else { low = middle + 1 }
        }
        return low
    }
}

extension [Range<Int64>] {
    /// The same numbers in ascending ranges, none empty, none touching another.
    func mergedAscending() -> [Range<Int64>] {
        var merged: [Range<Int64>] = []
        for range in filter({ !$0.isEmpty }).sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = merged.last, range.lowerBound <= last.upperBound {
                merged[merged.count - 1] = last.lowerBound..<Swift.max(last.upperBound, range.upperBound)
            } else {
                merged.append(range)
            }
        }
        return merged
    }
}
