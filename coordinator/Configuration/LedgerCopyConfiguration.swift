import ConfigurationFile
import LedgerSQLite
import Migration

/// What coordinator.yaml says of the ledger's copies.
struct LedgerCopyConfiguration: Hashable, Sendable {
    /// The folder; a relative path begins at the configuration's own folder.
    var folder = "copies"
    /// How long after one copy the next is made; nil: never.
    var every: Interval? = .minutes(60)
    /// How many stay.
    var keep = 5

    /// More often than each minute the disk does little else; less often than each week a copy is hardly of use.
    static var everyRange: ClosedRange<Interval> { .minutes(1)...(.minutes(7 * 24 * 60)) }
    /// One a minute for a day.
    static var keepRange: ClosedRange<Int> { 1...1440 }
}

extension CoordinatorConfiguration {
    /// Where the ledger's copies lie.
    var copies: LedgerCopies {
        let path = ledgerCopies.folder.hasPrefix("/") ? ledgerCopies.folder : folder + "/" + ledgerCopies.folder
        return LedgerCopies(folder: path, keep: ledgerCopies.keep)
    }

    mutating func readLedgerCopies(_ section: ConfigurationSection?) throws(ConfigurationError) {
        guard var section else { return }
        ledgerCopies.folder = try section.value("folder", "a folder") { $0.isEmpty ? nil : $0 } ?? ledgerCopies.folder
        let range = LedgerCopyConfiguration.everyRange
        let words = "\(Self.phrase(range)), or never"
        let every: Interval?? = try section.value("every", words) { text -> Interval?? in
            text == "never" ? .some(nil) : Self.interval(range)(text).map { .some($0) }
        }
        if let every { ledgerCopies.every = every }
        ledgerCopies.keep = try section.number("keep", LedgerCopyConfiguration.keepRange) ?? ledgerCopies.keep
        try section.finish()
    }
}
