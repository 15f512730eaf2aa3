/// Reads plain JSON texts fast. What it does not take (a fraction, an escape by number, a key said twice, a fault) it says by nil, and the caller
/// reads the text with Foundation's decoder, which either can or says what is wrong: there is no second judge of what is valid.
public struct JSONReader {
    private var position = 0

    /// Arrays and objects within each other; lines and columns have half as many.
    private static var depthLimit: Int { 12 }
    /// Members of an object: more is read by the general way, since each key is compared with those before it.
    private static var memberLimit: Int { 40 }
    /// As many as a study's header has: room for fewer would grow while they are read.
    private static var usualMembers: Int { 7 }

    /// The value of a whole text; nil when that is not plain.
    public static func read(_ text: some Collection<UInt8>) -> JSONValue? {
        text.withContiguousStorageIfAvailable { read($0.span) } ?? nil
    }

    private static func read(_ bytes: Span<UInt8>) -> JSONValue? {
        var reader = JSONReader()
        guard let value = reader.value(in: bytes, depth: 0), reader.next(in: bytes) == nil else { return nil }
        return value
    }

    /// The next byte that is no white space, which stays the next; nil at the end.
    private mutating func next(in bytes: Span<UInt8>) -> UInt8? {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            case let byte: return byte
            }
        }
        return nil
    }

    private mutating func take(_ byte: UInt8, in bytes: Span<UInt8>) -> Bool {
        guard next(in: bytes) == byte else { return false }
        position += 1
        return true
    }

    private mutating func value(in bytes: Span<UInt8>, depth: Int) -> JSONValue? {
        guard depth < Self.depthLimit, let byte = next(in: bytes) else { return nil }
        switch byte {
        case UInt8(ascii: "\""): return string(in: bytes).map { .text($0) }
        case UInt8(ascii: "{"): return object(in: bytes, depth: depth)
        case UInt8(ascii: "["): return list(in: bytes, depth: depth)
        case UInt8(ascii: "t"): return word("true", .flag(true), in: bytes)
        case UInt8(ascii: "f"): return word("false", .flag(false), in: bytes)
        case UInt8(ascii: "n"): return word("null", .null, in: bytes)
        default: return number(in: bytes)
        }
    }

    private mutating func word(_ word: String, _ value: JSONValue, in bytes: Span<UInt8>) -> JSONValue? {
        for byte in word.utf8 {
            guard position < bytes.count, bytes[position] == byte else { return nil }
            position += 1
        }
        return value
    }

    private mutating func number(in bytes: Span<UInt8>) -> JSONValue? {
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

    private mutating func string(in bytes: Span<UInt8>) -> String? {
        position += 1
        let begin = position
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                defer { position += 1 }
                guard let text = try? UTF8Span(validating: bytes.extracting(begin..<position)) else { return nil }
                return String(copying: text)
            case UInt8(ascii: "\\"), 0..<0x20: return nil
            default: position += 1
            }
        }
        return nil
    }

    private mutating func list(in bytes: Span<UInt8>, depth: Int) -> JSONValue? {
        position += 1
        if take(UInt8(ascii: "]"), in: bytes) { return .list([]) }
        var elements: [JSONValue] = []
        while let element = value(in: bytes, depth: depth + 1) {
            elements.append(element)
            if take(UInt8(ascii: "]"), in: bytes) { return .list(elements) }
            guard take(UInt8(ascii: ","), in: bytes) else { return nil }
        }
        return nil
    }

    private mutating func object(in bytes: Span<UInt8>, depth: Int) -> JSONValue? {
        position += 1
        if take(UInt8(ascii: "}"), in: bytes) { return .object([]) }
        var members: [JSONMember] = []
        members.reserveCapacity(Self.usualMembers)
        while next(in: bytes) == UInt8(ascii: "\""), let key = string(in: bytes) {
            guard members.count < Self.memberLimit, !members.contains(where: { $0.key == key }) else { return nil }
            guard take(UInt8(ascii: ":"), in: bytes), let value = value(in: bytes, depth: depth + 1) else { return nil }
            members.append(JSONMember(key: key, value: value))
            if take(UInt8(ascii: "}"), in: bytes) { return .object(members) }
            guard take(UInt8(ascii: ","), in: bytes) else { return nil }
        }
        return nil
    }
}
