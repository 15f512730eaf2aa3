/// What a message says of one value: systems of a hospital tell of changes, and leave out what has not changed (HL7 v2.9 §2.5.3.6).
public enum Stated<Value: Hashable & Sendable & Codable>: Hashable, Sendable, Codable {
    /// Nothing: what is known stays.
    case unsaid
    /// That there is none (in HL7 a field of two quotes).
    case none
    /// The value.
    case value(Value)

    public init(from decoder: any Decoder) throws {
        var container = try decoder.unkeyedContainer()
        if container.isAtEnd { self = .unsaid } else { self = try container.decodeNil() ? .none : .value(container.decode(Value.self)) }
    }

    /// As a list, because ledgers keep it: `[]`, `[null]`, `["value"]`.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.unkeyedContainer()
        switch self {
        case .unsaid: break
        case .none: try container.encodeNil()
        case .value(let value): try container.encode(value)
        }
    }

    /// What holds after the message, where `known` held before and `nothing` stands for no value.
    public func over(_ known: Value, nothing: Value) -> Value {
        switch self {
        case .unsaid: known
        case .none: nothing
        case .value(let value): value
        }
    }

    /// This, or what an earlier message had said where this one says nothing.
    public func over(_ earlier: Stated<Value>) -> Stated<Value> { self == .unsaid ? earlier : self }
}
