internal import NIOCore

/// Replies of one connection, which leave in the order of their messages.
struct MLLPReplies {
    private struct Place {
        let byteCount: Int
        var answer: HL7Inlet.Answer?
    }

    private var places: CircularBuffer<Place> = []
    private var firstTicket = 0
    private var waitingBytes = 0

    /// Whether more messages may be taken.
    var hasRoom: Bool { places.count < MLLPLimits.waitingMessages && waitingBytes < MLLPLimits.waitingBytes }

    /// Takes a place for the reply to a message of `byteCount` bytes.
    mutating func enter(byteCount: Int) -> Int {
        places.append(Place(byteCount: byteCount))
        waitingBytes += byteCount
        return firstTicket + places.count - 1
    }

    /// Puts an answer into the place of `ticket`.
    mutating func fill(_ ticket: Int, with answer: HL7Inlet.Answer) {
        places[places.index(places.startIndex, offsetBy: ticket - firstTicket)].answer = answer
    }

    /// The next answer that may leave; nil when the first in the queue is still awaited.
    mutating func next() -> HL7Inlet.Answer? {
        guard let answer = places.first?.answer else { return nil }
        waitingBytes -= places.removeFirst().byteCount
        firstTicket += 1
        return answer
    }
}
