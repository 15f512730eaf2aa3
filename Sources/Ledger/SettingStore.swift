/// What the ledger's studies were last decided under, where another configuration may decide otherwise.
public enum SettingName: String, Sendable, CaseIterable {
    /// The rules of the order of work and of selection, as the configuration put them.
    case rules
    /// How far the studies were looked at again after other rules came: a state, a space, and the last study's number; ` sent` behind it where what was sent
    /// is looked at as well.
    case review
    /// The range of accession numbers for unspecified exams, and where counting in it began; nil: the standard one, as the counter counts.
    case reservedRange = "reserved-range"
    /// The imports of orders that began and have not ended: a line for each, with the moment (milliseconds since 1970), a space, and its name.
    case orderImports = "order-imports"
    /// Tells this migration from all others: 32 hexadecimal digits, drawn when the ledger was made.
    case identity
}

/// Texts by their names; what reads them is in ``LedgerLookup``.
public protocol SettingStore {
    /// Writes the text of `name`; nil: it is no more.
    func writeSetting(_ text: String?, as name: SettingName) throws
}
