import LineProtocol
import Migration

/// A line said and not answered yet.
struct Outstanding: Sendable {
    let saying: Saying
    let at: Instant
}

/// The line to the coordinator.
enum Link: Sendable {
    case down
    case greeting
    case up(HelloReply)
}

/// A medium in a drive, from its presentation until the coordinator has its inventory.
struct HeldMedium: Sendable {
    /// Why nothing more of it is read.
    enum Stage: Sendable {
        /// To be asked for; `isSaid` while the answer is awaited.
        case presented(isSaid: Bool)
        /// Read under the grant.
        case reading(Inventory)
        /// Given up; the coordinator is to be told.
        case abandoned(GrantNumber, Sentence, isSaid: Bool)
    }

    let request: MediumRequest?
    var stage: Stage
    /// Not to be asked for before this instant.
    var notBefore: Instant?

    var grant: GrantNumber? {
        switch stage {
        case .presented: nil
        case .reading(let inventory): inventory.grant
        case .abandoned(let grant, _, _): grant
        }
    }
}

/// How much of a medium's inventory is written, said and taken.
struct Inventory: Sendable {
    let grant: GrantNumber
    /// Pieces that may be said.
    var written = 0
    /// The next piece to say.
    var next = 0
    /// Pieces that the coordinator has made durable.
    var durable = 0
    /// How many there are in all, once known.
    var total: Int?
    var isEndSaid = false
    /// Whether the pieces were said anew once already because they did not add up.
    var wasRepeated = false

    init(grant: GrantNumber, written: Int = 0, total: Int? = nil) {
        self.grant = grant
        self.written = written
        self.total = total
    }

    /// What was said and not answered is to be said again.
    mutating func rewind() {
        next = min(next, durable)
        isEndSaid = false
    }
}

/// A part under work.
struct HeldPart: Sendable {
    let item: LeaseItem
    var sendUntil: Instant
    var isStopped = false
}

/// A result that the coordinator has not taken yet.
struct WaitingResult: Sendable {
    let item: ResultItem
    var isSaid = false
    /// Said in a line of its own: a line that it shared was refused.
    var isAlone = false
}
