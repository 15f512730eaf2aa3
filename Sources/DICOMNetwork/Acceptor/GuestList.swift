internal import NIOCore
internal import Synchronization

/// Who is connected to a port, how many of them have an association, and by which titles we are called there.
final class GuestList: Sendable {
    private struct Count {
        var connections = 0
        var associations = 0
    }

    private struct State {
        var total = Count()
        /// What is not zero, by origin.
        var origins: [[UInt8]: Count] = [:]
        /// In the order in which they came.
        var aeTitles: [String]
    }

    /// Titles that are known at once: one for each destination, which are few; beyond it the oldest is forgotten.
    static let maximumTitles = 64

    private let settings: AssociationAcceptor.Settings
    private let state: Mutex<State>

    init(_ settings: AssociationAcceptor.Settings) {
        self.settings = settings
        state = Mutex(State(aeTitles: settings.aeTitles.sorted()))
    }

    /// A title that we answer to.
    func add(_ aeTitle: String) {
        state.withLock { state in
            guard !state.aeTitles.contains(aeTitle) else { return }
            if state.aeTitles.count == Self.maximumTitles { state.aeTitles.removeFirst() }
            state.aeTitles.append(aeTitle)
        }
    }

    /// Counts a connection as long as it is open.
    ///
    /// - Throws: `NetworkError.limitExceeded` when there are too many, in all or from its address, which closes it.
    func enter(_ channel: any Channel) throws(NetworkError) {
        let limit = settings.maximumAssociations + UpperLayerLimits.connectionsWithoutAssociation
        let own = settings.maximumAssociationsOfAnAddress + UpperLayerLimits.connectionsWithoutAssociationOfAnAddress
        guard count(channel, \.connections, limit: limit, ofAnAddress: own) else {
            throw NetworkError(.limitExceeded, "\(limit) connections, or \(own) of its address, are open already")
        }
    }

    /// Answers a request, and counts the association as long as its connection is open.
    func answer(_ request: AssociateRequest, on channel: any Channel) -> AssociateAnswer {
        let titles = Set(state.withLock(\.aeTitles))
        let answer = AcceptorNegotiation(aeTitles: titles, takesStorage: settings.takesStorage).answer(to: request)
        guard case .accept = answer else { return answer }
        let hasRoom = count(
            channel, \.associations, limit: settings.maximumAssociations, ofAnAddress: settings.maximumAssociationsOfAnAddress)
        return hasRoom ? answer : .reject(.localLimitExceeded)
    }

    /// Counts until the channel closes, unless there is no room.
    private func count(
        _ channel: any Channel, _ what: any WritableKeyPath<Count, Int> & Sendable, limit: Int, ofAnAddress ownLimit: Int
    ) -> Bool {
        let origin = Self.origin(of: channel.remoteAddress)
        let hasRoom = state.withLock { state in
            guard state.total[keyPath: what] < limit, state.origins[origin, default: Count()][keyPath: what] < ownLimit else { return false }
            state.total[keyPath: what] += 1
            state.origins[origin, default: Count()][keyPath: what] += 1
            return true
        }
        guard hasRoom else { return false }
        channel.closeFuture.whenComplete { _ in
            self.state.withLock { state in
                state.total[keyPath: what] -= 1
                state.origins[origin]?[keyPath: what] -= 1
                if let rest = state.origins[origin], rest.connections == 0, rest.associations == 0 { state.origins[origin] = nil }
            }
        }
        return true
    }

    /// Where a peer is: an IPv4 address, or the first 64 bits of an IPv6 address, as one host may have all that begin so (RFC 4291 §2.5.1).
    private static func origin(of address: SocketAddress?) -> [UInt8] {
        switch address {
        case .v4(let address): withUnsafeBytes(of: address.address.sin_addr) { Array($0) }
        case .v6(let address): withUnsafeBytes(of: address.address.sin6_addr) { Array($0.prefix(8)) }
        case .unixDomainSocket, nil: []
        }
    }
}
