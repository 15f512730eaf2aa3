import Migration
import Synchronization

/// Whether sends of one lease may start: until its term is nearly over, and not after it was taken away.
final class SendFence: Sendable {
    private struct State {
        var until: Instant
        var isStopped = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let clock: SteadyClock
    private let state: Mutex<State>

    init(until: Instant, clock: SteadyClock) {
        self.clock = clock
        state = Mutex(State(until: until))
    }

    /// Whether a send may start now; waits beyond the term until the lease is confirmed again, or ended.
    nonisolated(nonsending) func mayStart() async -> Bool {
        while true {
            if isStopped { return false }
            if isOpen { return true }
            await withCheckedContinuation { continuation in
                let isDecided = state.withLock { state in
                    if state.isStopped || clock.now < state.until { return true }
                    state.waiters.append(continuation)
                    return false
                }
                if isDecided { continuation.resume() }
            }
        }
    }

    private var isOpen: Bool { state.withLock { clock.now < $0.until } }

    var isStopped: Bool { state.withLock(\.isStopped) }

    func extend(until: Instant) { update { $0.until = max($0.until, until) } }

    func stop() { update { $0.isStopped = true } }

    private func update(_ change: (inout State) -> Void) {
        let waiters = state.withLock { state in
            change(&state)
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }
}
