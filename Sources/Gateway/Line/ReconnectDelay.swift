import Migration

/// The growing delays between tries to connect. Each is drawn from the upper half of its bound, so that a fleet that was cut off at one moment does not
/// come back at one moment.
struct ReconnectDelay {
    private var bound = GatewayLimits.firstReconnectDelay

    /// The delay before the next try.
    mutating func next(using random: inout some RandomNumberGenerator) -> Interval {
        let milliseconds = bound.milliseconds
        bound = min(bound * 2, GatewayLimits.longestReconnectDelay)
        return Interval(milliseconds: .random(in: milliseconds / 2...milliseconds, using: &random))
    }
}
