/// Where in a message a value stands, as configurations write it: `OBR-18`, `OBR-27.4`, `ZDS-1.1`.
public struct HL7Path: Hashable, Sendable, CustomStringConvertible {
    /// The segment's name.
    public let segment: String
    /// The field, from 1 on.
    public let field: Int
    /// The component, from 1 on.
    public let component: Int

    /// Reads a path; nil when it is none. Without a component the first is meant.
    public init?(_ text: String) {
        guard let match = text.wholeMatch(of: /([A-Z][A-Z0-9]{2})-([1-9][0-9]{0,2})(?:\.([1-9][0-9]?))?/) else { return nil }
        guard let field = Int(match.2), field < HL7Limits.fields else { return nil }
        segment = String(match.1)
        self.field = field
        component = match.3.flatMap { Int($0) } ?? 1
    }

    public var description: String { "\(segment)-\(field).\(component)" }
}
