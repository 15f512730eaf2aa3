public import Migration
internal import Synchronization

/// The authorities of one migration, as they lie in the coordinator's folder: one acts, and while it is being replaced a second one is trusted.
///
/// 1. Alone: one authority signs, and is trusted.
/// 2. ``rotate(at:)`` makes the next one. It signs the workers' renewed certificates, and both are trusted; the coordinator still shows a
///    certificate of the acting one, the only one that every worker trusts.
/// 3. ``switchOver(at:)``, when all workers have shown certificates of the next one: it acts. The former one's key is erased; what it signed is still trusted.
/// 4. ``retire()``: what the former one signed is refused.
///
/// Each step is durable before it counts, and whole or undone after a crash.
public final class Authorities: Sendable {
    private struct State {
        var standing: AuthorityStanding
        var acting: Authority
        var next: Authority?
        var former: FormerAuthority?
        var revision = 0
        var shown: Set<GatewayIdentity> = []
        /// Enrolments that were begun and not ended: each is to end under the authority under which it began.
        var enrolments = 0

        var newest: Authority { next ?? acting }
    }

    private let folder: String
    /// How long the certificates live that are issued from here on.
    public let life: CertificateLife
    /// The numbers of the workers' certificates.
    public let register: CertificateRegister
    private let state: Mutex<State>

    /// The authorities in `folder`.
    ///
    /// - Throws: ``TrustError`` with `file` or `certificate-invalid`, naming the file.
    public init(in folder: String, life: CertificateLife = .standard) throws(TrustError) {
        self.folder = folder
        self.life = life
        register = try CertificateRegister(in: folder)
        let standing = try AuthorityStanding.load(from: folder)
        var state = State(standing: standing, acting: try Authority.load(from: folder, generation: standing.acting))
        if let other = standing.other {
            if other > standing.acting {
                state.next = try Authority.load(from: folder, generation: other)
            } else {
                state.former = try FormerAuthority.load(from: folder, generation: other)
            }
        }
        self.state = Mutex(state)
        Self.erase(before: standing, in: folder)
    }

    /// Makes the first authority of a migration in `folder`.
    public static func establish(in folder: String, at now: Instant, life: CertificateLife = .standard) throws -> Authorities {
        try Authority.make(named: name(1), at: now).store(in: folder)
        return try Authorities(in: folder, life: life)
    }

    private static func name(_ generation: Int) -> String { "Skein migration authority" + (generation > 1 ? " \(generation)" : "") }

    /// What a switch or a retirement that was cut off left behind: keys that sign nothing any more, and certificates that are not trusted.
    private static func erase(before standing: AuthorityStanding, in folder: String) {
        let former = standing.acting - 1
        guard former > 0 else { return }
        SecretFile.erase(Authority.keyPath(folder, former))
        if standing.other != former { SecretFile.erase(Authority.certificatePath(folder, former)) }
    }
}

// MARK: - What is trusted, and who signs

extension Authorities {
    /// SHA-256 of the acting authority's certificate (DER), hexadecimal: what invitations carry.
    public var fingerprint: String { state.withLock { $0.acting.fingerprint } }
    /// The acting authority's certificate, PEM.
    public var certificatePEM: String { state.withLock { $0.acting.certificatePEM } }
    /// The certificates of all that are trusted, PEM, the acting one first.
    public var trustedPEM: [String] {
        state.withLock { state in [state.acting.certificatePEM, state.next?.certificatePEM, state.former?.certificatePEM].compactMap { $0 } }
    }
    /// The certificates that a worker is to trust, PEM: of the authorities that the coordinator shows certificates of, now or next.
    public var workersTrustPEM: [String] {
        state.withLock { state in [state.acting.certificatePEM, state.next?.certificatePEM].compactMap { $0 } }
    }
    /// Grows with each change of what is trusted or who acts.
    public var revision: Int { state.withLock { $0.revision } }
    /// What an operator is told.
    public var overview: AuthorityOverview {
        state.withLock { state in
            AuthorityOverview(acting: state.acting.fingerprint, next: state.next?.fingerprint, former: state.former?.fingerprint)
        }
    }

    /// A certificate with a new key for the coordinator's end of the line, and what it is to trust.
    public func issueCoordinator(at now: Instant) throws -> Identity {
        let others = trustedPEM.dropFirst().joined()
        return try state.withLock(\.acting).issueCoordinator(at: now, for: life, trusting: others)
    }

    /// A certificate for a worker that joins: of the acting authority, the one that its invitation names.
    ///
    /// - Returns: the certificate, PEM.
    /// - Throws: ``TrustError`` with `signing-request-invalid` or `file`.
    public func enrolWorker(for signingRequest: String, name: String, identity: GatewayIdentity, at now: Instant) throws -> String {
        try state.withLock(\.acting).issueWorker(
            for: signingRequest, name: name, identity: identity, number: register.next(), at: now, for: life)
    }

    /// A certificate for a worker that has one already: of the newest authority.
    ///
    /// - Returns: the certificate, PEM.
    /// - Throws: ``TrustError`` with `signing-request-invalid` or `file`.
    public func renewWorker(for signingRequest: String, name: String, identity: GatewayIdentity, at now: Instant) throws -> String {
        try state.withLock(\.newest).issueWorker(
            for: signingRequest, name: name, identity: identity, number: register.next(), at: now, for: life)
    }

    /// Whether a worker with this certificate is to ask for a new one: it is a day old, is not of the newest authority, or was issued before the
    /// acting one acted, when the worker was told to trust the former one too.
    public func isRenewalDue(_ certificate: PeerCertificate, at now: Instant) -> Bool {
        let isOld = state.withLock { state in
            // A clock that was put back to before the switch dates new certificates before it too: they would be replaced again and again.
            let since = state.standing.since.flatMap { $0 <= now ? $0 : nil }
            return state.newest.keyIdentifier != certificate.authorityKey || since.map { certificate.issued < $0 } ?? false
        }
        return isOld || life.isRenewalDue(end: certificate.end, at: now)
    }

    /// Why a certificate that was good at the handshake is not good any more; nil when it is.
    public func fault(of certificate: PeerCertificate, at now: Instant) -> String? {
        guard now < certificate.end else { return "its certificate expired" }
        let isTrusted = state.withLock { state in
            [state.acting.keyIdentifier, state.next?.keyIdentifier, state.former?.keyIdentifier].contains(certificate.authorityKey)
        }
        return isTrusted ? nil : "its certificate's authority was retired"
    }
}

// MARK: - Changing authorities

extension Authorities {
    /// A worker has shown this certificate: if it is of the newest authority, the worker trusts that.
    public func noteShown(_ certificate: PeerCertificate) {
        guard case .worker(_, let identity)? = certificate.role else { return }
        state.withLock { state in
            if state.newest.keyIdentifier == certificate.authorityKey { state.shown.insert(identity) }
        }
    }

    /// Whether the worker of this identity has shown, since this coordinator started, that it trusts the newest authority.
    public func hasShownNewest(_ identity: GatewayIdentity) -> Bool { state.withLock { $0.shown.contains(identity) } }

    /// Makes the next authority.
    ///
    /// - Throws: ``TrustError`` with `authority-standing` when two are trusted already; `file`.
    public func rotate(at now: Instant) throws {
        try state.withLock { state in
            guard state.standing.other == nil else {
                throw TrustError(
                    .authorityStanding,
                    state.next == nil
                        ? "the former authority is still trusted: retire it before the next rotation"
                        : "a rotation is under way: the next authority does not act yet")
            }
            let generation = state.standing.acting + 1
            let next = try Authority.make(named: Self.name(generation), at: now)
            try next.store(in: folder, generation: generation)
            try move(&state, to: AuthorityStanding(acting: state.standing.acting, other: generation, since: state.standing.since))
            state.next = next
            state.shown = []
        }
    }

    /// Lets the next authority act, from `now` on.
    ///
    /// - Throws: ``TrustError`` with `authority-standing` when there is none, or a worker is enrolling under the acting one; `file`.
    public func switchOver(at now: Instant) throws(TrustError) {
        let isDone = try switchOver(at: now) { _ in true }
        guard isDone else { throw TrustError(.authorityStanding, "a worker is enrolling at this moment: ask again") }
    }

    /// The same, if it is trusted: `isTrusted` is asked while no enrolment is under way, so that it knows of all who enrolled under the acting one. It is
    /// given who has shown that he trusts the next one.
    ///
    /// - Returns: whether the next authority acts now.
    public func switchOver(at now: Instant, if isTrusted: (Set<GatewayIdentity>) -> Bool) throws(TrustError) -> Bool {
        try state.withLock { state throws(TrustError) in
            guard let next = state.next else { throw TrustError(.authorityStanding, "no rotation is under way") }
            guard state.enrolments == 0, isTrusted(state.shown) else { return false }
            let former = state.standing.acting
            try move(&state, to: AuthorityStanding(acting: former + 1, other: former, since: now))
            state.former = FormerAuthority(state.acting)
            (state.acting, state.next) = (next, nil)
            return true
        }
    }

    /// Begins an enrolment over a connection on which the coordinator has shown a certificate of the authority with this fingerprint. Where that still
    /// acts, it does until ``enrolmentEnded()``.
    ///
    /// - Returns: whether it still acts; if not, a certificate of the authority that does would be of no use to the worker.
    public func enrolmentBegins(under fingerprint: String) -> Bool {
        state.withLock { state in
            guard state.acting.fingerprint == fingerprint else { return false }
            state.enrolments += 1
            return true
        }
    }

    /// Ends an enrolment that was begun.
    public func enrolmentEnded() { state.withLock { $0.enrolments -= 1 } }

    /// Refuses from now on what the former authority signed.
    ///
    /// - Throws: ``TrustError`` with `authority-standing` when there is none; `file`.
    public func retire() throws(TrustError) {
        try state.withLock { state throws(TrustError) in
            guard state.former != nil else { throw TrustError(.authorityStanding, "no former authority is trusted: there is none to retire") }
            try move(&state, to: AuthorityStanding(acting: state.standing.acting, since: state.standing.since))
            state.former = nil
        }
    }

    private func move(_ state: inout State, to standing: AuthorityStanding) throws(TrustError) {
        try standing.store(in: folder)
        state.standing = standing
        state.revision += 1
        Self.erase(before: standing, in: folder)
    }
}
