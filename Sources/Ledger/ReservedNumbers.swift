public import Migration

/// How far accession numbers of a range were given out: the number of an exam is that of the counter of unspecified exams, less a base.
public struct ReservedNumbers: Hashable, Sendable {
    /// The range.
    public var range: AccessionRange
    /// What the counter is ahead of the numbers.
    public var base: Int64

    /// Numbers of the standard range, as the counter counts.
    public static var standard: ReservedNumbers { ReservedNumbers(range: .standard, base: 0) }

    /// Numbers of `range`, of which the counter is ahead by `base`.
    public init(range: AccessionRange, base: Int64) {
        self.range = range
        self.base = base
    }

    /// What ``text`` wrote; nil: it is none.
    public init?(_ text: String) {
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 5, let base = Int64(words[0]), let digits = Int(words[1]), let first = Int64(words[2]), let last = Int64(words[3]),
            let range = try? AccessionRange(prefix: String(words[4]), digits: digits, first: first, last: last)
        else { return nil }
        self.init(range: range, base: base)
    }

    /// These as one line of text.
    public var text: String { "\(base) \(range.digits) \(range.first) \(range.last) \(range.prefix)" }

    /// How many numbers are left when the counter is at `counter`.
    public func left(at counter: Int64) -> Int64 { max(0, min(range.count, range.last - (counter - base))) }

    /// These for another range, when the counter is at `counter`: what is spelt alike goes on behind the last number, what is not begins at the range's first.
    public func moved(to range: AccessionRange, at counter: Int64) -> ReservedNumbers {
        let isSpeltAlike = range.prefix == self.range.prefix && range.digits == self.range.digits
        let next = isSpeltAlike ? max(range.first, counter - base + 1) : range.first
        return ReservedNumbers(range: range, base: counter - (next - 1))
    }
}
