/// A JSON text as it was read. Only what the ledger's columns and the lines hold: numbers are whole.
public enum JSONValue: Equatable, Sendable {
    case null
    case flag(Bool)
    case number(Int64)
    case text(String)
    case list([JSONValue])
    case object([JSONMember])

    /// The value of `key`; nil when this is no object, or has none.
    public subscript(key: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        for member in members where member.key == key { return member.value }
        return nil
    }

    /// The text; nil when this is none.
    public var text: String? { if case .text(let text) = self { text } else { nil } }

    /// The number; nil when this is none.
    public var number: Int64? { if case .number(let number) = self { number } else { nil } }

    /// The elements; nil when this is no array.
    public var list: [JSONValue]? { if case .list(let elements) = self { elements } else { nil } }

    /// The elements as `read` takes them; nil when this is no array, or `read` does not take one of them.
    @inlinable
    public func list<Element>(_ read: (JSONValue) -> Element?) -> [Element]? {
        guard let list else { return nil }
        var elements: [Element] = []
        elements.reserveCapacity(list.count)
        for value in list {
            guard let element = read(value) else { return nil }
            elements.append(element)
        }
        return elements
    }
}

/// One key of an object with its value.
public struct JSONMember: Equatable, Sendable {
    /// The key.
    public var key: String
    /// The value.
    public var value: JSONValue

    /// A member of these.
    public init(key: String, value: JSONValue) {
        self.key = key
        self.value = value
    }
}
