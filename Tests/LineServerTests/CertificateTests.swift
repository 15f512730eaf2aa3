import Foundation
import Migration
import NIOSSL
import Testing

@testable import LineServer
@testable import Trust

@Suite("Certificates on the line", .timeLimit(.minutes(5)))
struct CertificateTests {
    private func hello(_ versions: String) -> String { #"HELLO {"versions":\#(versions),"program":"test","spool":"s","custody":[]}"# }
    private let beat = #"BEAT {"grants":[],"drives":[],"spoolBytes":0,"spoolLimit":1}"#

    @Test("After a rotation a worker renews, the next authority acts, and after its retirement the former one's certificates are refused")
    func rotation() async throws {
        let coordinator = try await TestCoordinator()
        let old = try await coordinator.enrol("gateway1")
        let peer = try await coordinator.connect(old)
        _ = try await peer.ask(hello("[2,1]"))
        #expect(try await peer.ask(beat)?.contains(#"{"order":"renew"}"#) == false)

        try coordinator.authorities.rotate(at: SystemClock.reading())
        #expect(try await peer.ask(beat)?.contains(#"{"order":"renew"}"#) == true)
        let renewed = try await peer.renew(old)
        coordinator.server.upkeep.run(at: SystemClock.reading())
        #expect(coordinator.authorities.overview.next != nil, "nobody has shown the new certificate yet")

        let second = try await coordinator.connect(renewed)
        _ = try await second.ask(hello("[2,1]"))
        coordinator.server.upkeep.run(at: SystemClock.reading())
        #expect(coordinator.authorities.overview.next == nil)
        #expect(coordinator.authorities.overview.former != nil)

        // The coordinator shows a certificate of the second authority now: whoever trusts the first alone does not believe it.
        let left = try await coordinator.connect(old)
        try? await left.say(hello("[2,1]"))
        #expect(await left.hear() == nil)
        let third = try await coordinator.connect(renewed)
        #expect(try await third.ask(hello("[2,1]"))?.hasPrefix("OK ") == true)

        try coordinator.authorities.retire()
        #expect(await peer.hear() == nil, "the connection of the old certificate is closed")
        #expect(try await third.ask(beat)?.hasPrefix("OK ") == true)
        await coordinator.stop()
    }

    @Test("The key of a spool is one enrolment's: with each HELLO, after a renewal too; version 1 and a revoked worker get none")
    func spoolKeys() async throws {
        let key = { (reply: String?) in
            reply.flatMap { $0.firstMatch(of: /"staging":\{"encrypted":true,"key":"([0-9a-f]{64})"\}/) }.map { String($0.1) }
        }
        let coordinator = try await TestCoordinator()
        let identity = try await coordinator.enrol("gateway1")
        let peer = try await coordinator.connect(identity)
        #expect(try await peer.ask(hello("[1]"))?.contains("staging") == false)
        let first = try #require(key(try await peer.ask(hello("[2,1]"))))
        #expect(key(try await peer.ask(hello("[2,1]"))) == first)
        let renewed = try await coordinator.connect(peer.renew(identity))
        #expect(key(try await renewed.ask(hello("[2,1]"))) == first)
        let other = try await coordinator.connect(coordinator.enrol("gateway2"))
        #expect(try #require(key(try await other.ask(hello("[2,1]")))) != first)
        try await coordinator.act(.revoke(worker: "gateway1"))
        #expect(try await renewed.ask(hello("[2,1]"))?.contains("revoked") == true)
        let anew = try await coordinator.connect(coordinator.enrol("gateway1"))
        #expect(try #require(key(try await anew.ask(hello("[2,1]")))) != first)
        await coordinator.stop()
    }

    @Test("A worker that speaks version 1 is not told to renew")
    func older() async throws {
        let coordinator = try await TestCoordinator()
        let peer = try await coordinator.connect(coordinator.enrol("gateway1"))
        _ = try await peer.ask(hello("[1]"))
        try coordinator.authorities.rotate(at: SystemClock.reading())
        #expect(try await peer.ask(beat)?.contains("renew") == false)
        await coordinator.stop()
    }

    @Test("A connection ends with its certificate, and an expired certificate is refused")
    func expiry() async throws {
        let coordinator = try await TestCoordinator(life: CertificateLife(.seconds(10)))
        let identity = try await coordinator.enrol("gateway1")
        let peer = try await coordinator.connect(identity)
        #expect(try await peer.ask(hello("[2,1]"))?.hasPrefix("OK ") == true)
        #expect(await peer.hear() == nil)
        let again = try await coordinator.connect(identity)
        try? await again.say(hello("[2,1]"))
        #expect(await again.hear() == nil)
        await coordinator.stop()
    }

    @Test("The coordinator renews its own certificate before it ends")
    func ownCertificate() async throws {
        let coordinator = try await TestCoordinator(life: CertificateLife(.seconds(6)))
        let now = SystemClock.reading()
        let security = try ServerSecurity(coordinator.authorities, at: now)
        let first = try security.shown(at: now).context
        #expect(try security.shown(at: now + Interval(milliseconds: 100)).context === first)
        #expect(try security.shown(at: now + .seconds(2)).context !== first)
        await coordinator.stop()
    }

    @Test("A revoked worker gets no new certificate, hears why on its open connection, and is cut off")
    func revoked() async throws {
        let coordinator = try await TestCoordinator()
        let identity = try await coordinator.enrol("gateway1")
        let other = try await coordinator.connect(coordinator.enrol("gateway2"))
        let peer = try await coordinator.connect(identity)
        _ = try await peer.ask(hello("[2,1]"))
        _ = try await other.ask(hello("[2,1]"))
        try await coordinator.act(.revoke(worker: "gateway1"))
        let body = try JSONEncoder().encode(["signingRequest": Renewal(of: identity).signingRequest])
        let reply = try await peer.ask("RENEW " + String(decoding: body, as: UTF8.self))
        #expect(reply?.hasPrefix(#"ERR {"code":"revoked""#) == true)
        let now = SystemClock.reading()
        coordinator.server.upkeep.run(at: now)
        coordinator.server.upkeep.run(at: now + ConnectionLimits.revokedGrace)
        #expect(await peer.hear() == nil)
        #expect(try await other.ask(beat)?.hasPrefix("OK ") == true)
        await coordinator.stop()
    }

    @Test("A certificate of a week is renewed when it is a day old, and the order is not said again while its answer may be on its way")
    func daily() async throws {
        let coordinator = try await TestCoordinator()
        let worker = try Self.identity(of: await coordinator.enrol("gateway1"))
        let now = SystemClock.reading()
        let certificate = try coordinator.authorities.enrolWorker(
            for: SigningRequest().pem, name: "gateway1", identity: worker, at: now + .minutes(-24 * 60 - 1))
        let peer = try PeerCertificate(verified: NIOSSLCertificate(bytes: Array(certificate.utf8), format: .pem))
        let service = coordinator.server.upkeep.service
        #expect(service.ordersRenewal(of: peer))
        #expect(service.renewals.take(worker, with: peer, isOrdered: true, at: .now()) == nil)
        #expect(!service.ordersRenewal(of: peer))
        await coordinator.stop()
    }

    @Test("Once a renewed certificate has spoken the older one is refused on every line; before, it is not, and a renewal that was lost is made again")
    func superseded() async throws {
        let coordinator = try await TestCoordinator()
        let old = try await coordinator.enrol("gateway1")
        let peer = try await coordinator.connect(old)
        _ = try await peer.ask(hello("[2,1]"))
        let new = try await peer.renew(old)
        // The worker crashed before it stored the new one: it goes on with the old one.
        let again = try await coordinator.connect(old)
        #expect(try await again.ask(hello("[2,1]"))?.hasPrefix("OK ") == true)
        let second = try await coordinator.connect(new)
        #expect(try await peer.ask(beat)?.hasPrefix("OK ") == true, "a handshake alone is no word")
        #expect(try await second.ask(hello("[2,1]"))?.hasPrefix("OK ") == true)
        for line in [beat, hello("[2,1]"), #"LEASE {"count":1}"#, #"RENEW {"signingRequest":""}"#] {
            #expect(try await peer.ask(line)?.hasPrefix(#"ERR {"code":"certificate-superseded""#) == true, "\(line)")
        }
        #expect(try await second.ask(beat)?.hasPrefix("OK ") == true)
        await coordinator.stop()
    }

    @Test("Who enrols while the authorities are exchanged gets a certificate of the one that it knows, and the exchange waits; later his invitation is not used up")
    func enrolmentDuringSwitch() async throws {
        let coordinator = try await TestCoordinator()
        let authorities = coordinator.authorities
        let first = authorities.fingerprint
        let secret = try await coordinator.invite("gateway1")
        let stranger = try await coordinator.stranger()
        #expect(try await stranger.ask("AUTHORITY {}") != nil)
        try authorities.rotate(at: SystemClock.reading())
        // As between an ENROL and its answer.
        #expect(authorities.enrolmentBegins(under: first))
        coordinator.server.upkeep.run(at: SystemClock.reading())
        #expect(authorities.overview.next != nil)
        #expect(throws: TrustError.self) { try authorities.switchOver(at: SystemClock.reading()) }
        authorities.enrolmentEnded()
        try authorities.switchOver(at: SystemClock.reading())
        let body = try JSONEncoder().encode(["secret": secret.reveal(), "signingRequest": SigningRequest().pem])
        let reply = try await stranger.ask("ENROL " + String(decoding: body, as: UTF8.self))
        #expect(reply?.hasPrefix(#"ERR {"code":"invitation-expired","message":"the authority that the invitation names was replaced"#) == true)
        #expect(coordinator.engine.live.workers.isEmpty)
        await coordinator.stop()
    }

    private static func identity(of identity: Identity) throws -> GatewayIdentity {
        guard case .worker(_, let identity) = try identity.role() else { throw TestCoordinator.Refused(action: "role") }
        return identity
    }

    @Test("A worker enrolled again under its old name has a new identity, and the old certificate stays refused")
    func enrolledAgain() async throws {
        let coordinator = try await TestCoordinator()
        let first = try await coordinator.enrol("gateway1")
        try await coordinator.act(.revoke(worker: "gateway1"))
        let second = try await coordinator.enrol("gateway1")
        #expect(try first.role() != second.role())
        let old = try await coordinator.connect(first)
        #expect(try await old.ask(hello("[2,1]"))?.hasPrefix(#"ERR {"code":"revoked""#) == true)
        let new = try await coordinator.connect(second)
        #expect(try await new.ask(hello("[2,1]"))?.hasPrefix("OK ") == true)
        await coordinator.stop()
    }
}
