/// The key under which one enrolment of a worker seals what it stages: 256 bits, kept in memory only.
///
/// Its description is redacted; ``reveal()`` is the explicit call that shows it. Coded as 64 hexadecimal digits, because the line carries it.
public struct SpoolKey: Hashable, Sendable {
    /// Bytes of a key: AES-256.
    public static var byteCount: Int { 32 }

    private let bytes: [UInt8]

    /// The key of these bytes; nil unless they are ``byteCount``.
    public init?(_ bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        self.bytes = bytes
    }

    /// The key in 64 hexadecimal digits; nil when `digits` are none.
    public init?(hexadecimal digits: String) {
        let values = digits.utf8.compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
        guard values.count == digits.utf8.count, values.count == 2 * Self.byteCount else { return nil }
        bytes = stride(from: 0, to: values.count, by: 2).map { UInt8(values[$0] << 4 | values[$0 + 1]) }
    }

    /// The key itself, for the cipher and the line.
    public func reveal() -> [UInt8] { bytes }
}

extension SpoolKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "‹spool key›" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}

extension SpoolKey: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let key = SpoolKey(hexadecimal: try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "a key has \(2 * Self.byteCount) hexadecimal digits")
        }
        self = key
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        let digits = Array("0123456789abcdef")
        try container.encode(String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }))
    }
}
