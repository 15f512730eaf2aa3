internal import Foundation

/// What waits for the engine's thread.
///
/// Not bounded here: each connection has a bounded number of lines waiting, and connections are bounded.
final class EngineInbox<Item: Sendable>: @unchecked Sendable {
    // @unchecked Sendable because `items` and `isClosed` are only touched with `condition` locked.
    private let condition = NSCondition()
    private var items: [Item] = []
    private var isClosed = false

    /// Adds an item; false when the thread has been told to end.
    func add(_ item: Item) -> Bool {
        condition.lock()
        defer { condition.unlock() }
        guard !isClosed else { return false }
        items.append(item)
        condition.signal()
        return true
    }

    /// No further items; what waits is still worked off.
    func close() {
        condition.lock()
        isClosed = true
        condition.signal()
        condition.unlock()
    }

    /// Waits until there is something, but no longer than `patience`; up to `limit` items in their order. Nil when closed and empty.
    func take(limit: Int, patience: Duration) -> [Item]? {
        let deadline = Date(timeIntervalSinceNow: patience / .seconds(1))
        condition.lock()
        defer { condition.unlock() }
        while items.isEmpty && !isClosed {
            if !condition.wait(until: deadline) { break }
        }
        guard !(items.isEmpty && isClosed) else { return nil }
        let batch = Array(items.prefix(limit))
        items.removeFirst(batch.count)
        return batch
    }
}
