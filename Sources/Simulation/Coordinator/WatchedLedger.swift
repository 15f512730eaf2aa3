import Ledger
import LedgerSQLite

/// The real ledger, in memory: what was committed survives a crash of the coordinator. Its disk can be full, and the coordinator can die at
/// either side of a commit.
final class WatchedLedger: Ledger, @unchecked Sendable {
    // @unchecked Sendable because one run of the simulation uses one ledger on one thread.
    private let base: SQLiteLedger
    private let mutant: Mutant?
    private var mutations: LedgerMutations
    /// Whether nothing can be written.
    var isFull = false
    /// Whether the coordinator dies before the next commit.
    var diesBeforeCommit = false
    /// What the last transaction changed and committed.
    private(set) var changes: [Change] = []

    init(_ mutant: Mutant?) throws {
        base = try SQLiteLedger()
        self.mutant = mutant
        mutations = LedgerMutations(mutant)
    }

    /// The coordinator started anew: what its process knew is gone.
    func forget() { mutations = LedgerMutations(mutant) }

    private struct Death: Error {}

    func write<Result>(_ body: (any LedgerTransaction) throws -> Result) throws -> Result {
        changes = []
        var decided: Result?
        do {
            return try base.write { tx in
                let watched = WatchedTransaction(tx, mutations)
                let result = try body(watched)
                if isFull, watched.hasWritten { throw LedgerError(.unavailable, "the ledger: database or disk is full") }
                decided = result
                if diesBeforeCommit { throw Death() }
                changes = watched.changes
                return result
            }
        } catch is Death {
            if mutant == .acknowledgeBeforeCommit, let decided { return decided }
            throw LedgerError(.unavailable, "the coordinator died before its commit")
        }
    }

    func read<Result>(_ body: (any LedgerReader) throws -> Result) throws -> Result { try base.read(body) }
}
