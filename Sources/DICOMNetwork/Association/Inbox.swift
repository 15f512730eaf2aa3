internal import NIOCore

/// What has arrived and not been fetched, bounded by not reading from the socket; and who waits for the next arrival.
struct Inbox {
    /// One who waits, with the timer that ends the wait.
    struct Waiter {
        let continuation: CheckedContinuation<UpperLayerHandler.Arrival, any Error>
        let timer: Scheduled<Void>
    }

    private var arrivals = CircularBuffer<UpperLayerHandler.Arrival>()
    private var byteCount = 0
    var waiter: Waiter?
    /// A read that was asked for and not done because the inbox was full.
    var isReadHeld = false

    /// Whether there is room for what one more read may bring.
    var mayRead: Bool {
        byteCount < UpperLayerLimits.inboxHighWaterMark && arrivals.count < UpperLayerLimits.inboxItems
    }

    /// Hands the arrival to the waiter, or keeps it.
    mutating func append(_ arrival: UpperLayerHandler.Arrival) {
        if let waiter = takeWaiter() {
            waiter.continuation.resume(returning: arrival)
            return
        }
        arrivals.append(arrival)
        byteCount += arrival.byteCount
    }

    mutating func removeFirst() -> UpperLayerHandler.Arrival? {
        guard let arrival = arrivals.popFirst() else { return nil }
        byteCount -= arrival.byteCount
        return arrival
    }

    /// Ends the wait with the error. What has arrived before can still be fetched.
    mutating func fail(_ error: NetworkError) {
        takeWaiter()?.continuation.resume(throwing: error)
    }

    private mutating func takeWaiter() -> Waiter? {
        defer { waiter = nil }
        waiter?.timer.cancel()
        return waiter
    }
}

extension UpperLayerHandler.Arrival {
    fileprivate var byteCount: Int {
        switch self {
        case .part(let part): part.byteCount
        case .released: 0
        }
    }
}
