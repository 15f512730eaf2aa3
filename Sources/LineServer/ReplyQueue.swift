import LineProtocol
import NIOCore

/// Replies of one connection, which leave in the order of their lines whatever order they come about in.
struct ReplyQueue {
    private struct Place {
        var byteCount: Int
        var reply: Reply?
    }

    private var places: CircularBuffer<Place> = []
    private var firstTicket = 0
    /// Bytes of the lines that wait.
    private(set) var waitingBytes = 0

    /// Lines that wait for their replies.
    var count: Int { places.count }

    /// Takes a place for the reply to a line of `byteCount` bytes.
    mutating func enter(byteCount: Int) -> Int {
        places.append(Place(byteCount: byteCount))
        waitingBytes += byteCount
        return firstTicket + places.count - 1
    }

    /// Puts a reply into the place of `ticket`.
    mutating func fill(_ ticket: Int, with reply: Reply) {
        places[places.index(places.startIndex, offsetBy: ticket - firstTicket)].reply = reply
    }

    /// The next reply that may leave; nil when the first in the queue is still awaited.
    mutating func next() -> Reply? {
        guard let reply = places.first?.reply else { return nil }
        waitingBytes -= places.removeFirst().byteCount
        firstTicket += 1
        return reply
    }
}
