import Dispatch
import Ledger
import LedgerSQLite
import LineServer
import Logging
import Migration
import ServiceLifecycle
import Synchronization

/// Copies the ledger on its schedule while the coordinator serves, and knows how the copies stand.
final class LedgerCopying: LedgerCopyStanding, Service {
    private struct Failure {
        var message: String
        var at: Instant
    }

    private let ledger: SQLiteLedger
    private let copies: LedgerCopies
    private let every: Interval?
    private let failure = Mutex<Failure?>(nil)
    private let logger = Mutex(Logger(label: "copies"))
    private let isStopped = Atomic(false)

    /// After a try that failed the next one comes so much later, or at its time if that is earlier.
    private static var failureDelay: Interval { .minutes(5) }

    /// Copies of `ledger` into `copies`; with `every` nil none are made.
    init(of ledger: SQLiteLedger, into copies: LedgerCopies, every: Interval?) {
        self.ledger = ledger
        self.copies = copies
        self.every = every
    }

    var isWanted: Bool { every != nil }

    func log(to logger: Logger) { self.logger.withLock { $0 = logger } }

    var status: LedgerCopyStatus {
        let list = copies.list()
        let failure = failure.withLock { $0 }
        return LedgerCopyStatus(
            newest: list.first, count: list.count, failure: failure?.message, failedAt: failure?.at, isWanted: isWanted)
    }

    func run() async throws {
        guard let every else { return }
        await withGracefulShutdownHandler {
            while !Task.isShuttingDownGracefully {
                let pause = pause(every)
                // Cut off by the end of the service alone.
                try? await cancelWhenGracefulShutdown { try await Task.sleep(for: .milliseconds(pause.milliseconds)) }
                if Task.isShuttingDownGracefully { break }
                await copy()
            }
        } onGracefulShutdown: {
            self.isStopped.store(true, ordering: .relaxed)
        }
    }

    /// How long it is until the next copy is due. A clock that was put back makes nobody wait for longer than one interval.
    private func pause(_ every: Interval) -> Interval {
        let now = SystemClock.reading()
        let since = copies.list().first.map { now.since($0.madeAt) } ?? every
        let regular = max(Interval(milliseconds: 0), min(every, Interval(milliseconds: every.milliseconds - since.milliseconds)))
        guard failure.withLock({ $0 != nil }) else { return regular }
        return max(regular, min(every, Self.failureDelay))
    }

    /// On a thread of its own: SQLite waits for the disk.
    private func copy() async {
        await withCheckedContinuation { continuation in
            DispatchQueue.global(qos: .utility).async { [self] in
                makeCopy()
                continuation.resume()
            }
        }
    }

    private func makeCopy() {
        let logger = logger.withLock { $0 }
        let start = ContinuousClock.now
        do {
            let copy = try copies.make(of: ledger, at: SystemClock.reading()) { [self] in isStopped.load(ordering: .relaxed) }
            failure.withLock { $0 = nil }
            logger.info(
                "ledger copied", metadata: ["path": "\(copy.path)", "bytes": "\(copy.byteCount)", "took": "\(ContinuousClock.now - start)"])
        } catch is CancellationError {
            logger.info("a copy of the ledger was given up: the coordinator stops")
        } catch {
            failure.withLock { $0 = Failure(message: "\(error)", at: SystemClock.reading()) }
            logger.error("the ledger could not be copied", metadata: ["error": "\(error)"])
        }
    }
}
