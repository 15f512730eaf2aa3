public import Ledger
import LineProtocol
internal import Matching
public import Migration
internal import OrderedCollections

/// The coordinator's decisions: `(state, transaction, event, now) → answer` (law 3).
///
/// All that must not be lost is written through the transaction; the value itself holds only what a restart may lose. When a commit fails,
/// the value from before it is put back.
public struct Engine: Sendable {
    /// What was decided for the whole migration.
    public let configuration: MigrationConfiguration
    let matching: MatchingPolicy
    var live = LiveState()

    /// An engine that knows nothing yet: ``startUp(in:now:)`` comes first.
    public init(configuration: MigrationConfiguration) {
        self.configuration = configuration
        matching = configuration.matching
    }

    /// What is known in memory.
    public var snapshot: LiveSnapshot {
        LiveSnapshot(now: live.now, workers: Array(live.workers.values), trouble: live.trouble,
            waiting: live.waiting.flatMap { live.now.since($0.at) > configuration.terms.grant ? nil : $0.sentence }, faults: live.faults, term: configuration.terms.grant,
            tellsOrders: configuration.announcesOrders)
    }

    /// Takes up what the ledger holds. Live grants get one more full term before any is taken away (law 10).
    public mutating func startUp(in tx: any LedgerTransaction, now: Instant) throws {
        live = LiveState()
        live.now = now
        for record in try tx.enrolledWorkers() { live.workers[record.id] = LiveWorker(record, at: now) }
        try takeUpUnanswered(in: Turn(tx: tx, now: now))
        for grant in try tx.liveGrants() {
            watch(grant, from: try source(of: grant, in: tx), until: renewedDeadline(of: grant.number, at: now))
        }
        live.restoration = GrantNumber(try tx.value(of: .restoration))
        live.quietUntil = Restoration.quietEnd(after: live.restoration.number, terms: configuration.terms, now: now)
        live.mediaRound.begin()
        live.orderImports = try OrderImports(in: tx)
        if live.orderImports.isEmpty { live.ordersRound.begin() }
        live.filmCursor = RequestID(0)
        try takeUpReservedRange(in: Turn(tx: tx, now: now))
        try takeUpRules(in: Turn(tx: tx, now: now))
    }

    /// When a grant ends that lives through a restart: a full term more, and up to a quarter of one beyond it by its number, so that what nobody names
    /// any more does not end, and is not granted anew, all in one tick.
    private func renewedDeadline(of grant: GrantNumber, at now: Instant) -> Instant {
        let term = configuration.terms.grant.milliseconds
        let place = grant.number % Self.expirySteps
        return now + Interval(milliseconds: term + term / 4 * place / Self.expirySteps)
    }

    /// Moments over which the ends of grants are spread after a restart: with a term of 30 s one each eighth of a second.
    private static var expirySteps: Int64 { 64 }

    /// Handles one event.
    ///
    /// - Throws: `LineError` or ``ActionError`` when the event is refused, `LedgerError` when the ledger fails; the caller then undoes what was
    ///   written and puts the value from before back.
    public mutating func handle(_ event: Event, in tx: any LedgerTransaction, now: Instant) throws -> Answer {
        advance(to: now)
        let turn = Turn(tx: tx, now: live.now)
        switch event {
        case .line(let worker, .renew, _):
            return try renew(worker, in: turn)
        case .line(let worker, .preview, _):
            // Pictures are nothing that the ledger knows: who may not speak is refused, and the rest is the shell's.
            try hear(.preview, of: worker, in: turn)
            return .nothing
        case .line(let worker, let request, let digest):
            return .reply(try answer(request, of: worker, digest: digest, in: turn))
        case .enrolment(let secretDigest, let identity):
            return try enrol(secretDigest: secretDigest, identity: identity, in: turn)
        case .action(let action, let person):
            return .done(try carryOut(action, by: person, in: turn))
        case .message(let message):
            return .done(try take(message, in: turn))
        case .correction(let report):
            return try take(report, in: turn).map { .done($0) } ?? .nothing
        case .outbound(let report):
            return try take(report, in: turn).map { .done($0) } ?? .nothing
        case .tick:
            try tick(in: turn)
            return .nothing
        }
    }

    /// Moves the clock. It never goes back, and a jump of more than a term counts as a restart: nobody was heard of meanwhile because
    /// the coordinator did not listen.
    private mutating func advance(to now: Instant) {
        let term = configuration.terms.grant
        if now.since(live.now) > term, live.now.milliseconds > 0 {
            for worker in live.workers.keys {
                live.workers[worker]?.lastHeard = now
                for index in live.workers[worker]?.grants.indices ?? 0..<0 {
                    guard let number = live.workers[worker]?.grants[index].number else { continue }
                    let deadline = renewedDeadline(of: number, at: now)
                    live.workers[worker]?.grants[index].deadline = deadline
                }
            }
        }
        live.now = max(live.now, now)
    }

    private mutating func answer(
        _ request: Request, of worker: WorkerID, digest: [UInt8], in turn: Turn
    ) throws -> Reply {
        try hear(request.verb, of: worker, in: turn)
        switch request {
        case .hello(let body): return .hello(try hello(body, of: worker, in: turn))
        case .beat(let body): return .beat(try beat(body, of: worker, in: turn))
        case .medium(let body): return .medium(try medium(body, of: worker, in: turn))
        case .inventory(let body): return try inventory(body, of: worker, digest: digest, in: turn)
        case .lease(let body): return .lease(try lease(body, to: worker, in: turn))
        case .result(let body): return .result(try result(body, of: worker, in: turn))
        case .members(let body): return try members(body, of: worker, in: turn)
        case .authority, .enrol, .renew, .preview: throw LineError(.badValue, "\(request.verb.rawValue) is not answered by the engine")
        }
    }

    /// A worker says a line: it is refused if it was revoked, and is back if it was lost. Its name comes back.
    @discardableResult
    mutating func hear(_ verb: Verb, of worker: WorkerID, in turn: Turn) throws -> String {
        guard let known = live.workers[worker] else {
            // A restart takes up the enrolled only: whom it does not know was revoked, or belongs to another ledger.
            throw LineError(.revoked, "worker \(worker) was revoked, or is not of this ledger")
        }
        guard !known.isRevoked else { throw LineError(.revoked, "\(known.name) was revoked") }
        live.workers[worker]?.lastHeard = turn.now
        if known.isLost, verb != .hello { try comeBack(worker, with: nil, in: turn) }
        return known.name
    }

    /// What to put back when `event` is refused. A line changes nothing in memory but its worker's entry and what is common to all; keeping
    /// only these spares a copy of the whole fleet's state a line.
    func checkpoint(before event: Event) -> Checkpoint {
        switch event {
        // A title may be taken from another worker, or studies be looked at ahead of a review.
        case .line(_, .lease, _) where !configuration.callingTitles.isEmpty || live.review != nil: .whole(live)
        case .line(let worker, _, _):
            .line(worker, live.workers[worker], trouble: live.trouble, mediaRound: live.mediaRound, now: live.now)
        case .enrolment, .action, .message, .correction, .outbound, .tick: .whole(live)
        }
    }

    /// Puts back what was there at `checkpoint`.
    mutating func restore(_ checkpoint: Checkpoint) {
        switch checkpoint {
        case .whole(let state): live = state
        case .line(let worker, let entry, let trouble, let mediaRound, let now):
            live.workers[worker] = entry
            live.trouble = trouble
            live.mediaRound = mediaRound
            live.now = now
        }
    }

    /// See ``checkpoint(before:)``.
    enum Checkpoint: Sendable {
        case whole(LiveState)
        case line(WorkerID, LiveWorker?, trouble: DestinationTrouble?, mediaRound: WaitingRound, now: Instant)
    }

    /// Watches over a live grant, under which `source` is read from, until `deadline`.
    mutating func watch(_ grant: GrantRecord, from source: SourceCap?, until deadline: Instant) {
        let isMedium = if case .medium = grant.subject { true } else { false }
        live.workers[grant.worker]?.grants.append(LiveGrant(number: grant.number, isMedium: isMedium, deadline: deadline, source: source))
    }

    /// A name for a worker in sentences.
    func name(of worker: WorkerID?) -> String { worker.flatMap { live.workers[$0]?.name } ?? "a revoked worker" }
}

/// One event's transaction and moment.
struct Turn {
    let tx: any LedgerTransaction
    let now: Instant

    /// Appends a decision to the chain of events.
    func record(
        _ code: SentenceCode, _ arguments: [SentenceArgument] = [], study: StudyID? = nil, medium: MediumID? = nil,
        worker: WorkerID? = nil, grant: GrantNumber? = nil
    ) throws {
        try record(Sentence(code, arguments), study: study, medium: medium, worker: worker, grant: grant)
    }

    /// Appends a decision to the chain of events.
    func record(
        _ sentence: Sentence, study: StudyID? = nil, medium: MediumID? = nil, worker: WorkerID? = nil,
        grant: GrantNumber? = nil
    ) throws {
        try tx.append(sentence, about: EventSubject(study: study, medium: medium, worker: worker, grant: grant), at: now)
    }
}
