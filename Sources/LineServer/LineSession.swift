import LineProtocol
import Trust

/// What one connection may say, by who it is and what it said before. Pure: the connection around it does the work.
struct LineSession {
    /// Who is at the other end.
    enum Peer: Equatable {
        /// No certificate.
        case stranger
        /// A worker's certificate of our authority.
        case worker(name: String, identity: GatewayIdentity)
        /// A certificate of our authority that is no worker's, or one that is superseded.
        case other
    }

    /// What is to be done with a line.
    enum Step: Equatable {
        /// Answer without the engine.
        case reply(Reply)
        /// Answer with the authority's certificate.
        case authority
        /// Let the engine redeem an invitation.
        case enrol(EnrolRequest)
        /// Let the engine answer.
        case engine(GatewayIdentity, Request)
        /// Let the engine allow a new certificate.
        case renew(GatewayIdentity, RenewRequest)
        /// Take what it says of a preview, if the engine still listens to it.
        case preview(GatewayIdentity, PreviewRequest)
    }

    private enum Hello: Equatable {
        case missing, asked
        case done(version: Int)
    }

    let peer: Peer
    private var hello = Hello.missing

    init(peer: Peer) { self.peer = peer }

    /// Whether the next line may be looked at before all earlier replies are known: not while `HELLO` is asked.
    var mayGoOn: Bool { hello != .asked }

    /// Decides on a request.
    mutating func receive(_ request: Request) -> Step {
        switch request {
        case .authority: return .authority
        case .enrol(let body): return .enrol(body)
        case .hello, .beat, .medium, .inventory, .lease, .result, .renew, .preview, .members: break
        }
        switch peer {
        case .stranger:
            return refuse(.notAuthenticated, "\(request.verb.rawValue) needs a worker's certificate; without one only AUTHORITY and ENROL are answered")
        case .other:
            return refuse(.notAuthenticated, "\(request.verb.rawValue) needs a worker's certificate; this one is not a worker's")
        case .worker(_, let identity):
            if request.verb == .hello { hello = .asked }
            return step(for: request, of: identity)
        }
    }

    private func step(for request: Request, of identity: GatewayIdentity) -> Step {
        switch hello {
        case .missing: return refuse(.helloMissing, "\(request.verb.rawValue) needs HELLO first on this connection")
        case .done(let version) where request.verb.firstVersion > version:
            return refuse(
                .unknownVerb, "\(request.verb.rawValue) is a verb of version \(request.verb.firstVersion); this connection speaks version \(version)")
        case .asked, .done:
            if case .renew(let body) = request { return .renew(identity, body) }
            if case .preview(let body) = request { return .preview(identity, body) }
            return .engine(identity, request)
        }
    }

    /// Whether the worker knows the order to renew its certificate.
    var mayRenew: Bool { if case .done(let version) = hello { version >= LineLimits.renewingVersion } else { false } }

    /// Whether the worker knows the order to make previews.
    var makesPreviews: Bool { if case .done(let version) = hello { version >= LineLimits.previewVersion } else { false } }

    /// Takes note of the engine's answer to a request of `verb`.
    mutating func answered(_ verb: Verb, with reply: Reply) {
        guard verb == .hello else { return }
        if case .hello(let body) = reply { hello = .done(version: body.version) } else { hello = .missing }
    }

    private func refuse(_ code: LineError.Code, _ message: String) -> Step { .reply(.error(LineError(code, message))) }
}
