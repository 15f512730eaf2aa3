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

    /// The identity, and one that it was renewed to.
    private func renewed() async throws -> Identity {
        let renewal = try Renewal(of: identity)
        let issued = try next.issueWorker(for: renewal.signingRequest, name: "g", identity: uuid, at: now)
        return try await renewal.accept(certificate: issued, authorities: [authority.certificatePEM, next.certificatePEM])
    }

    private func load(_ folder: TemporaryFolder) throws -> Credentials { try Credentials.load(from: folder.path, named: "worker") }

    @Test("A renewed identity lies beside the former one until it is settled; reading writes nothing")
    func beside() async throws {
        let folder = try TemporaryFolder()
        try identity.store(in: folder.path, named: "worker")
        let renewed = try await renewed()
        try renewed.stage(in: folder.path, named: "worker")
        var credentials = try load(folder)
        #expect(credentials.shown == renewed)
        #expect(credentials.refused() == true)
        #expect(credentials.shown == identity)
        #expect(try load(folder).shown == renewed, "nothing was written")
        #expect(try folder.mode(of: "worker-new.pem") == 0o600)
        try renewed.settle(in: folder.path, named: "worker")
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/worker-new.pem"))
        credentials = try load(folder)
        #expect(credentials.shown == renewed)
        #expect(credentials.refused() == false, "there is no other")
        let verified = try OpenSSL.run(["verify", "-CAfile", folder.path + "/authority.pem", folder.path + "/worker.pem"])
        #expect(verified.status == 0)
        #expect(try folder.mode(of: "worker-key.pem") == 0o600)
    }

    @Test("An identity that was half replaced when the power failed is whole when it is read again, and what is half is not fallen back to")
    func crash() async throws {
        let folder = try TemporaryFolder()
        try identity.store(in: folder.path, named: "worker")
        let renewed = try await renewed()
        try renewed.stage(in: folder.path, named: "worker")
        // As settle leaves it between its first and its second file.
        try renewed.keyPEM.write(toFile: folder.path + "/worker-key.pem", atomically: true, encoding: .utf8)
        #expect(Identity.isStored(in: folder.path, named: "worker"))
        var credentials = try load(folder)
        #expect(credentials.shown == renewed)
        #expect(credentials.refused() == false)
        #expect(credentials.accepted() == .keep(renewed))
        #expect(credentials.accepted() == nil)
    }

    @Test("Of two identities the one that is answered stays; the former one is given up when the new one is known to have spoken")
    func settlement() async throws {
        let renewed = try await renewed()
        var credentials = Credentials(identity)
        #expect(credentials.refused() == false)
        #expect(credentials.superseded() == false, "its only one: somebody else has renewed")
        credentials.renewed(renewed)
        #expect(credentials.shown == renewed)
        #expect(credentials.newest == renewed)
        var fallenBack = credentials
        #expect(credentials.accepted() == .keep(renewed))
        #expect(credentials.shown == renewed)
        #expect(fallenBack.refused() == true)
        var superseded = fallenBack
        #expect(fallenBack.accepted() == .giveUp)
        #expect(fallenBack.shown == identity)
        #expect(superseded.superseded() == true)
        #expect(superseded.shown == renewed)
        #expect(superseded.refused() == false)
        #expect(superseded.superseded() == false)
        #expect(superseded.accepted() == .keep(renewed))
    }
}
