internal import Synchronization

/// How full the spool is. Readers wait here at the high-water mark until there is room again.
final class SpoolGauge: Sendable {
    private struct State {
        var byteCount: Int64 = 0
        /// Bytes of complete inventories: these leave when their studies are delivered. The rest leaves only with its reader.
        var committed: Int64 = 0
        var isPaused = false
        /// Whether the spool's disk refused a staged object and has not taken a write since.
        var isDiskFull = false
        /// Whether it refused even the few bytes of a journal's record; then `isDiskFull` as well.
        var isJournalFull = false
        var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
        var nextWaiter = 0
        /// Grows with each change of the filling.
        var version = 0
    }

    /// Whether a reader may stage more.
    enum Admission: Hashable, Sendable {
        case granted
        /// To be asked again after ``SpoolGauge/change(since:)`` with this version.
        case wait(version: Int)
        /// Nothing in the spool will ever leave it by being delivered: waiting is in vain.
        case never
    }

    let limit: Int64
    private let state = Mutex(State())

    init(limit: Int64) { self.limit = limit }

    var byteCount: Int64 { state.withLock(\.byteCount) }

    /// Whether reading waits for room.
    var isPaused: Bool { state.withLock(\.isPaused) }

    /// Whether the spool's disk has room, whatever the spool's own bound says.
    enum Disk: Hashable, Sendable {
        case hasRoom
        /// To be asked again after ``SpoolGauge/change(since:)`` with this version.
        case full(version: Int)
    }

    /// Whether the disk took the last write.
    var disk: Disk { state.withLock { $0.isDiskFull ? .full(version: $0.version) : .hasRoom } }

    /// Whether the disk refused a write and is to be tried again.
    var isDiskFull: Bool { state.withLock(\.isDiskFull) }

    /// Whether nothing can be sent either, since no acknowledgement could be written down. While only staging is refused sending goes on: it is
    /// what makes room.
    var isJournalFull: Bool { state.withLock(\.isJournalFull) }

    private var highWater: Int64 { limit / 100 * GatewayLimits.highWaterPercent }
    private var lowWater: Int64 { limit / 100 * GatewayLimits.lowWaterPercent }

    /// Asks for room for a file of `count` bytes, of which the directory says that it has no more.
    func admit(_ count: Int64) -> Admission {
        state.withLock { state in
            if state.isDiskFull { return .wait(version: state.version) }
            let mark = state.isPaused ? lowWater : highWater
            if state.byteCount + count <= mark {
                state.isPaused = false
                return .granted
            }
            state.isPaused = true
            return state.committed > 0 ? .wait(version: state.version) : .never
        }
    }

    /// Returns when something has left or entered for good since `version`, or the task was cancelled.
    func change(since version: Int) async {
        let ticket = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if Task.isCancelled || state.version != version { return true }
                    state.waiters[ticket] = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: ticket) }?.resume()
        }
    }

    /// The disk refused a staged object: nothing more is staged until it takes a write again.
    func noteDiskFull() { update { $0.isDiskFull = true } }

    /// The disk refused a record of the journal: nothing more is staged or sent until it takes a write again.
    func noteJournalFull() {
        update {
            $0.isDiskFull = true
            $0.isJournalFull = true
        }
    }

    /// The disk takes writes again.
    func noteDiskRoom() {
        update {
            $0.isDiskFull = false
            $0.isJournalFull = false
        }
    }

    func add(_ count: Int64) { state.withLock { $0.byteCount += count } }

    /// So many bytes belong to a complete inventory now.
    func commit(_ count: Int64) { update { $0.committed += count } }

    func remove(_ count: Int64, committed: Int64) {
        update { state in
            state.byteCount -= count
            state.committed -= committed
            // Nobody may be waiting any more: a disc was taken out meanwhile.
            if state.byteCount <= lowWater { state.isPaused = false }
        }
    }

    private func update(_ change: (inout State) -> Void) {
        let waiters = state.withLock { state in
            change(&state)
            state.version += 1
            defer { state.waiters = [:] }
            return state.waiters
        }
        // Who is woken first does not matter: each asks again.
        for waiter in waiters.values { waiter.resume() }
    }
}
