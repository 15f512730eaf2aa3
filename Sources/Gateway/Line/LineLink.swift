import Migration
import NIOCore
import NIOPosix
import Synchronization
import Trust

/// The worker's lasting line: connects, and connects anew with growing delay, until it is closed for good.
final class LineLink: Sendable {
    private struct State {
        var identity: Identity
        var connection: LineConnection?
        /// Grows with each connection, so that events of one that was given up are known as such.
        var number = 0
        var delay = ReconnectDelay()
        var isOver = false
    }

    private let address: LineAddress
    private let group: any EventLoopGroup
    private let deliver: @Sendable (LineEvent) -> Void
    // One lock for the few words of state; nothing is done under it.
    private let state: Mutex<State>

    /// A link that is not connected yet.
    ///
    /// - Parameter deliver: gets the events of one connection at a time: `ready`, lines, `closed`; then those of the next.
    init(to address: LineAddress, as identity: Identity, on group: any EventLoopGroup, deliver: @escaping @Sendable (LineEvent) -> Void) {
        self.address = address
        state = Mutex(State(identity: identity))
        self.group = group
        self.deliver = deliver
    }

    /// Connects, and stays connected.
    func open() {
        let begin: (number: Int, identity: Identity)? = state.withLock { state in
            guard !state.isOver else { return nil }
            state.number += 1
            return (state.number, state.identity)
        }
        guard let (number, identity) = begin else { return }
        Task {
            do {
                try await LineConnection.connect(to: address, .worker(identity), on: group) { self.take($0, of: number) }
            } catch {
                // Of several addresses of one name the first one's trouble says enough.
                let cause = (error as? NIOConnectionError)?.connectionErrors.first?.error ?? error
                take(.closed("nobody answers at \(address): \(cause)"), of: number)
            }
        }
    }

    private func take(_ event: LineEvent, of number: Int) {
        let delay: Interval?? = state.withLock { state in
            guard state.number == number, !state.isOver else { return .none }
            switch event {
            case .ready(let connection):
                state.connection = connection
                return .some(nil)
            case .refused: return .some(nil)
            case .line:
                // Only a coordinator that speaks resets the delay: one that takes a connection and drops it would be stormed.
                state.delay = ReconnectDelay()
                return .some(nil)
            case .closed:
                state.connection = nil
                state.number += 1
                var random = SystemRandomNumberGenerator()
                return .some(state.delay.next(using: &random))
            }
        }
        guard let delay else {
            // Of a connection that was given up: it may be open still.
            if case .ready(let connection) = event { connection.close() }
            return
        }
        deliver(event)
        if let delay { group.next().scheduleTask(in: .milliseconds(delay.milliseconds)) { self.open() } }
    }

    /// Says one line on the present connection; without one it is lost, as it would be on the way.
    func say(_ line: [UInt8]) { state.withLock(\.connection)?.say(line) }

    /// Connects with `identity` from the next connection on.
    func use(_ identity: Identity) { state.withLock { $0.identity = identity } }

    /// Gives up the present connection; the next one is made after a delay.
    func reconnect() {
        let (connection, number) = state.withLock { ($0.connection, $0.number) }
        connection?.close()
        take(.closed("given up by the worker"), of: number)
    }

    /// Closes for good.
    func close() {
        let connection = state.withLock { state in
            state.isOver = true
            defer { state.connection = nil }
            return state.connection
        }
        connection?.close()
    }
}
