/// Writes a JSON text (RFC 8259), byte for byte as Foundation's encoder does with sorted keys and unescaped slashes: what is hashed or compared
/// may be written either way.
///
/// For what is written thousands of times a second; the caller gives the keys in their order and the punctuation between them.
public struct JSONWriter {
    /// What was written.
    public private(set) var bytes: [UInt8] = []

    /// A writer with room for `capacity` bytes; it grows.
    public init(capacity: Int = 256) { bytes.reserveCapacity(capacity) }

    /// A writer that goes on after `bytes`, with room for `capacity` bytes in all; it grows.
    public init(after bytes: [UInt8], capacity: Int) {
        self.bytes.reserveCapacity(capacity)
        self.bytes.append(contentsOf: bytes)
    }

    /// What was written, as text.
    public var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Appends text as it stands: punctuation, keys, words without characters to be escaped.
    public mutating func plain(_ text: StaticString) {
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    /// Appends a number.
    public mutating func number(_ value: Int64) {
        if value < 0 { bytes.append(UInt8(ascii: "-")) }
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.digitLimit) { digits in
            var rest = value.magnitude
            var begin = digits.count
            repeat {
                begin -= 1
                digits[begin] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            } while rest > 0
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: digits[begin...]))
        }
    }

    /// Appends a string with its quotes.
    public mutating func string(_ value: String) {
        var value = value
        bytes.append(UInt8(ascii: "\""))
        value.withUTF8 { text in
            if Self.isPlain(text) {
                bytes.append(contentsOf: text)
            } else {
                for byte in text { escape(byte) }
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Appends an array, `write` writing each element.
    @inlinable
    public mutating func list<Elements: Sequence>(_ elements: Elements, _ write: (inout JSONWriter, Elements.Element) -> Void) {
        plain("[")
        var isFirst = true
        for element in elements {
            if !isFirst { plain(",") }
            isFirst = false
            write(&self, element)
        }
        plain("]")
    }

    /// Digits of the greatest number.
    private static var digitLimit: Int { 19 }

    /// Whether nothing in `text` is to be escaped. Looks at all of it, which processors do for many bytes at once.
    private static func isPlain(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        var escapes: UInt8 = 0
        for byte in text { escapes |= byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") ? 1 : 0 }
        return escapes == 0
    }

    private mutating func escape(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): plain("\\\"")
        case UInt8(ascii: "\\"): plain("\\\\")
        case 0x08: plain("\\b")
        case 0x09: plain("\\t")
        case 0x0A: plain("\\n")
        case 0x0C: plain("\\f")
        case 0x0D: plain("\\r")
        case 0..<0x20:
            plain("\\u00")
            for digit in [byte >> 4, byte & 15] { bytes.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10) }
        default: bytes.append(byte)
        }
    }
}
