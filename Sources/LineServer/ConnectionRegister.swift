import NIOCore
import Synchronization

/// The open connections: bounded, and closed all at once at the end.
final class ConnectionRegister: Sendable {
    private struct State {
        var channels: [ObjectIdentifier: any Channel] = [:]
        /// Those without a certificate, oldest first.
        var strangers: [any Channel] = []
        var isClosing = false
    }

    private let state = Mutex(State())

    /// Enters a new connection; false when it must be closed at once.
    func enter(_ channel: any Channel) -> Bool {
        let (isEntered, evicted) = state.withLock { state -> (Bool, (any Channel)?) in
            guard !state.isClosing, state.channels.count < ConnectionLimits.connections else { return (false, nil) }
            state.channels[ObjectIdentifier(channel)] = channel
            state.strangers.append(channel)
            return (true, state.strangers.count > ConnectionLimits.strangers ? state.strangers.removeFirst() : nil)
        }
        evicted?.close(promise: nil)
        if isEntered { channel.closeFuture.whenComplete { _ in self.leave(channel) } }
        return isEntered
    }

    /// The connection has shown a worker's certificate.
    func isKnown(_ channel: any Channel) {
        state.withLock { $0.strangers.removeAll { $0 === channel } }
    }

    private func leave(_ channel: any Channel) {
        state.withLock {
            $0.channels[ObjectIdentifier(channel)] = nil
            $0.strangers.removeAll { $0 === channel }
        }
    }

    /// How many connections are open.
    var count: Int { state.withLock { $0.channels.count } }

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
