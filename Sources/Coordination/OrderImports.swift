public import Ledger
public import Migration

/// The imports of orders that began and have not ended. A file comes in by thousands of rows: while one is under way, the only order of a day may not be the
/// only one.
public struct OrderImports: Hashable, Sendable {
    /// One of them.
    public struct Row: Hashable, Sendable {
        /// When it began.
        public var since: Instant
        /// What it was called.
        public var name: String
    }

    /// They, by name.
    public private(set) var rows: [Row] = []

    /// None.
    init() {}

    /// Those that `ledger` knows.
    public init(in ledger: any LedgerLookup) throws {
        for line in try (ledger.setting(.orderImports) ?? "").split(separator: "\n") {
            let words = line.split(separator: " ", maxSplits: 1)
            guard words.count == 2, let moment = Int64(words[0]) else { throw LedgerError(.corrupt, "the setting \(SettingName.orderImports.rawValue) is not as it must be") }
            rows.append(Row(since: Instant(milliseconds: moment), name: String(words[1])))
        }
    }

    /// Characters of a name.
    static var nameLimit: Int { 128 }
    /// Imports at one time (law 9).
    static var countLimit: Int { 16 }

    var isEmpty: Bool { rows.isEmpty }
    /// The name of one of them.
    var first: String? { rows.first?.name }

    func contains(_ name: String) -> Bool { rows.contains { $0.name == name } }

    /// One of this name begins; where it did before, it has broken off.
    mutating func begin(_ name: String, at now: Instant) {
        rows = (rows.filter { $0.name != name } + [Row(since: now, name: name)]).sorted { $0.name < $1.name }
    }

    mutating func end(_ name: String) { rows.removeAll { $0.name == name } }

    /// As the setting has it; nil: there are none.
    var text: String? { rows.isEmpty ? nil : rows.map { "\($0.since.milliseconds) \($0.name)" }.joined(separator: "\n") }
}
