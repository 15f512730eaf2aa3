import LineProtocol
import Migration
import NIOCore
import Synchronization
import Trust

/// When each worker had a new certificate last: what `RENEW` costs is bounded by it. In memory only, as a restart is not a worker's to bring about; by
/// a clock that is never set.
final class RenewalTally: Sendable {
    private struct Renewal {
        /// When it was.
        var at: NIODeadline
        /// With which certificate it was asked for.
        var certificate: Int64
    }

    /// Bounded by the enrolments of a migration.
    private let last = Mutex<[GatewayIdentity: Renewal]>([:])

    /// How long a worker has yet to wait for a new certificate; nil: it may have it now.
    ///
    /// - Parameter isOrdered: whether the coordinator wants it to have one.
    func wait(of identity: GatewayIdentity, with certificate: PeerCertificate, isOrdered: Bool, at now: NIODeadline) -> TimeAmount? {
        last.withLock { Self.wait($0[identity], certificate, isOrdered, now) }
    }

    /// The same; where the worker may have it now, that is noted.
    func take(_ identity: GatewayIdentity, with certificate: PeerCertificate, isOrdered: Bool, at now: NIODeadline) -> TimeAmount? {
        last.withLock { last in
            let wait = Self.wait(last[identity], certificate, isOrdered, now)
            if wait == nil { last[identity] = Renewal(at: now, certificate: certificate.number) }
            return wait
        }
    }

    private static func wait(_ last: Renewal?, _ certificate: PeerCertificate, _ isOrdered: Bool, _ now: NIODeadline) -> TimeAmount? {
        guard let last else { return nil }
        // What it had last has spoken, and is to be replaced all the same: a rotation came between.
        if isOrdered, certificate.number > last.certificate { return nil }
        let wait = last.at + (isOrdered ? ConnectionLimits.orderedRenewal : ConnectionLimits.renewal) - now
        return wait > .zero ? wait : nil
    }
}
