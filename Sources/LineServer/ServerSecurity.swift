import Migration
import NIOSSL
import Synchronization
import Trust

/// The coordinator's own certificate and what it trusts. A new key and certificate are made at each start, before the old certificate's end, and when
/// the authorities change; the key is never written down.
final class ServerSecurity: Sendable {
    /// What is shown on a connection.
    struct Shown {
        /// The TLS context.
        let context: NIOSSLContext
        /// The fingerprint of the authority whose certificate it shows.
        let authority: String
        fileprivate let end: Instant
        fileprivate let revision: Int
    }

    private let authorities: Authorities
    private let state: Mutex<Shown>

    init(_ authorities: Authorities, at now: Instant) throws {
        self.authorities = authorities
        state = Mutex(try Self.make(authorities, at: now))
    }

    /// What is shown on a connection that begins now.
    func shown(at now: Instant) throws -> Shown {
        try state.withLock { shown in
            if shown.revision != authorities.revision || authorities.life.isRenewalDue(end: shown.end, at: now) {
                shown = try Self.make(authorities, at: now)
            }
            return shown
        }
    }

    private static func make(_ authorities: Authorities, at now: Instant) throws -> Shown {
        // Read first: a change meanwhile makes the context be made once more.
        let (revision, authority) = (authorities.revision, authorities.fingerprint)
        let identity = try authorities.issueCoordinator(at: now)
        return Shown(
            context: try TransportSecurity.coordinatorContext(identity), authority: authority, end: identity.end ?? now, revision: revision)
    }
}
