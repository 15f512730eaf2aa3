/// A medium of the migration as the hospital's list of media gives it.
public struct ExpectedMedium: Hashable, Sendable, Codable {
    /// The label on its sleeve: what an operator types or scans. Unique in the migration.
    public var label: String
    /// What it is.
    public var kind: MediumKind
    /// The first day of the exams on it; nil when unknown.
    public var firstDay: CalendarDate?
    /// The last day of the exams on it; nil when unknown. Never before ``firstDay``.
    public var lastDay: CalendarDate?
    /// Where it stands; empty when unknown.
    public var shelf: String
    /// The label of the medium that it is a copy of; empty when it is an original.
    public var copyOf: String

    /// A medium of these values; what is unknown is nil or the empty string.
    public init(
        label: String, kind: MediumKind, firstDay: CalendarDate? = nil, lastDay: CalendarDate? = nil, shelf: String = "",
        copyOf: String = ""
    ) {
        self.label = label
        self.kind = kind
        self.firstDay = firstDay
        self.lastDay = lastDay
        self.shelf = shelf
        self.copyOf = copyOf
    }
}
