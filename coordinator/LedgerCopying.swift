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
    private let schedule: Mutex<CopySchedule?>
    private let failure = Mutex<Failure?>(nil)
    /// When the next copy is made, as far as that is settled.
    private let next = Mutex<Instant?>(nil)
    private let logger = Mutex(Logger(label: "copies"))
    private let isStopped = Atomic(false)

    /// Copies of `ledger` into `copies`; with `every` nil none are made.
    init(of ledger: SQLiteLedger, into copies: LedgerCopies, every: Interval?) {
        self.ledger = ledger
        self.copies = copies
        schedule = Mutex(every.map { CopySchedule(every: $0) })
    }

    var isWanted: Bool { schedule.withLock { $0 != nil } }

    func log(to logger: Logger) { self.logger.withLock { $0 = logger } }

    var status: LedgerCopyStatus {
        let list = copies.list()
        let failure = failure.withLock { $0 }
        return LedgerCopyStatus(
            newest: list.first, count: list.count, failure: failure?.message, failedAt: failure?.at, next: next.withLock { $0 },
            isWanted: isWanted)
    }

    func run() async throws {
        guard isWanted else { return }
        await withGracefulShutdownHandler {
            // When another service failed it is cancelled, and not asked to end.
            while !Task.isShuttingDownGracefully, !Task.isCancelled {
                let pause = pause()
                // Cut off by the end of the service alone.
                try? await cancelWhenGracefulShutdown { try await Task.sleep(for: .milliseconds(pause.milliseconds)) }
                if Task.isShuttingDownGracefully || Task.isCancelled { break }
                await copy()
            }
        } onGracefulShutdown: {
            self.isStopped.store(true, ordering: .relaxed)
        }
    }

    /// How long it is until the next copy.
    private func pause() -> Interval {
        let now = SystemClock.reading()
        let newest = copies.list().first?.madeAt
        let pause = schedule.withLock { $0?.pause(after: newest, now: now) } ?? Interval(milliseconds: 0)
        next.withLock { $0 = now + pause }
        return pause
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
            let took = ContinuousClock.now - start
            failure.withLock { $0 = nil }
            schedule.withLock { schedule in
                schedule?.last = (Interval(milliseconds: Int64(took / .milliseconds(1))), SystemClock.reading())
                schedule?.hasFailed = false
            }
            logger.info("ledger copied", metadata: ["path": "\(copy.path)", "bytes": "\(copy.byteCount)", "took": "\(took)"])
        } catch is CancellationError {
            logger.info("a copy of the ledger was given up: the coordinator stops")
        } catch {
            failure.withLock { $0 = Failure(message: "\(error)", at: SystemClock.reading()) }
            schedule.withLock { $0?.hasFailed = true }
            logger.error("the ledger could not be copied", metadata: ["error": "\(error)"])
        }
    }
}
