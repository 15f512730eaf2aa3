import Holding
import LineProtocol
import Migration
import Testing

/// A holder on the bench: time is moved by hand, the coordinator is played by the test.
struct Bench {
    var holder: Holder
    var now = Instant(milliseconds: 1_000_000)
    /// What was said and not answered yet, as the shell would keep it.
    var asked: [Saying] = []

    static let term = Interval.seconds(30)
    static let beat = Interval.seconds(10)

    init(parts: Int = 4) { holder = Holder(configuration: HoldingConfiguration(parts: parts)) }

    /// A bench whose holder is connected, has greeted, and has its first beat answered.
    static func connected(parts: Int = 4, custody: Int = 0) -> Bench {
        var bench = Bench(parts: parts)
        bench.tell(.custodyChanged(count: custody))
        bench.tell(.connected)
        bench.reply(.hello(HelloReply(version: 1, worker: "gateway1", term: term, beat: beat)))
        bench.answerBeat()
        return bench
    }

    @discardableResult mutating func tell(_ event: HoldingEvent) -> [HoldingAction] {
        let actions = holder.handle(event, now: now)
        for action in actions {
            switch action {
            case .say(let saying): asked.append(saying)
            case .reconnect: asked = []
            default: break
            }
        }
        if case .disconnected = event { asked = [] }
        return actions
    }

    @discardableResult mutating func reply(_ reply: Reply) -> [HoldingAction] {
        asked.removeFirst()
        return tell(.replied(reply))
    }

    @discardableResult mutating func pass(_ interval: Interval) -> [HoldingAction] {
        now = now + interval
        return tell(.tick)
    }

    /// Answers the oldest request, which is to be a beat.
    @discardableResult mutating func answerBeat(
        live: [GrantNumber]? = nil, stale: [GrantNumber] = [], orders: [WorkerOrder] = []
    ) -> [HoldingAction] {
        guard case .beat(let grants)? = asked.first else {
            Issue.record("the oldest request is no beat: \(asked)")
            return []
        }
        return reply(.beat(BeatReply(live: live ?? grants.filter { !stale.contains($0) }, stale: stale, orders: orders)))
    }

    /// Inserts a disc and has it granted.
    mutating func read(_ label: String, drive: String = "drive1", grant: Int64) {
        tell(.mediumPresented(Self.medium(label, drive: drive)))
        reply(.medium(MediumReply(grant: GrantNumber(grant), sentence: Sentence("read-it"))))
    }

    static func medium(_ label: String, drive: String = "drive1") -> MediumRequest {
        MediumRequest(
            drive: drive, label: label, fingerprint: String(repeating: "a", count: 64), volumeIdentifier: "CDROM", byteCount: 1, fileCount: 1,
            isOnline: false)
    }

    static func item(_ grant: Int64, study: String = "1.2.3", mediumGrant: Int64 = 1) -> LeaseItem {
        LeaseItem(
            grant: GrantNumber(grant), mediumGrant: GrantNumber(mediumGrant), studyInstanceUID: study, instances: InstanceRanges(upTo: 3),
            coercions: [], expected: ExpectedStudy(patientID: "4711", accessionNumber: "A1"), destination: "dicom://PACS@127.0.0.1:104",
            level: .listed, mayHaveBeenSent: false)
    }

    static func result(_ grant: Int64) -> ResultItem {
        ResultItem(grant: GrantNumber(grant), verdicts: [VerdictGroup(instances: InstanceRanges(upTo: 3), verdict: .verified)])
    }

    static func lease(_ grants: Int64..., delay: Interval = .seconds(1)) -> Reply {
        .lease(LeaseReply(items: grants.map { item($0, study: "1.2.\($0)") }, delay: delay, sentence: nil))
    }
}

extension [HoldingAction] {
    /// The lines among the actions.
    var said: [Saying] { compactMap { if case .say(let saying) = $0 { saying } else { nil } } }
}
