/// One declared change to every object of a study before it is sent (law 6).
public struct Coercion: Hashable, Sendable, Codable {
    /// The element as eight hexadecimal digits, group and element: `00080050`.
    public var tag: String
    /// The value to write, as Unicode text.
    public var value: Identifying
    /// The rule that declares the change.
    public var rule: CoercionRule

    /// A change of `tag` to `value`, declared by `rule`.
    public init(tag: String, value: Identifying, rule: CoercionRule) {
        self.tag = tag
        self.value = value
        self.rule = rule
    }
}

/// The rules that may declare a change.
public enum CoercionRule: String, Sendable, Codable, CaseIterable {
    /// Accession number and patient identity as in the matched order.
    case order
    /// A study without an order, filed as an "Unspecified Exam".
    case unspecifiedExam = "unspecified-exam"
}
