import Coordination
import LineProtocol
import Migration

/// The coordinator: the real engine in the real driver over the real ledger, in a shell that is simulated. All events that wait share a commit, and
/// answers leave after it.
final class CoordinatorProcess {
    /// An event that waits, and who waits for its answer.
    private struct Question {
        let event: Event
        let said: Said
        var mutation: LineMutation?
        let answer: (Answer) -> Void

        /// The engine's answer as it leaves.
        func leaving(_ answer: Answer) -> Answer {
            guard case .reply(let reply) = answer, let mutation else { return answer }
            return .reply(mutation.answered(reply))
        }
    }

    private unowned let world: World
    private let ledger: WatchedLedger
    private var driver: EngineDriver?
    private var waiting: [Question] = []
    private var isCommitting = false
    /// What becomes of the next commit that has a line in it.
    private var crash: (point: CrashPoint, downFor: Int64)?
    /// Grows with each start.
    private(set) var incarnation = 0
    /// Enrolments by the identity in their certificates.
    private var workers: [String: WorkerID] = [:]
    /// The latest moment told, which never goes back while the process lives.
    private var latest = Instant(milliseconds: 0)
    /// By how much its clock was set, in all.
    private var steps: Int64 = 0

    init(_ ledger: WatchedLedger, in world: World) {
        self.ledger = ledger
        self.world = world
    }

    var isUp: Bool { driver != nil }

    // MARK: Its process

    func start() {
        guard driver == nil else { return }
        world.trace.note(world.now, "start", "coordinator")
        incarnation += 1
        ledger.forget()
        latest = Instant(milliseconds: 0)
        var driver = EngineDriver(engine: Engine(configuration: configuration), ledger: ledger)
        let now = readClock()
        let term = world.scenario.configuration.terms.grant
        // Started nine tenths of a term ago, the engine leaves live grants the last tenth; a whole term would be a leap of the clock.
        let past = Interval(milliseconds: -term.milliseconds * 9 / 10)
        _ = driver.process([], now: world.mutant == .leasesNotExtended ? now + past : now)
        self.driver = driver
        world.witness.started(at: now)
        tick(incarnation)
    }

    private var configuration: MigrationConfiguration {
        var configuration = world.scenario.configuration
        if world.mutant == .capPerWorker { configuration.associations?.atDestination *= world.scenario.gateways.count }
        return configuration
    }

    func die() {
        guard driver != nil else { return }
        world.trace.note(world.now, "die", "coordinator")
        driver = nil
        incarnation += 1
        waiting = []
        (isCommitting, crash) = (false, nil)
        world.coordinatorDied()
    }

    /// The process dies, at once or in the next commit, and is started again after a while.
    func crash(at point: CrashPoint, downFor: Int64) {
        guard driver != nil else { return }
        guard point != .idle else { return dieAndReturn(after: downFor) }
        crash = (point, downFor)
    }

    private func dieAndReturn(after delay: Int64) {
        die()
        world.at(world.now + delay) { [unowned self] in start() }
    }

    // MARK: Its clock

    func stepClock(by milliseconds: Int64) { steps += milliseconds }

    private func readClock() -> Instant {
        let drift = world.now * world.scenario.coordinatorDrift / 1_000_000
        latest = max(latest, Instant(milliseconds: Scenario.epoch + world.now + drift + steps))
        return latest
    }

    private func tick(_ incarnation: Int) {
        guard incarnation == self.incarnation else { return }
        ask(.tick, .other) { _ in }
        world.at(world.now + world.scenario.tick) { [unowned self] in tick(incarnation) }
    }

    // MARK: Events

    /// What an operator wants; the answer comes after the commit, if the coordinator lives that long.
    func carryOut(_ action: OperatorAction, whenDone: @escaping (Answer) -> Void = { _ in }) {
        ask(.action(action, by: "operator"), .other, whenDone)
    }

    func enrol(secretDigest: [UInt8], identity: String, whenDone: @escaping (Answer) -> Void) {
        ask(.enrolment(secretDigest: secretDigest, identity: identity), .other, whenDone)
    }

    /// A line of the worker with this identity.
    func say(_ request: Request, _ line: [UInt8], identity: String, whenDone: @escaping (Reply) -> Void) {
        guard let worker = worker(identity) else {
            return whenDone(.error(LineError(.revoked, "the ledger does not know this certificate's enrolment")))
        }
        let mutated = LineMutation(request, of: worker, mutant: world.mutant, world.witness)
        ask(.line(mutated.worker, mutated.request, payloadDigest: payloadDigest(line)), .line(worker, request), mutation: mutated) { answer in
            if case .reply(let reply) = answer { whenDone(reply) }
        }
    }

    private func worker(_ identity: String) -> WorkerID? {
        if let known = workers[identity] { return known }
        let found = (try? ledger.read { try $0.worker(identity: identity)?.id }) ?? nil
        workers[identity] = found
        return found
    }

    private func ask(_ event: Event, _ said: Said, mutation: LineMutation? = nil, _ answer: @escaping (Answer) -> Void) {
        guard driver != nil else { return }
        waiting.append(Question(event: event, said: said, mutation: mutation, answer: answer))
        scheduleCommit()
    }

    private func scheduleCommit() {
        guard !isCommitting, !waiting.isEmpty else { return }
        isCommitting = true
        let incarnation = incarnation
        world.at(world.now + Int64(world.chance.number(world.weather.commit))) { [unowned self] in
            guard incarnation == self.incarnation else { return }
            isCommitting = false
            commit()
            scheduleCommit()
        }
    }

    /// Events of one commit at most.
    private static let eventsPerCommit = 64

    private func commit() {
        guard var driver else { return }
        let questions = waiting.prefix(Self.eventsPerCommit)
        waiting.removeFirst(questions.count)
        let hasLine = questions.contains { if case .line = $0.said { true } else { false } }
        let crash = hasLine ? crash : nil
        ledger.diesBeforeCommit = crash?.point == .beforeCommit
        let now = readClock()
        let answers = zip(questions, driver.process(questions.map(\.event), now: now)).map { $0.leaving($1) }
        ledger.diesBeforeCommit = false
        self.driver = driver
        world.witness.expect(driver.snapshot.faults.isEmpty, .noFault, "the engine is in trouble: \(driver.snapshot.faults)")
        world.witness.committed(questions.map(\.said), zip(questions, answers).map(Self.answered), ledger.changes, at: now)
        if let crash {
            if world.mutant == .acknowledgeBeforeCommit { for (question, answer) in zip(questions, answers) { question.answer(answer) } }
            return dieAndReturn(after: crash.downFor)
        }
        for (question, answer) in zip(questions, answers) { question.answer(answer) }
    }

    private static func answered(_ question: Question, _ answer: Answer) -> Answered {
        switch answer {
        case .reply(let reply): .reply(reply)
        case .refused(let error): .other(error.code == .internal ? "an action was refused: \(error)" : nil)
        case .enrolled, .renewed, .done, .nothing: .other(nil)
        }
    }
}
