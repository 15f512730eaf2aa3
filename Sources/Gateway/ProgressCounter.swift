import Synchronization

/// How far one piece of work is; counted where the work is done, read where beats are said.
final class ProgressCounter: Sendable {
    private let state = Mutex((items: 0, bytes: Int64(0)))

    func add(items: Int, bytes: Int64) {
        state.withLock {
            $0.items += items
            $0.bytes += bytes
        }
    }

    var now: (items: Int, bytes: Int64) { state.withLock { $0 } }
}
