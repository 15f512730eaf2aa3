/// What must not be lost, behind one protocol.
///
/// One writer at a time; readers see a snapshot beside it and never hold it up.
public protocol Ledger: Sendable {
    /// Runs `body` in one transaction and returns after its commit is durable. When `body` or the commit throws, nothing of it remains.
    ///
    /// - Throws: what `body` throws, or ``LedgerError``.
    func write<Result>(_ body: (any LedgerTransaction) throws -> Result) throws -> Result

    /// Runs `body` over one snapshot.
    ///
    /// - Throws: what `body` throws, or ``LedgerError``.
    func read<Result>(_ body: (any LedgerReader) throws -> Result) throws -> Result

    /// Runs `body` for each of `parts` over one snapshot, which is the same for all; side by side, each on a thread of its own, where the ledger can.
    ///
    /// - Returns: what each part came to, in the order of `parts`.
    /// - Throws: what `body` throws, or ``LedgerError``.
    func read<Part: Sendable, Result: Sendable>(inParts parts: [Part], _ body: @Sendable (any LedgerReader, Part) throws -> Result) throws -> [Result]
}

extension Ledger {
    /// One part after the other.
    public func read<Part: Sendable, Result: Sendable>(
        inParts parts: [Part], _ body: @Sendable (any LedgerReader, Part) throws -> Result
    ) throws -> [Result] {
        try read { reader in try parts.map { try body(reader, $0) } }
    }
}

/// One open transaction of the writer.
///
/// Every query that returns several records returns them in a total order, named with the method.
public protocol LedgerTransaction: LedgerReader, MediumStore, InventoryStore, StudyStore, MatchingQueue, PartStore, OrderStore, LegacyStudyStore, IdentityStore, CorrectionStore,
    OutboundStore, WorkerStore, GrantStore, RequestStore, FilmStore, WorklistStore, SettingStore, EventStore
{
    /// Runs `body` so that, when it throws, its changes are undone and those before it remain.
    func savepoint<Result>(_ body: () throws -> Result) throws -> Result

    /// The next number of the persisted counter `name`, from 1 on.
    func next(_ name: CounterName) throws -> Int64
    /// The last number of the persisted counter `name`; 0 before the first.
    func value(of name: CounterName) throws -> Int64
    /// Lets the persisted counter `name` go on after `value`; one that is further already stays.
    func raise(_ name: CounterName, to value: Int64) throws
}

/// The numbers that only ever grow.
public enum CounterName: String, Sendable, CaseIterable {
    /// Grant numbers (law 2).
    case grant
    /// Accession numbers of the reserved range for unspecified exams.
    case unspecifiedExam = "unspecified-exam"
    /// The order in which erasures were decided.
    case erasure
    /// Counts the tries to record anything at all after that had failed.
    case trial
    /// The grant number with which numbering began anew when the ledger was last put back from a copy; 0: it never was.
    case restoration
}
