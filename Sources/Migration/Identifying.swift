/// A value that identifies a patient: a name, a patient ID, a birth date.
///
/// Its description is redacted, so that it cannot reach a log by interpolation; ``reveal()`` is the explicit call that
/// shows it. Coded as the plain string, because the ledger and the line protocol carry it.
public struct Identifying: Hashable, Comparable, Sendable {
    private let value: String

    /// Wraps `value`, the text as the field's standards write it.
    public init(_ value: String) { self.value = value }

    /// The value itself, for the ledger, the line, the destination or the eyes of somebody with the right to see it.
    public func reveal() -> String { value }

    /// Whether the value has no character but spaces.
    public var isBlank: Bool { value.allSatisfy { $0 == " " } }

    /// The value without the spaces at its ends, which do not count in LO (PS3.5 §6.2).
    public var trimmed: String {
        let start = value.drop { $0 == " " }
        guard let last = start.lastIndex(where: { $0 != " " }) else { return "" }
        return String(start[...last])
    }

    public static func < (left: Identifying, right: Identifying) -> Bool { left.value < right.value }
}

extension Identifying: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "‹redacted›" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}

extension Identifying: Codable {
    public init(from decoder: any Decoder) throws {
        self.init(try decoder.singleValueContainer().decode(String.self))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(value)
    }
}

extension Identifying: ExpressibleByStringLiteral {
    /// A value written in the program itself: tests and the empty value.
    public init(stringLiteral value: String) { self.init(value) }
}
