import Foundation
import Ledger
@testable import LedgerSQLite
import Synchronization

/// A ledger in a file of its own that counts the statements which it runs: what a turn costs, whatever the machine is busy with.
final class CountingLedger {
    private final class Count: Sendable {
        let value = Mutex(0)
    }

    let ledger: SQLiteLedger
    private let count = Count()
    private let path = NSTemporaryDirectory() + "skein-\(UUID().uuidString).sqlite"

    init() throws { ledger = try SQLiteLedger(path: path) { [count] _ in count.value.withLock { $0 += 1 } } }

    deinit { for suffix in ["", "-wal", "-shm", "-head"] { try? FileManager.default.removeItem(atPath: path + suffix) } }

    /// How many statements `body` has run.
    func statements(of body: () throws -> Void) rethrows -> Int {
        let before = count.value.withLock { $0 }
        try body()
        return count.value.withLock { $0 } - before
    }
}
