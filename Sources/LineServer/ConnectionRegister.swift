import NIOCore
import Synchronization
import Trust

/// The open connections: bounded in all, for each worker, and for those who have not shown who they are; closed all at once at the end.
final class ConnectionRegister: Sendable {
    private struct State {
        var channels: [ObjectIdentifier: any Channel] = [:]
        var strangers = StrangerQueue()
        /// The connections of each worker, oldest first.
        var workers: [GatewayIdentity: [any Channel]] = [:]
        var isClosing = false
    }

    private let state = Mutex(State())

    /// Enters a new connection; false when it must be closed at once.
    func enter(_ channel: any Channel) -> Bool {
        let stranger = Stranger(channel)
        let (isEntered, evicted) = state.withLock { state -> (Bool, (any Channel)?) in
            guard !state.isClosing, state.channels.count < ConnectionLimits.connections else { return (false, nil) }
            state.channels[ObjectIdentifier(channel)] = channel
            return (true, state.strangers.add(stranger)?.channel)
        }
        evicted?.pushOut()
        if isEntered { channel.closeFuture.whenComplete { _ in self.leave(channel) } }
        return isEntered
    }

    /// The connection has shown the certificate of a worker. Of more than it may have, the worker's oldest is closed: a network that was cut
    /// leaves dead ones behind.
    func isKnown(_ channel: any Channel, as identity: GatewayIdentity) {
        let evicted = state.withLock { state -> (any Channel)? in
            state.strangers.remove(channel)
            guard state.channels[ObjectIdentifier(channel)] != nil else { return nil }
            state.workers[identity, default: []].append(channel)
            guard let own = state.workers[identity], own.count > ConnectionLimits.connectionsOfAWorker else { return nil }
            return state.workers[identity]?.removeFirst()
        }
        evicted?.pushOut()
        channel.closeFuture.whenComplete { _ in self.leave(channel, of: identity) }
    }

    private func leave(_ channel: any Channel) {
        state.withLock { state in
            state.channels[ObjectIdentifier(channel)] = nil
            state.strangers.remove(channel)
        }
    }

    private func leave(_ channel: any Channel, of identity: GatewayIdentity) {
        state.withLock { state in
            state.workers[identity]?.removeAll { $0 === channel }
            if state.workers[identity]?.isEmpty == true { state.workers[identity] = nil }
        }
    }

    /// How many connections are open.
    var count: Int { state.withLock { $0.channels.count } }

    /// Has every connection look whether its time is over, those of an event loop together: a timer for each would wake the loops hundreds of times a second.
    func inspectAll() {
        let channels = state.withLock { Array($0.channels.values) }
        for together in Dictionary(grouping: channels, by: { ObjectIdentifier($0.eventLoop) }).values {
            together[0].eventLoop.execute {
                for channel in together { channel.pipeline.fireUserInboundEventTriggered(ConnectionInspection()) }
            }
        }
    }

    /// Closes the connections of a worker.
    func close(_ identity: GatewayIdentity) {
        for channel in state.withLock({ $0.workers[identity] ?? [] }) { channel.close(promise: nil) }
    }

    /// Closes all connections and takes no new ones; returns when they are closed.
    func closeAll() async {
        let channels = state.withLock { state in
            state.isClosing = true
            return Array(state.channels.values)
        }
        for channel in channels { channel.close(promise: nil) }
        for channel in channels { try? await channel.closeFuture.get() }
    }
}
