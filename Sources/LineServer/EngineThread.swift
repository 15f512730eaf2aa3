public import Coordination
internal import Foundation
public import Ledger
public import LineProtocol
public import Logging
public import Migration
internal import Synchronization
public import Trust

/// The one thread on which the engine decides (law 3): all events that wait share one commit, and answers leave after it (law 1).
public final class EngineThread: Sendable {
    /// What may be asked of the engine.
    public enum Question: Sendable {
        /// A line of a worker, by its certificate's identity; the digest is SHA-256 of the line's JSON bytes.
        case line(GatewayIdentity, Request, payloadDigest: [UInt8])
        /// A worker redeems an invitation and is to have this identity.
        case enrolment(secretDigest: [UInt8], GatewayIdentity)
        /// An operator's action, and who asks for it.
        case action(OperatorAction, by: String)
        /// What a system of the hospital says.
        case message(HospitalMessage)
        /// What was found out about a correction at the destination.
        case correction(CorrectionReport)
        /// What came of telling the PACS or RIS of orders.
        case outbound(OutboundReport)
    }

    private struct Item: Sendable {
        var question: Question
        var whenDone: @Sendable (Answer) -> Void
    }

    /// How often the engine hears of the time when nothing else happens.
    static var tickInterval: Duration { .seconds(1) }

    private let inbox = EngineInbox<Item>()
    /// The driver after the last commit. A picture of a thousand workers is made when somebody looks, not with each commit.
    private let committed: Mutex<EngineDriver>
    private let ended = DispatchSemaphore(value: 0)

    /// Starts a thread that owns `driver`; workers are looked up in `ledger`; what goes wrong where nobody asked is told to `logger`.
    public init(driver: EngineDriver, ledger: any Ledger, logger: Logger = Logger(label: "engine")) {
        committed = Mutex(driver)
        let thread = Thread { [self] in
            var loop = EngineLoop(driver: driver, ledger: ledger, logger: logger)
            while let items = inbox.take(limit: ConnectionLimits.eventsPerCommit, patience: loop.untilTick) {
                let answers = loop.decide(items.map(\.question))
                committed.withLock { $0 = loop.driver }
                for (item, answer) in zip(items, answers) { item.whenDone(answer) }
            }
            ended.signal()
        }
        thread.name = "engine"
        // Entering a large inventory recurses nowhere, but SQLite and JSON coding want more than the default half megabyte.
        thread.stackSize = 8 << 20
        thread.start()
    }

    /// Asks; `whenDone` is called on the engine's thread after the commit and must not wait.
    public func submit(_ question: Question, whenDone: @escaping @Sendable (Answer) -> Void) {
        if !inbox.add(Item(question: question, whenDone: whenDone)) {
            whenDone(.reply(.error(LineError(.ledgerUnavailable, "the coordinator is stopping; ask again later"))))
        }
    }

    /// Asks and waits for the answer.
    public func answer(to question: Question) async -> Answer {
        await withCheckedContinuation { continuation in
            submit(question) { continuation.resume(returning: $0) }
        }
    }

    /// What lives in the engine's memory only: drives, last beats, rates; as of the last commit.
    public var live: LiveSnapshot { committed.withLock { $0 }.snapshot }

    /// Ends the thread after all that waits is decided; returns then.
    public func stop() async {
        inbox.close()
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async { [self] in
                ended.wait()
                ended.signal()
                continuation.resume()
            }
        }
    }
}
