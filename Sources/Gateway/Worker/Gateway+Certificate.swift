import LineProtocol
import Logging
import Migration
import Trust

/// The worker's certificate: renewed when the coordinator says so, and what is to be done when it has ended.
extension Gateway {
    /// The request for a new certificate, for a new key.
    func renewalRequest() throws -> RenewRequest {
        let renewal = try Renewal(of: link.identity)
        self.renewal = renewal
        return RenewRequest(signingRequest: renewal.signingRequest)
    }

    /// Checks and stores the new certificate; it is used only when it is on disk.
    func take(_ reply: RenewReply) {
        guard let renewal else { return }
        self.renewal = nil
        let folder = configuration.identityFolder
        Task {
            do {
                let identity = try await renewal.accept(certificate: reply.certificate, authorities: reply.authorities)
                try await threads.runIfActive { try identity.store(in: folder, named: Self.identityName) }
                post(.renewed(.success(identity)))
            } catch {
                post(.renewed(.failure(error)))
            }
        }
    }

    /// Connects anew with the new certificate, which shows the coordinator that this worker has it.
    func renewed(_ result: Result<Identity, any Error>) {
        switch result {
        case .success(let identity):
            logger.notice("the certificate was renewed", metadata: ["end": "\(identity.end?.text ?? "unknown")"])
            link.use(identity)
            giveUpLine()
        case .failure(let error):
            // The coordinator says at each beat that a renewal is due: it is tried again.
            logger.error("the new certificate cannot be taken: \(error)")
        }
    }

    /// One end does not believe the other. Only of an expired certificate are both sure that no waiting mends it.
    func refused(_ refusal: HandshakeRefusal) {
        guard refusal == .expired, let end = link.identity.end else {
            return say(refusal.words)
        }
        guard WallClock.now >= end else {
            return say("\(refusal.words), but by this machine's clock it lives until \(end.text): compare the two clocks")
        }
        fault = GatewayError(
            .certificate,
            """
            this worker's certificate expired at \(end.text): it was away for longer than certificates live. On the coordinator: \
            `coordinator workers revoke NAME`, then `coordinator invite NAME`; here: `worker join INVITATION --dir` with a new folder. What is \
            still staged under the old folder is asked for again, and is to be erased
            """)
    }

    private func say(_ words: String) {
        logger.log(level: outageLog.closed(words) ? .error : .debug, "\(configuration.coordinator): \(words)")
    }
}
