public import Ledger
import LineProtocol
public import Migration

/// Drives an engine over a ledger: one commit for all events that wait, each in its own savepoint (law 1).
///
/// A value used by one thread. Answers may leave only after ``process(_:now:)`` has returned: what they say is then durable.
public struct EngineDriver: Sendable {
    private var engine: Engine
    private let ledger: any Ledger
    private var isStarted = false

    /// Why the last batch of events could not be recorded; nil when it was.
    private var trouble: LedgerTrouble?

    /// A driver of `engine` over `ledger`.
    public init(engine: Engine, ledger: any Ledger) {
        self.engine = engine
        self.ledger = ledger
    }

    /// What the engine knows in memory.
    public var snapshot: LiveSnapshot {
        var snapshot = engine.snapshot
        snapshot.ledgerTrouble = trouble
        return snapshot
    }

    /// What goes wrong where nobody asked, in words without patient data; empty when nothing does.
    public var faults: [String] { engine.live.faults + (trouble.map { ["nothing can be recorded: \($0.message)"] } ?? []) }

    /// Handles `events` in their order and commits.
    ///
    /// - Returns: One answer an event. When the commit fails nothing happened, and each event is answered `ledger-unavailable`.
    public mutating func process(_ events: [Event], now: Instant) -> [Answer] {
        let before = engine
        let isStarted = isStarted
        // A batch that writes nothing succeeds on a full disk too, and proves nothing: while in trouble each tick writes.
        let isTrial = trouble != nil && events.contains { if case .tick = $0 { true } else { false } }
        do {
            let (after, answers) = try ledger.write { tx in
                if isTrial { _ = try tx.next(.trial) }
                var engine = before
                if !isStarted { try engine.startUp(in: tx, now: now) }
                let answers = try events.map { try Self.handle($0, with: &engine, in: tx, now: now) }
                return (engine, answers)
            }
            engine = after
            self.isStarted = true
            if isTrial { trouble = nil }
            return answers
        } catch {
            let message = "nothing can be recorded now: \(error)"
            trouble = LedgerTrouble(message: "\(error)", since: trouble?.since ?? now)
            return events.map { Self.refusal($0, .ledgerUnavailable, .ledgerUnavailable, message) }
        }
    }

    private static func handle(
        _ event: Event, with engine: inout Engine, in tx: any LedgerTransaction, now: Instant
    ) throws -> Answer {
        let before = engine.checkpoint(before: event)
        do {
            return try tx.savepoint { try engine.handle(event, in: tx, now: now) }
        } catch let error as LineError {
            engine.restore(before)
            return .reply(.error(error))
        } catch let error as ActionError {
            engine.restore(before)
            return .refused(error)
        } catch let error as LedgerError where error.code == .unavailable {
            // SQLite may have undone the whole transaction: nothing of this batch can be kept.
            throw error
        } catch {
            engine.restore(before)
            return refusal(event, .internal, .internal, "the event could not be handled and changed nothing: \(words(for: error))")
        }
    }

    /// What kind of error it was: words of errors that are not ours may have a patient's values in them (law 11).
    private static func words(for error: any Error) -> String { (error as? LedgerError).map { "\($0)" } ?? "\(type(of: error))" }

    private static func refusal(
        _ event: Event, _ lineCode: LineError.Code, _ actionCode: ActionError.Code, _ message: String
    ) -> Answer {
        switch event {
        case .line, .enrolment: .reply(.error(LineError(lineCode, message)))
        case .action, .message, .correction, .outbound: .refused(ActionError(actionCode, message))
        case .tick: .nothing
        }
    }
}
