/// Decides what of an outage of the line is worth a word in the log: each reason once, however often it is tried to connect anew.
///
/// An outage lasts until the coordinator has spoken. One that takes a connection and drops it, as it does when a certificate is over, goes on.
struct OutageLog {
    private var reasons: Set<String> = []
    private var hasConnected = false
    private var isHeard = false

    /// The line is there; whether that is news.
    mutating func connected() -> Bool {
        defer { hasConnected = true }
        return !hasConnected
    }

    /// The coordinator has spoken: what was, is over.
    mutating func heard() { isHeard = true }

    /// The line is gone, for that reason; whether that is news.
    mutating func closed(_ reason: String) -> Bool {
        if isHeard { self = OutageLog() }
        return reasons.insert(reason).inserted
    }
}
