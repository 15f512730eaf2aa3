import Coordination
import Ledger
import LineProtocol
import Logging
import Migration
import Trust

/// What the engine's thread does with what it is asked; used by that thread alone.
struct EngineLoop {
    private(set) var driver: EngineDriver
    private let ledger: any Ledger
    private let logger: Logger
    /// What was logged last, so that what goes wrong at every tick is said once.
    private var saidFaults: [String] = []
    private var clock = SystemClock()
    /// An identity means one enrolment for ever, so what was looked up once holds. Bounded by the enrolments of a migration.
    private var workers: [GatewayIdentity: WorkerID] = [:]
    /// When the engine is to hear of the time next.
    private var nextTick = ContinuousClock.now

    init(driver: EngineDriver, ledger: any Ledger, logger: Logger) {
        self.driver = driver
        self.ledger = ledger
        self.logger = logger
    }

    /// How long it is until the engine is to hear of the time. By a clock that is never set, so that ticks go on when the system's is.
    var untilTick: Duration { max(.zero, ContinuousClock.now.duration(to: nextTick)) }

    /// Answers to all of `questions`, in their order, after one commit.
    mutating func decide(_ questions: [EngineThread.Question]) -> [Answer] {
        let translated = questions.map { event(of: $0) }
        var events = translated.compactMap { if case .event(let event) = $0 { event } else { nil } }
        if untilTick == .zero {
            events.append(.tick)
            nextTick = .now + EngineThread.tickInterval
        }
        guard !events.isEmpty else { return translated.map { $0.ownAnswer } }
        var answers = driver.process(events, now: clock.now())[...]
        logFaults()
        return translated.map { item in
            if case .event = item { answers.removeFirst() } else { item.ownAnswer }
        }
    }

    /// Nobody asked for a tick, so that nobody is answered when one fails: the log says so.
    private mutating func logFaults() {
        let faults = driver.faults
        guard faults != saidFaults else { return }
        for fault in faults where !saidFaults.contains(fault) { logger.error("the engine is in trouble", metadata: ["fault": "\(fault)"]) }
        if faults.isEmpty { logger.notice("the engine is out of trouble") }
        saidFaults = faults
    }

    private enum Translated {
        case event(Event)
        case answer(Answer)

        var ownAnswer: Answer {
            switch self {
            case .answer(let answer): answer
            case .event: preconditionFailure("an event is answered by the engine")
            }
        }
    }

    private mutating func event(of question: EngineThread.Question) -> Translated {
        switch question {
        case .line(let identity, let request, let digest):
            do {
                guard let worker = try worker(identity) else {
                    return .answer(.reply(.error(LineError(.revoked, "the ledger does not know this certificate's enrolment"))))
                }
                return .event(.line(worker, request, payloadDigest: digest))
            } catch {
                return .answer(.reply(.error(LineError(.ledgerUnavailable, "the ledger cannot be read now; ask again later"))))
            }
        case .enrolment(let digest, let identity): return .event(.enrolment(secretDigest: digest, identity: identity.uuid))
        case .action(let action, let name): return .event(.action(action, by: name))
        case .message(let message): return .event(.message(message))
        case .correction(let report): return .event(.correction(report))
        case .outbound(let report): return .event(.outbound(report))
        }
    }

    private mutating func worker(_ identity: GatewayIdentity) throws -> WorkerID? {
        if let known = workers[identity] { return known }
        let found = try ledger.read { try $0.worker(identity: identity.uuid) }?.id
        workers[identity] = found
        return found
    }
}
