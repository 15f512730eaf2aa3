public import Migration

/// What a worker holds at a time, and the bounds of its patience.
public struct HoldingConfiguration: Hashable, Sendable {
    /// How many parts are held, and sent, at the same time; 1 to 16.
    public var parts: Int

    /// A configuration for `parts` parts at a time.
    public init(parts: Int) { self.parts = min(max(parts, 1), Self.highestParts) }

    /// Parts at a time where the configuration says nothing: enough that questions to the destination about one study overlap with
    /// sends of the others.
    public static var usualParts: Int { 4 }
    /// Parts at a time: one `LEASE` line grants no more (docs/protocol.md, `LEASE`).
    public static var highestParts: Int { 16 }
    /// Before the end of its term by this much, no new send of a lease is started: what a large instance may take to be
    /// sent, and what two clocks may differ by over one term. A quarter of the term where that is less.
    public static var margin: Interval { .seconds(10) }
    /// Inventory pieces said ahead of their replies; with 64 KiB each half a megabyte is on its way.
    public static var piecesInFlight: Int { 8 }
    /// A request unanswered for so long means that the connection is dead, though TCP has not noticed.
    public static var replyTimeout: Interval { .seconds(30) }
    /// After an answer that the coordinator cannot make anything durable, what was refused is said again after so long.
    public static var retryDelay: Interval { .seconds(2) }
    /// How long a drained worker with nothing left in its custody waits for the drain to be taken back before it ends.
    public static var drainGrace: Interval { .minutes(1) }
    /// How long a worker that is told to stop waits for the coordinator to take its last results.
    public static var stopGrace: Interval { .seconds(10) }
    /// The delay before the next `LEASE` after one that could not be answered.
    public static var leaseDelay: Interval { .seconds(2) }

    /// The last moment at which a send may start under a lease that was confirmed by a line sent at `start`.
    static func deadline(from start: Instant, term: Interval) -> Instant {
        let margin = min(Self.margin, Interval(milliseconds: term.milliseconds / 4))
        return start + term + Interval(milliseconds: -margin.milliseconds)
    }
}
