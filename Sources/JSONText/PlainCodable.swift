/// A value that is written and read for every lease and result, and therefore by hand: the same JSON text as by `Codable`.
public protocol PlainCodable {
    /// Appends the value's JSON text, keys sorted.
    func write(to json: inout JSONWriter)
    /// The value that `json` writes; nil when it is to be read the general way.
    init?(_ json: JSONValue)
}

extension PlainCodable {
    /// The value's JSON text.
    @inlinable public var jsonBytes: [UInt8] {
        var json = JSONWriter()
        write(to: &json)
        return json.bytes
    }
}

extension String: PlainCodable {
    public func write(to json: inout JSONWriter) { json.string(self) }

    /// The text that `json` holds; nil when it is to be read the general way.
    public init?(_ json: JSONValue) {
        guard let text = json.text else { return nil }
        self = text
    }
}

extension Array: PlainCodable where Element: PlainCodable {
    @inlinable
    public func write(to json: inout JSONWriter) { json.list(self) { $1.write(to: &$0) } }

    /// The elements that `json` holds; nil when it is to be read the general way.
    @inlinable
    public init?(_ json: JSONValue) {
        guard let elements = json.list(Element.init) else { return nil }
        self = elements
    }
}
