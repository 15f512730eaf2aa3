import Migration
import NIOSSL
import Synchronization
import Trust

/// The coordinator's own certificate and what it trusts. A new key and certificate are made at each start, before the old certificate's end, and when
/// the authorities change; the key is never written down.
final class ServerSecurity: Sendable {
    private struct State {
        var context: NIOSSLContext
        var end: Instant
        var revision: Int
    }

    private let authorities: Authorities
    private let state: Mutex<State>

    init(_ authorities: Authorities, at now: Instant) throws {
        self.authorities = authorities
        state = Mutex(try Self.make(authorities, at: now))
    }

    /// The context for a connection that begins now.
    func context(at now: Instant) throws -> NIOSSLContext {
        try state.withLock { state in
            if state.revision != authorities.revision || authorities.life.isRenewalDue(end: state.end, at: now) {
                state = try Self.make(authorities, at: now)
            }
            return state.context
        }
    }

    private static func make(_ authorities: Authorities, at now: Instant) throws -> State {
        // Read first: a change meanwhile makes the context be made once more.
        let revision = authorities.revision
        let identity = try authorities.issueCoordinator(at: now)
        return State(context: try TransportSecurity.coordinatorContext(identity), end: identity.end ?? now, revision: revision)
    }
}
