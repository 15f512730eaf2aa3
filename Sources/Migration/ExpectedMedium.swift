/// A medium that the migration expects to be given, as the operators' list names it.
public struct ExpectedMedium: Hashable, Sendable, Codable {
    /// What is written on the sleeve; unique in a migration.
    public var label: String
    /// What it is.
    public var kind: MediumKind
    /// The first day of the exams on it; nil when unknown.
    public var dateFrom: CalendarDate?
    /// The last day of the exams on it; nil when unknown.
    public var dateTo: CalendarDate?
    /// Where it stands; empty when unknown.
    public var shelf: String
    /// The label of the medium that this one is a copy of; empty when it is none.
    public var copyOf: String

    /// A medium of these values.
    public init(
        label: String, kind: MediumKind, dateFrom: CalendarDate? = nil, dateTo: CalendarDate? = nil, shelf: String = "",
        copyOf: String = ""
    ) {
        self.label = label
        self.kind = kind
        self.dateFrom = dateFrom
        self.dateTo = dateTo
        self.shelf = shelf
        self.copyOf = copyOf
    }
}
