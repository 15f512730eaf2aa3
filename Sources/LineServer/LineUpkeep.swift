import Coordination
import Logging
import Migration
import Synchronization
import Trust

/// What the coordinator's end of the line does from time to time by itself: it lets go of revoked workers, and lets the next authority act when
/// every worker trusts it.
final class LineUpkeep: Sendable {
    let service: LineService
    /// Revoked workers, and when they were first seen as such.
    private let revoked = Mutex<[GatewayIdentity: Instant]>([:])

    init(_ service: LineService) { self.service = service }

    /// Looks at everything once.
    func run(at now: Instant) {
        let live = service.engine.live
        closeRevoked(live.workers, at: now)
        // Before its first event the engine knows no workers, which does not mean that there are none.
        if live.now.milliseconds > 0 { switchOverIfTrusted(at: now) }
        storeCertificates()
        service.strangers.report(to: service.logger)
    }

    /// The next line of a revoked worker is refused, so that it hears why; whoever says none is cut off.
    private func closeRevoked(_ workers: [LiveWorker], at now: Instant) {
        for worker in workers where worker.isRevoked {
            guard let identity = GatewayIdentity(worker.identity) else { continue }
            let since = revoked.withLock { revoked in
                let since = revoked[identity] ?? now
                revoked[identity] = since
                return since
            }
            if now.since(since) >= ConnectionLimits.revokedGrace { service.register.close(identity) }
        }
    }

    /// What could not be written down at its moment, for want of room on the disk, is written down now.
    func storeCertificates() {
        do throws(TrustError) {
            try service.authorities.register.store()
        } catch {
            service.logger.debug("what certificates were shown cannot be written", metadata: ["error": "\(error)"])
        }
    }

    private func switchOverIfTrusted(at now: Instant) {
        guard service.authorities.overview.next != nil else { return }
        do throws(TrustError) {
            let acts = try service.authorities.switchOver(at: now) { shown in
                service.engine.live.workers.allSatisfy { $0.isRevoked || GatewayIdentity($0.identity).map(shown.contains) ?? true }
            }
            guard acts else { return }
        } catch {
            return service.logger.error("the next authority cannot act yet", metadata: ["error": "\(error)"])
        }
        let fingerprint = service.authorities.fingerprint
        service.logger.notice("the next authority acts: every worker trusts it", metadata: ["authority": "\(fingerprint)"])
        service.engine.submit(.action(.noteAuthority(.switched, fingerprint: fingerprint), by: "the coordinator")) { _ in }
    }
}
