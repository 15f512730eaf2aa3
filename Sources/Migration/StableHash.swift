/// A hash that is the same in every program and every run (FNV-1a, 64 bits): it tells apart what changes by itself, not what somebody forges.
public struct StableHash: Sendable {
    private var value: UInt64 = 0xCBF2_9CE4_8422_2325

    /// The hash of nothing.
    public init() {}

    /// Adds the bytes of `text` in UTF-8.
    public mutating func add(_ text: String) {
        for byte in text.utf8 { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }
    }

    /// The hash in hexadecimal digits, at most sixteen.
    public var text: String { String(value, radix: 16) }
}
