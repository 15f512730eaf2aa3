/// What a message says of one value: systems of a hospital tell of changes, and leave out what has not changed (HL7 v2.9 §2.5.3.6).
public enum Stated<Value: Hashable & Sendable & Codable>: Hashable, Sendable, Codable {
    /// Nothing: what is known stays.
    case unsaid
    /// That there is none (in HL7 a field of two quotes).
    case none
    /// The value.
    case value(Value)

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
