import LineProtocol
import Media
import Migration

/// What is in one drive, or reachable online.
struct DriveBay: Sendable {
    enum State: Sendable {
        case empty
        /// Its directories are being read.
        case opening
        /// Presented; the coordinator decides.
        case asked(any Medium)
        case reading(GrantNumber, ProgressCounter, fileCount: Int)
        case done
        case refused(Sentence)
    }

    let name: String
    let path: String
    let isOnline: Bool
    /// How what lies in it is read.
    let rules: ReadingRules
    /// The label of the medium in it.
    var label: String?
    var state = State.empty
    /// Operators who wait for the coordinator's decision, and since when.
    var waiters: [@Sendable (ControlReply) -> Void] = []
    var askedAt: Instant?

    /// The grant under which it is read.
    var grant: GrantNumber? {
        if case .reading(let grant, _, _) = state { grant } else { nil }
    }

    /// The bay as a beat tells it.
    var status: DriveStatus {
        switch state {
        case .empty: DriveStatus(name: name, label: nil, state: .empty)
        case .opening, .asked, .reading: DriveStatus(name: name, label: label, state: .reading)
        case .done: DriveStatus(name: name, label: label, state: .done)
        case .refused(let sentence): DriveStatus(name: name, label: label, state: .refused, sentence: sentence)
        }
    }

    /// Whether a medium that stays reachable is to be presented once more at `now`: it was refused for a reason that passes, a while ago.
    func isDueAgain(at now: Instant) -> Bool {
        guard isOnline, case .refused(let sentence) = state, let askedAt else { return false }
        let passing: [SentenceCode] = [.readersInUse, .beingRead, .workerDraining]
        return passing.contains { $0.rawValue == sentence.code } && now.since(askedAt) >= GatewayLimits.presentationPause
    }

    /// Tells all waiting operators.
    mutating func tell(_ outcome: ControlReply.Outcome, _ sentence: Sentence, _ message: String) {
        for waiter in waiters { waiter(ControlReply(outcome, code: sentence.code, message: message)) }
        waiters = []
    }
}
