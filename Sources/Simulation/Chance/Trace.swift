/// What happened, as a hash over all of it, and in words for whoever wants to read it.
struct Trace {
    /// FNV-1a, 64 bits: two runs of one seed that differ in a single line differ in it.
    private(set) var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    /// Told each entry in words; nil when nobody reads them.
    let reader: ((String) -> Void)?

    init(reader: ((String) -> Void)?) { self.reader = reader }

    /// Notes that `what` happened at `moment` to `whom`, with the bytes of a line where there is one.
    mutating func note(_ moment: Int64, _ what: StaticString, _ whom: String = "", _ bytes: [UInt8] = []) {
        var hash = hash
        withUnsafeBytes(of: moment.littleEndian) { for byte in $0 { Self.mix(byte, into: &hash) } }
        what.withUTF8Buffer { for byte in $0 { Self.mix(byte, into: &hash) } }
        for byte in whom.utf8 { Self.mix(byte, into: &hash) }
        for byte in bytes { Self.mix(byte, into: &hash) }
        self.hash = hash
        reader?("\(Self.text(moment)) \(what) \(whom) \(String(decoding: bytes, as: UTF8.self))")
    }

    private static func mix(_ byte: UInt8, into hash: inout UInt64) { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }

    private static func text(_ moment: Int64) -> String {
        let rest = String(moment % 1000)
        return "\(moment / 1000)." + String(repeating: "0", count: 3 - rest.count) + rest
    }
}
