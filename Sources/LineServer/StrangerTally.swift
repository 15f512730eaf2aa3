import Logging
import Synchronization

/// How many connections came to nothing, for the log: one line at a time however many there are, so that strangers cannot fill the disk.
final class StrangerTally: Sendable {
    private struct State {
        var failed = 0
        var closed = 0
        var last = ""
    }

    private let state = Mutex(State())

    /// A connection failed: its TLS handshake, or its network.
    func failed(_ peer: String, _ reason: String) {
        state.withLock { state in
            state.failed += 1
            state.last = "\(peer): \(reason)"
        }
    }

    /// A connection without a worker's certificate was closed by us.
    func closed(_ peer: String, _ reason: String) {
        state.withLock { state in
            state.closed += 1
            state.last = "\(peer): \(reason)"
        }
    }

    /// Tells what happened since the last time, if anything did.
    func report(to logger: Logger) {
        let told = state.withLock { state in
            defer { state = State() }
            return state
        }
        guard told.failed + told.closed > 0 else { return }
        logger.info(
            "connections came to nothing",
            metadata: ["failed": "\(told.failed)", "closed": "\(told.closed)", "last": "\(told.last.prefix(200))"])
    }
}
