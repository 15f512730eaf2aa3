import LineProtocol
import Migration
import Synchronization

/// How far one piece of work is; counted where the work is done, read where beats are said.
final class ProgressCounter: Sendable {
    private struct State {
        var items = 0
        var bytes: Int64 = 0
        var recorded = InstanceRanges()
    }

    private let state = Mutex(State())

    func add(items: Int, bytes: Int64) {
        state.withLock {
            $0.items += items
            $0.bytes += bytes
        }
    }

    /// The journal has these positions of a part as acknowledged.
    func record(_ positions: [Int]) {
        let more = InstanceRanges(positions)
        state.withLock { $0.recorded = $0.recorded.union(more) }
    }

    var now: (items: Int, bytes: Int64) { state.withLock { ($0.items, $0.bytes) } }

    /// Where the part would be resumed: the first recorded positions, as many pairs as a beat may carry.
    var resumePoint: InstanceRanges {
        let recorded = state.withLock(\.recorded)
        guard recorded.ranges.count > LineLimits.resumePairs else { return recorded }
        return InstanceRanges(recorded.ranges.prefix(LineLimits.resumePairs).flatMap { Array($0) })
    }
}
