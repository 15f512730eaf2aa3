import Dispatch
import Ledger
import LedgerSQLite
import Synchronization
import Testing

@testable import Console

@Suite("Simulations of matching that are asked for at the same time", .timeLimit(.minutes(5)))
struct SimulateMatchingTests {
    /// A ledger whose reader waits a while for another one, and which notes how many there were at a time.
    private final class SlowLedger: Ledger {
        private let base: SQLiteLedger
        private let present = Mutex(0)
        private let highest = Mutex(0)
        private let another = DispatchSemaphore(value: 0)

        init() throws { base = try SQLiteLedger() }

        var readersAtMost: Int { highest.withLock { $0 } }

        func write<Result>(_ body: (any LedgerTransaction) throws -> Result) throws -> Result { try base.write(body) }

        func read<Result>(_ body: (any LedgerReader) throws -> Result) throws -> Result {
            let count = present.withLock { $0 += 1; return $0 }
            highest.withLock { $0 = max($0, count) }
            defer { present.withLock { $0 -= 1 } }
            if count > 1 { another.signal() } else { _ = another.wait(timeout: .now() + .milliseconds(50)) }
            return try base.read(body)
        }
    }

    @Test("They come one after the other: one reader of the ledger is taken, and the others are left to who asks for the status")
    func oneAtATime() async throws {
        let ledger = try SlowLedger()
        let test = try TestDesk(over: ledger)
        let desk = test.desk
        let studies = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 1...6 { group.addTask { try await SimulateMatching().perform(at: desk).cells.count } }
            return try await group.reduce(0, +)
        }
        #expect(studies == 0)
        #expect(ledger.readersAtMost == 1)
        await test.stop()
    }
}
