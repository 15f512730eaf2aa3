import Coordination
import LineProtocol
import Logging
import Migration
import Previews
import Trust

/// What every connection needs: the authorities, the engine, the register.
struct LineService: Sendable {
    let authorities: Authorities
    let staging: StagingPolicy
    let engine: EngineThread
    let previews: PreviewOffice
    let register: ConnectionRegister
    let strangers: StrangerTally
    let renewals = RenewalTally()
    let logger: Logger

    var authorityReply: Reply {
        .authority(AuthorityReply(certificate: authorities.certificatePEM, sha256: authorities.fingerprint))
    }

    /// Redeems an invitation and signs the worker's certificate, in this order: a request that cannot be signed uses up nothing.
    ///
    /// - Parameter authority: the fingerprint of the one whose certificate was shown on the worker's connection, the only one that it trusts.
    func enrol(_ body: EnrolRequest, under authority: String, whenDone: @escaping @Sendable (Reply) -> Void) {
        guard let secret = InvitationSecret(body.secret) else {
            return whenDone(.error(LineError(.invitationUnknown, "the secret is none that an invitation carries")))
        }
        if let refusal = Self.refusal(of: body.signingRequest, .enrol) { return whenDone(refusal) }
        guard authorities.enrolmentBegins(under: authority) else {
            let message = "the authority that the invitation names was replaced in this moment: ask for a new invitation"
            return whenDone(.error(LineError(.invitationExpired, message)))
        }
        let identity = GatewayIdentity()
        engine.submit(.enrolment(secretDigest: secret.digest, identity)) { answer in
            let reply = self.reply(to: body, identity, answer)
            self.authorities.enrolmentEnded()
            whenDone(reply)
        }
    }

    /// Whether a worker with this certificate is to be told to ask for a new one: it is due, and would be given.
    func ordersRenewal(of certificate: PeerCertificate) -> Bool {
        guard case .worker(_, let identity)? = certificate.role else { return false }
        return authorities.isRenewalDue(certificate, at: SystemClock.reading())
            && renewals.wait(of: identity, with: certificate, isOrdered: true, at: .now()) == nil
    }

    /// A worker's `HELLO` over this certificate is about to be answered: older ones are refused from now on, after a crash too (law 1). A file is written
    /// with a certificate's first `HELLO` only.
    ///
    /// - Returns: what to answer instead, when it cannot be written.
    func noteSpoken(_ certificate: PeerCertificate) -> LineError? {
        authorities.register.noteSpoken(certificate)
        do throws(TrustError) {
            try authorities.register.store()
            return nil
        } catch {
            // It counts in memory; the upkeep and the next `HELLO` try again.
            logger.error("what certificates were shown cannot be written", metadata: ["error": "\(error)"])
            return LineError(.ledgerUnavailable, "HELLO: what certificates were shown cannot be written now")
        }
    }

    /// Signs a new certificate for a worker that the engine still listens to.
    func renew(
        _ body: RenewRequest, of identity: GatewayIdentity, with certificate: PeerCertificate, whenDone: @escaping @Sendable (Reply) -> Void
    ) {
        if let refusal = Self.refusal(of: body.signingRequest, .renew) { return whenDone(refusal) }
        let isDue = authorities.isRenewalDue(certificate, at: SystemClock.reading())
        if let wait = renewals.take(identity, with: certificate, isOrdered: isDue, at: .now()) {
            let seconds = (wait.nanoseconds + 999_999_999) / 1_000_000_000
            let message = "RENEW: this worker had a new certificate just now; it may have the next in \(seconds) s, or when a beat orders it"
            return whenDone(.error(LineError(.tooSoon, message)))
        }
        engine.submit(.line(identity, .renew(body), payloadDigest: [])) { answer in
            whenDone(self.reply(to: body, identity, answer))
        }
    }

    /// Takes a line of a preview from a worker that the engine still listens to.
    func take(_ body: PreviewRequest, of identity: GatewayIdentity, whenDone: @escaping @Sendable (Reply) -> Void) {
        engine.submit(.line(identity, .preview(body), payloadDigest: [])) { answer in
            guard case .nothing = answer else { return whenDone(answer.asReply) }
            previews.take(body, from: identity.uuid, at: SystemClock.reading(), whenDone: whenDone)
        }
    }

    private static func refusal(of signingRequest: String, _ verb: Verb) -> Reply? {
        do throws(TrustError) {
            try Authority.check(signingRequest: signingRequest)
            return nil
        } catch {
            return .error(LineError(.badValue, "\(verb.rawValue): signingRequest: \(error.message)"))
        }
    }

    private func reply(to body: RenewRequest, _ identity: GatewayIdentity, _ answer: Answer) -> Reply {
        guard case .renewed(let name) = answer else { return answer.asReply }
        do {
            let certificate = try authorities.renewWorker(
                for: body.signingRequest, name: name, identity: identity, at: SystemClock.reading())
            logger.info("certificate renewed", metadata: ["worker": "\(name)", "identity": "\(identity)"])
            return .renew(RenewReply(authorities: authorities.workersTrustPEM, certificate: certificate))
        } catch {
            logger.error("a certificate could not be renewed", metadata: ["worker": "\(name)", "error": "\(error)"])
            return .error(LineError(.internal, "the certificate could not be issued; ask again later"))
        }
    }

    private func reply(to body: EnrolRequest, _ identity: GatewayIdentity, _ answer: Answer) -> Reply {
        guard case .enrolled(let name, _) = answer else { return answer.asReply }
        do {
            let certificate = try authorities.enrolWorker(
                for: body.signingRequest, name: name, identity: identity, at: SystemClock.reading())
            logger.info("worker enrolled", metadata: ["worker": "\(name)", "identity": "\(identity)"])
            return .enrol(EnrolReply(worker: name, certificate: certificate, authority: authorities.certificatePEM))
        } catch {
            logger.error("a certificate could not be issued", metadata: ["worker": "\(name)", "error": "\(error)"])
            return .error(LineError(.internal, "the certificate could not be issued; ask for a new invitation"))
        }
    }
}

extension Answer {
    /// The answer as a line's reply; an answer of another kind than a line asks for is our own fault.
    var asReply: Reply {
        switch self {
        case .reply(let reply): reply
        case .enrolled, .renewed, .done, .refused, .nothing: .error(LineError(.internal, "the coordinator answered a line with something else"))
        }
    }
}
