public import NIOCore

/// Whose connections are taken, by their addresses.
public struct MLLPPeers: Hashable, Sendable {
    private struct Range: Hashable, Sendable {
        let bytes: [UInt8]
        let bits: Int

        func contains(_ address: [UInt8]) -> Bool {
            guard address.count == bytes.count else { return false }
            return bytes.indices.allSatisfy { index in
                let rest = min(max(bits - index * 8, 0), 8)
                let mask = ~(UInt8.max >> rest) | (rest == 8 ? .max : 0)
                return bytes[index] & mask == address[index] & mask
            }
        }
    }

    private let ranges: [Range]

    /// The peers of these addresses, each of IPv4 or IPv6, or a range as `10.1.2.0/24`; nil when one is neither.
    public init?(_ texts: [String]) {
        var ranges: [Range] = []
        for text in texts {
            guard let range = Self.range(text) else { return nil }
            ranges.append(range)
        }
        self.ranges = ranges
    }

    /// This machine alone.
    public static let thisMachine = MLLPPeers(ranges: [
        Range(bytes: [127, 0, 0, 0], bits: 8), Range(bytes: [UInt8](repeating: 0, count: 15) + [1], bits: 128),
    ])

    /// Whoever connects.
    public static let everybody = MLLPPeers(ranges: [
        Range(bytes: [0, 0, 0, 0], bits: 0), Range(bytes: [UInt8](repeating: 0, count: 16), bits: 0),
    ])

    private init(ranges: [Range]) { self.ranges = ranges }

    private static func range(_ text: String) -> Range? {
        let halves = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = try? SocketAddress(ipAddress: String(halves[0]), port: 0) else { return nil }
        let bytes = bytes(of: address)
        guard halves.count == 2 else { return Range(bytes: bytes, bits: bytes.count * 8) }
        guard let bits = Int(halves[1]), (0...(bytes.count * 8)).contains(bits) else { return nil }
        return Range(bytes: bytes, bits: bits)
    }

    /// Whether a connection from `address` is taken.
    public func allows(_ address: SocketAddress?) -> Bool {
        guard let address else { return false }
        let bytes = Self.bytes(of: address)
        return ranges.contains { $0.contains(bytes) }
    }

    /// The address's bytes; those of IPv4 also where they come by IPv6 (RFC 4291 §2.5.5.2).
    private static func bytes(of address: SocketAddress) -> [UInt8] {
        switch address {
        case .v4(let address): return withUnsafeBytes(of: address.address.sin_addr) { Array($0) }
        case .v6(let address):
            let bytes = withUnsafeBytes(of: address.address.sin6_addr) { Array($0) }
            let mapped: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]
            return bytes.starts(with: mapped) ? Array(bytes.dropFirst(mapped.count)) : bytes
        case .unixDomainSocket: return []
        }
    }
}
