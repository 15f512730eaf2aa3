import NIOCore

/// A connection whose peer has not shown a certificate.
struct Stranger {
    let channel: any Channel
    /// Where it comes from: an IPv4 address, or the first 64 bits of an IPv6 address, as one host may have all that begin so (RFC 4291 §2.5.1).
    let origin: [UInt8]

    init(_ channel: any Channel) {
        self.channel = channel
        origin = Self.origin(of: channel.remoteAddress)
    }

    private static func origin(of address: SocketAddress?) -> [UInt8] {
        switch address {
        case .v4(let address): withUnsafeBytes(of: address.address.sin_addr) { Array($0) }
        case .v6(let address): withUnsafeBytes(of: address.address.sin6_addr) { Array($0.prefix(8)) }
        case .unixDomainSocket, nil: []
        }
    }
}

/// The connections without a certificate, oldest first. One more than the bound pushes out the oldest of the origin that has most: whoever
/// floods the coordinator pushes out himself, and not the worker that is about to show its certificate.
struct StrangerQueue {
    private var strangers: [Stranger] = []
    private var counts: [[UInt8]: Int] = [:]

    /// Adds one; the one that must go for it.
    mutating func add(_ stranger: Stranger) -> Stranger? {
        strangers.append(stranger)
        counts[stranger.origin, default: 0] += 1
        guard strangers.count > ConnectionLimits.strangers, let most = counts.values.max(),
            let index = strangers.firstIndex(where: { counts[$0.origin] == most })
        else { return nil }
        return remove(at: index)
    }

    /// Forgets a connection, if it is among them.
    mutating func remove(_ channel: any Channel) {
        if let index = strangers.firstIndex(where: { $0.channel === channel }) { _ = remove(at: index) }
    }

    private mutating func remove(at index: Int) -> Stranger {
        let stranger = strangers.remove(at: index)
        counts[stranger.origin, default: 0] -= 1
        if counts[stranger.origin] == 0 { counts[stranger.origin] = nil }
        return stranger
    }
}
