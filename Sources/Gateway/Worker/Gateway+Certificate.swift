import LineProtocol
import Logging
import Migration
import Trust

/// The worker's certificate: renewed when the coordinator says so, and what is to be done when it has ended.
extension Gateway {
    /// The request for a new certificate, for a new key.
    func renewalRequest() throws -> RenewRequest {
        let renewal = try Renewal(of: credentials.shown)
        self.renewal = renewal
        return RenewRequest(signingRequest: renewal.signingRequest)
    }

    /// Checks and stores the new certificate; it is used only when it is on disk.
    func take(_ reply: RenewReply) {
        guard let renewal else { return }
        self.renewal = nil
        let (folder, threads) = (configuration.identityFolder, threads)
        inTurn {
            do {
                let identity = try await renewal.accept(certificate: reply.certificate, authorities: reply.authorities)
                try await threads.runIfActive { try identity.stage(in: folder, named: Self.identityName) }
                self.post(.renewed(.success(identity)))
            } catch {
                self.post(.renewed(.failure(error)))
            }
        }
    }

    /// Connects anew with the new certificate, which shows the coordinator that this worker has it.
    func renewed(_ result: Result<Identity, any Error>) {
        switch result {
        case .success(let identity):
            logger.notice("the certificate was renewed", metadata: ["end": "\(identity.end?.text ?? "unknown")"])
            credentials.renewed(identity)
            connectAnew()
        case .failure(let error):
            // The coordinator says at a later beat that a renewal is due: it is tried again.
            logger.error("the new certificate cannot be taken: \(error)")
        }
    }

    /// The coordinator has answered `HELLO`: of two identities the one that it was said with stays.
    func accepted() {
        guard let settlement = credentials.accepted() else { return }
        let (folder, threads, logger) = (configuration.identityFolder, threads, logger)
        inTurn {
            do {
                try await threads.runIfActive {
                    switch settlement {
                    case .keep(let identity): try identity.settle(in: folder, named: Self.identityName)
                    case .giveUp: Identity.giveUpNew(in: folder, named: Self.identityName)
                    }
                }
                logger.info(settlement == .giveUp ? "the former certificate stays, the renewed one is given up" : "the renewed certificate is in place")
            } catch {
                // Both are on disk still: the next start shows the new one first, as this one did.
                logger.error("the former certificate cannot be replaced: \(error)")
            }
        }
    }

    /// The coordinator knows of a newer certificate than the one it was shown. If that can be the one that this worker holds and could not show, it goes on
    /// with that.
    func isMended(_ error: LineError) -> Bool {
        guard error.code == .certificateSuperseded, credentials.superseded() else { return false }
        connectAnew()
        return true
    }

    private func connectAnew() {
        link.use(credentials.shown)
        giveUpLine()
    }

    /// Two changes of the identity's files at once would mix them.
    private func inTurn(_ change: @escaping @Sendable () async -> Void) {
        let before = identityWork
        identityWork = Task {
            await before?.value
            await change()
        }
    }

    /// One end does not believe the other. Only of an expired certificate are both sure that no waiting mends it.
    func refused(_ refusal: HandshakeRefusal) {
        let end = credentials.newest.end
        if refusal == .expired, let end, WallClock.now >= end { return fault = expired(at: end) }
        if credentials.refused() {
            link.use(credentials.shown)
            return say("\(refusal.words). A renewal has left this worker two certificates: the other one is tried next")
        }
        guard refusal == .expired, let end else { return say(refusal.words) }
        say("\(refusal.words), but by this machine's clock it lives until \(end.text): compare the two clocks")
    }

    private func expired(at end: Instant) -> GatewayError {
        GatewayError(
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
