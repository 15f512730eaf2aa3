/// Reads plain JSON texts fast. What it does not take (a fraction, an escape by number, a key said twice, a fault) it says by nil, and the caller
/// reads the text with Foundation's decoder, which either can or says what is wrong: there is no second judge of what is valid.
public struct JSONReader {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0

    /// Arrays and objects within each other; lines and columns have half as many.
    private static var depthLimit: Int { 12 }
    /// Members of an object: more is read by the general way, since each key is compared with those before it.
    private static var memberLimit: Int { 40 }

    /// The value of a whole text; nil when that is not plain.
    public static func read(_ text: some Collection<UInt8>) -> JSONValue? {
        text.withContiguousStorageIfAvailable { bytes in
            var reader = JSONReader(bytes: bytes)
            guard let value = reader.value(depth: 0), reader.next() == nil else { return nil }
            return value
        } ?? nil
    }

    private init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    /// The next byte that is no white space, which stays the next; nil at the end.
    private mutating func next() -> UInt8? {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            case let byte: return byte
            }
        }
        return nil
    }

    private mutating func take(_ byte: Character) -> Bool {
        guard next() == byte.asciiValue else { return false }
        position += 1
        return true
    }

    private mutating func value(depth: Int) -> JSONValue? {
        guard depth < Self.depthLimit, let byte = next() else { return nil }
        switch byte {
        case UInt8(ascii: "\""): return string().map { .text($0) }
        case UInt8(ascii: "{"): return object(depth: depth)
        case UInt8(ascii: "["): return list(depth: depth)
        case UInt8(ascii: "t"): return word("true", .flag(true))
        case UInt8(ascii: "f"): return word("false", .flag(false))
        case UInt8(ascii: "n"): return word("null", .null)
        default: return number()
        }
    }

    private mutating func word(_ word: StaticString, _ value: JSONValue) -> JSONValue? {
        let end = position + word.utf8CodeUnitCount
        guard end <= bytes.count, word.withUTF8Buffer({ $0.elementsEqual(bytes[position..<end]) }) else { return nil }
        position = end
        return value
    }

    private mutating func number() -> JSONValue? {
        let begin = position
        if bytes[position] == UInt8(ascii: "-") { position += 1 }
        let digits = position
        var magnitude: Int64 = 0
        // Eighteen digits always fit.
        while position < bytes.count, bytes[position] &- UInt8(ascii: "0") < 10, position - digits < 18 {
            magnitude = magnitude * 10 + Int64(bytes[position] - UInt8(ascii: "0"))
            position += 1
        }
        let hasLeadingZero = position - digits > 1 && bytes[digits] == UInt8(ascii: "0")
        guard position > digits, !hasLeadingZero else { return nil }
        if position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: ","), UInt8(ascii: "]"), UInt8(ascii: "}"), 0x20, 0x09, 0x0A, 0x0D: break
            default: return nil
            }
        }
        return .number(bytes[begin] == UInt8(ascii: "-") ? -magnitude : magnitude)
    }

    private mutating func string() -> String? {
        position += 1
        let begin = position
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                defer { position += 1 }
                return String(validating: bytes[begin..<position], as: UTF8.self)
            case UInt8(ascii: "\\"), 0..<0x20: return nil
            default: position += 1
            }
        }
        return nil
    }

    private mutating func list(depth: Int) -> JSONValue? {
        position += 1
        if take("]") { return .list([]) }
        var elements: [JSONValue] = []
        while let element = value(depth: depth + 1) {
            elements.append(element)
            if take("]") { return .list(elements) }
            guard take(",") else { return nil }
        }
        return nil
    }

    private mutating func object(depth: Int) -> JSONValue? {
        position += 1
        if take("}") { return .object([]) }
        var members: [JSONMember] = []
        while next() == UInt8(ascii: "\""), let key = string() {
            guard members.count < Self.memberLimit, !members.contains(where: { $0.key == key }) else { return nil }
            guard take(":"), let value = value(depth: depth + 1) else { return nil }
            members.append(JSONMember(key: key, value: value))
            if take("}") { return .object(members) }
            guard take(",") else { return nil }
        }
        return nil
    }
}
