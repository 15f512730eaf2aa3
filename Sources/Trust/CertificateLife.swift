public import Migration

/// How long certificates of workers and of the coordinator live, and when they are renewed.
public struct CertificateLife: Hashable, Sendable {
    /// From issue to end.
    public let length: Interval

    /// What a configuration may choose: below a minute no beat of a usual term renews in time; a stolen key is of use for as long as this.
    public static var range: ClosedRange<Interval> { .minutes(1)...(.minutes(90 * 24 * 60)) }
    /// Where the configuration says nothing: a gateway may be off for a long weekend, and what was stolen is worth little.
    public static var standard: CertificateLife { CertificateLife(.minutes(7 * 24 * 60)) }

    /// Certificates count in whole seconds (RFC 5280 §4.1.2.5).
    private static var rounding: Interval { .seconds(1) }

    /// A life of `length`.
    public init(_ length: Interval) { self.length = length }

    /// Whether a certificate that ends at `end` is to be replaced at `now`: less than a third of a life is left of it, or more than a whole
    /// one, because it was issued when lives were longer.
    public func isRenewalDue(end: Instant, at now: Instant) -> Bool {
        let rest = end.since(now)
        return rest.milliseconds < length.milliseconds / 3 || rest > Interval(milliseconds: length.milliseconds + Self.rounding.milliseconds)
    }
}
