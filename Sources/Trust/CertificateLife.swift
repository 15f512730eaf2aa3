public import Migration

/// How long certificates of workers and of the coordinator live, and when they are renewed.
public struct CertificateLife: Hashable, Sendable {
    /// From issue to end.
    public let length: Interval

    /// What a configuration may choose: below a minute no beat of a usual term renews in time; a stolen key is of use for as long as this.
    public static var range: ClosedRange<Interval> { .minutes(1)...(.minutes(90 * 24 * 60)) }
    /// Where the configuration says nothing: a gateway may be off for six days, and what was stolen is worth little.
    public static var standard: CertificateLife { CertificateLife(.minutes(7 * 24 * 60)) }

    /// Certificates count in whole seconds (RFC 5280 §4.1.2.5).
    private static var rounding: Interval { .seconds(1) }

    /// A life of `length`.
    public init(_ length: Interval) { self.length = length }

    /// How old a certificate becomes before it is replaced: a day, and of short lives a seventh. Whoever spoke with the coordinator yesterday may
    /// then be away for six sevenths of a life, or the coordinator itself may.
    var renewalAge: Interval { min(.minutes(24 * 60), Interval(milliseconds: length.milliseconds / 7)) }

    /// Whether a certificate that ends at `end` is to be replaced at `now`: it is older than ``renewalAge``, or more than a whole life is left of
    /// it, because it was issued when lives were longer or clocks further.
    public func isRenewalDue(end: Instant, at now: Instant) -> Bool {
        let rest = end.since(now)
        return rest.milliseconds < length.milliseconds - renewalAge.milliseconds
            || rest > Interval(milliseconds: length.milliseconds + Self.rounding.milliseconds)
    }
}
