public import Migration

/// What a hospital wants of the previews that the coordinator keeps.
public struct PreviewPolicy: Hashable, Sendable {
    /// Whether pictures of held studies are made before anybody asks.
    public var isAhead: Bool
    /// Bytes of all that are kept; the studies that nobody looked at for the longest time go first.
    public var byteCount: Int64
    /// How long those are kept that nobody looks at.
    public var life: Interval

    /// A policy of these values.
    public init(isAhead: Bool = true, byteCount: Int64 = 1 << 30, life: Interval = .minutes(30 * 24 * 60)) {
        self.isAhead = isAhead
        self.byteCount = byteCount
        self.life = life
    }

    /// Room for the pictures of one study at least; more than a disk for a ledger has is of no use.
    public static var byteCountRange: ClosedRange<Int64> { (32 << 20)...(1 << 40) }
    /// An hour is a person's time for a study; a migration takes some years.
    public static var lifeRange: ClosedRange<Interval> { .minutes(60)...(.minutes(3650 * 24 * 60)) }
}
