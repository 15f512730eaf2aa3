internal import NIOCore

/// What has arrived and not been fetched, bounded by not reading from the socket; and who waits for the next arrival.
struct Inbox {
    /// One who waits, with the timer that ends the wait.
    struct Waiter {
        let continuation: Continuation
        let timer: Scheduled<Void>
    }

    /// Whether nothing may be what comes.
    enum Continuation {
        case strict(CheckedContinuation<UpperLayerHandler.Arrival, any Error>)
        case patient(CheckedContinuation<UpperLayerHandler.Arrival?, any Error>)
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
            switch waiter.continuation {
            case .strict(let continuation): continuation.resume(returning: arrival)
            case .patient(let continuation): continuation.resume(returning: arrival)
            }
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
        switch takeWaiter()?.continuation {
        case .strict(let continuation): continuation.resume(throwing: error)
        case .patient(let continuation): continuation.resume(throwing: error)
        case nil: break
        }
    }

    /// Ends the wait of one who is content with nothing.
    mutating func endPatience() {
        guard case .patient(let continuation) = waiter?.continuation else { return }
        _ = takeWaiter()
        continuation.resume(returning: nil)
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
