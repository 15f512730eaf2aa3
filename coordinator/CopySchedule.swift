import Migration

/// When the ledger's next copy is made.
struct CopySchedule {
    /// How long after one copy the next is due.
    let every: Interval
    /// How long the last copy took, and when it was done; nil: none was made since the start.
    var last: (took: Interval, end: Instant)?
    /// Whether the last try failed.
    var hasFailed = false

    /// After a try that failed the next one comes so much later, or at its time if that is earlier.
    static var failureDelay: Interval { .minutes(5) }
    /// The disk has so many times as long for the ledger itself as it had for the copy: of a ledger of tens of gigabytes none is made each hour.
    static var restFactor: Int64 { 20 }

    /// How long it is from `now` until the next copy, where the newest one shows the moment `newest`; nil: there is none. A clock that was put back
    /// makes nobody wait for longer than from one copy to the next.
    func pause(after newest: Instant?, now: Instant) -> Interval {
        let due = rest(of: every, since: newest, now: now)
        if hasFailed { return max(due, min(every, Self.failureDelay)) }
        guard let last else { return due }
        return max(due, rest(of: Interval(milliseconds: last.took.milliseconds * Self.restFactor), since: last.end, now: now))
    }

    /// What is left of `whole`, which began at `start`; nothing where it never did.
    private func rest(of whole: Interval, since start: Instant?, now: Instant) -> Interval {
        guard let start else { return Interval(milliseconds: 0) }
        return max(Interval(milliseconds: 0), min(whole, Interval(milliseconds: whole.milliseconds - now.since(start).milliseconds)))
    }
}
