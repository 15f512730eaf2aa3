import Foundation
import Migration
import Testing

@testable import Trust

@Suite struct RenewalTests {
    let now = Instant(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
    let authority: Authority
    let next: Authority
    let identity: Identity
    let uuid = GatewayIdentity()

    init() async throws {
        authority = try Authority.make(named: "this hospital", at: now)
        next = try Authority.make(named: "this hospital 2", at: now)
        let enrolment = try Enrolment(by: Invitation(host: "h", port: 1, authority: authority.fingerprint, secret: InvitationSecret()))
        let issued = try authority.issueWorker(for: enrolment.signingRequest, name: "g", identity: uuid, at: now)
        identity = try await enrolment.accept(certificate: issued, authority: authority.certificatePEM)
    }

    @Test("A certificate of the next authority is taken, with both authorities and a new key")
    func taken() async throws {
        let renewal = try Renewal(of: identity)
        let issued = try next.issueWorker(for: renewal.signingRequest, name: "g", identity: uuid, at: now)
        let both = [authority.certificatePEM, next.certificatePEM]
        let renewed = try await renewal.accept(certificate: issued, authorities: both)
        #expect(try renewed.role() == identity.role())
        #expect(renewed.authorityPEM == both.joined())
        #expect(renewed.keyPEM != identity.keyPEM)
    }

    @Test("A certificate for another worker, another key, or of an authority that was not named is not taken")
    func refused() async throws {
        let renewal = try Renewal(of: identity)
        let other = try authority.issueWorker(for: renewal.signingRequest, name: "g", identity: GatewayIdentity(), at: now)
        let anotherKey = try authority.issueWorker(for: SigningRequest().pem, name: "g", identity: uuid, at: now)
        let foreign = try next.issueWorker(for: renewal.signingRequest, name: "g", identity: uuid, at: now)
        for certificate in [other, anotherKey, foreign, "hello"] {
            await #expect(throws: TrustError.self) {
                try await renewal.accept(certificate: certificate, authorities: [authority.certificatePEM])
            }
        }
    }

    @Test("An identity that was half replaced when the power failed is whole when it is read again")
    func crash() async throws {
        let folder = try TemporaryFolder()
        try identity.store(in: folder.path, named: "worker")
        let renewal = try Renewal(of: identity)
        let issued = try next.issueWorker(for: renewal.signingRequest, name: "g", identity: uuid, at: now)
        let renewed = try await renewal.accept(certificate: issued, authorities: [authority.certificatePEM, next.certificatePEM])
        // As store leaves it between its second and its third file.
        let whole = renewed.keyPEM + renewed.certificatePEM + renewed.authorityPEM
        try whole.write(toFile: folder.path + "/worker-new.pem", atomically: true, encoding: .utf8)
        try renewed.keyPEM.write(toFile: folder.path + "/worker-key.pem", atomically: true, encoding: .utf8)
        #expect(Identity.isStored(in: folder.path, named: "worker"))
        #expect(try Identity.load(from: folder.path, named: "worker") == renewed)
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/worker-new.pem"))
        #expect(try Identity.load(from: folder.path, named: "worker") == renewed)
        let verified = try OpenSSL.run(["verify", "-CAfile", folder.path + "/authority.pem", folder.path + "/worker.pem"])
        #expect(verified.status == 0)
        #expect(try folder.mode(of: "worker-key.pem") == 0o600)
    }
}
