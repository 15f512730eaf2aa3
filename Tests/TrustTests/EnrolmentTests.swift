import Foundation
import Migration
import Testing

@testable import Trust

@Suite struct EnrolmentTests {
    let now = Instant(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
    let authority: Authority
    let other: Authority

    init() throws {
        authority = try Authority.make(named: "this hospital", at: now)
        other = try Authority.make(named: "this hospital", at: now)
    }

    private func enrolment() throws -> Enrolment {
        try Enrolment(by: Invitation(host: "localhost", port: 2763, authority: authority.fingerprint, secret: InvitationSecret()))
    }

    @Test("The invited authority passes, and the worker's identity is of it")
    func whole() async throws {
        let enrolment = try enrolment()
        let trusted = try enrolment.check(authority: authority.certificatePEM)
        let identity = GatewayIdentity()
        let issued = try authority.issueWorker(for: enrolment.signingRequest, name: "gateway1", identity: identity, at: now)
        let accepted = try await enrolment.accept(certificate: issued, authority: trusted)
        #expect(try accepted.role() == .worker(name: "gateway1", identity: identity))
    }

    @Test("A coordinator of another authority is refused before the secret is said")
    func otherAuthority() throws {
        let enrolment = try enrolment()
        let error = #expect(throws: TrustError.self) { try enrolment.check(authority: other.certificatePEM) }
        #expect(error?.code == .authorityMismatch)
        #expect(error?.message.contains("localhost:2763") == true)
    }

    @Test("A certificate for another key, of another authority, or of another role is not accepted")
    func wrongCertificates() async throws {
        let enrolment = try enrolment()
        let forAnotherKey = try authority.issueWorker(for: SigningRequest().pem, name: "g", identity: GatewayIdentity(), at: now)
        let ofAnotherAuthority = try other.issueWorker(for: enrolment.signingRequest, name: "g", identity: GatewayIdentity(), at: now)
        let expired = try authority.issueWorker(
            for: enrolment.signingRequest, name: "g", identity: GatewayIdentity(), at: Instant(milliseconds: 0))
        for certificate in [forAnotherKey, ofAnotherAuthority, expired, authority.certificatePEM, "hello"] {
            await #expect(throws: TrustError.self) {
                try await enrolment.accept(certificate: certificate, authority: authority.certificatePEM)
            }
        }
    }

    @Test("An identity is the same after it was stored and loaded, its key is private and not in its description")
    func storing() async throws {
        let folder = try TemporaryFolder()
        let enrolment = try enrolment()
        let issued = try authority.issueWorker(for: enrolment.signingRequest, name: "g", identity: GatewayIdentity(), at: now)
        let identity = try await enrolment.accept(certificate: issued, authority: authority.certificatePEM)
        try identity.store(in: folder.path, named: "worker")
        #expect(try Credentials.load(from: folder.path, named: "worker").shown == identity)
        #expect(try folder.mode(of: "worker-key.pem") == 0o600)
        var dumped = ""
        dump(identity, to: &dumped)
        #expect(!"\(identity) \(dumped)".contains("PRIVATE KEY"))
    }
}
