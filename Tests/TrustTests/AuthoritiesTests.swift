import Foundation
import Migration
import Testing
import X509

@testable import Trust

@Suite struct AuthoritiesTests {
    let now = Instant(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
    let folder: TemporaryFolder
    let authorities: Authorities
    let identity = GatewayIdentity()

    init() throws {
        folder = try TemporaryFolder()
        authorities = try Authorities.establish(in: folder.path, at: now)
    }

    private func certificate(at moment: Instant, renewed: Bool) throws -> PeerCertificate {
        let request = try SigningRequest().pem
        let pem = try renewed
            ? authorities.renewWorker(for: request, name: "g", identity: identity, at: moment)
            : authorities.enrolWorker(for: request, name: "g", identity: identity, at: moment)
        return PeerCertificate(try Certificate(pemEncoded: pem))
    }

    private func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: "\(folder.path)/\(name)") }

    @Test("A rotation goes from one authority over two to the next, each step on disk, and the former key is erased")
    func rotation() throws {
        let first = authorities.fingerprint
        let before = try certificate(at: now, renewed: false)
        try authorities.rotate(at: now)
        let next = try #require(authorities.overview.next)
        #expect(authorities.fingerprint == first)
        #expect(authorities.isRenewalDue(before, at: now))
        let joined = try certificate(at: now, renewed: false)
        #expect(joined.authorityKey == before.authorityKey)
        let renewed = try certificate(at: now, renewed: true)
        #expect(!authorities.isRenewalDue(renewed, at: now))
        authorities.noteShown(joined)
        #expect(!authorities.hasShownNewest(identity))
        authorities.noteShown(renewed)
        #expect(authorities.hasShownNewest(identity))
        #expect(authorities.workersTrustPEM.count == 2)
        #expect(try Authorities(in: folder.path).overview == authorities.overview)

        let later = now + .minutes(5)
        try authorities.switchOver(at: later)
        #expect(authorities.overview == AuthorityOverview(acting: next, next: nil, former: first))
        #expect(!exists("authority-key.pem"))
        #expect(try folder.mode(of: "authority-2-key.pem") == 0o600)
        #expect(authorities.trustedPEM.count == 2)
        #expect(authorities.workersTrustPEM.count == 1)
        #expect(authorities.fault(of: before, at: later) == nil)
        // What was issued before the switch came with the former authority to trust: it is replaced.
        #expect(authorities.isRenewalDue(renewed, at: later))
        #expect(try !authorities.isRenewalDue(certificate(at: later + .seconds(1), renewed: true), at: later + .seconds(1)))
        #expect(try Authorities(in: folder.path).overview == authorities.overview)

        try authorities.retire()
        #expect(authorities.overview == AuthorityOverview(acting: next, next: nil, former: nil))
        #expect(authorities.fault(of: before, at: later)?.contains("retired") == true)
        #expect(authorities.fault(of: renewed, at: later) == nil)
        #expect(!exists("authority.pem"))
        #expect(try Authorities(in: folder.path).overview == authorities.overview)
        #expect(try Authorities(in: folder.path).certificatePEM == authorities.certificatePEM)
    }

    @Test("A second rotation, a switch without a rotation and a retirement without a former authority are refused")
    func refusals() throws {
        func isRefused(_ change: () throws -> Void) {
            let error = #expect(throws: TrustError.self) { try change() }
            #expect(error?.code == .authorityStanding)
        }
        isRefused { try authorities.switchOver(at: now) }
        isRefused { try authorities.retire() }
        try authorities.rotate(at: now)
        isRefused { try authorities.rotate(at: now) }
        isRefused { try authorities.retire() }
        try authorities.switchOver(at: now)
        isRefused { try authorities.rotate(at: now) }
    }

    @Test("A rotation that was cut off before it counted leaves one authority; a switch cut off before the key was erased is finished")
    func cutOff() throws {
        let first = authorities.fingerprint
        try Authority.make(named: "half", at: now).store(in: folder.path, generation: 2)
        #expect(try Authorities(in: folder.path).overview == AuthorityOverview(acting: first, next: nil, former: nil))
        try authorities.rotate(at: now)
        let key = try String(contentsOfFile: folder.path + "/authority-key.pem", encoding: .utf8)
        try authorities.switchOver(at: now)
        try key.write(toFile: folder.path + "/authority-key.pem", atomically: true, encoding: .utf8)
        _ = try Authorities(in: folder.path)
        #expect(!exists("authority-key.pem"))
    }

    @Test("A file that says something else than which authority acts is named", arguments: ["", "{}", "{\"acting\":0}", "{\"acting\":3,\"other\":1}"])
    func badStanding(text: String) throws {
        try text.write(toFile: folder.path + "/authorities.json", atomically: true, encoding: .utf8)
        let error = #expect(throws: TrustError.self) { try Authorities(in: folder.path) }
        #expect(error?.message.contains("\(folder.path)/authorities.json") == true)
    }

    @Test("A certificate is renewed when it is a day old, of short lives a seventh, and when it lives longer than certificates may now")
    func lives() throws {
        let day = 24 * 60
        let week = CertificateLife.standard
        #expect(!week.isRenewalDue(end: now + .minutes(7 * Int64(day)), at: now))
        #expect(!week.isRenewalDue(end: now + .minutes(6 * Int64(day)), at: now))
        #expect(week.isRenewalDue(end: now + .minutes(6 * Int64(day) - 1), at: now), "so it may be away for six days from now on")
        let life = CertificateLife(.minutes(700))
        #expect(!life.isRenewalDue(end: now + .minutes(600), at: now))
        #expect(life.isRenewalDue(end: now + .minutes(599), at: now))
        #expect(life.isRenewalDue(end: now + .minutes(-1), at: now))
        #expect(life.isRenewalDue(end: now + .minutes(702), at: now))
        let certificate = try certificate(at: now, renewed: false)
        #expect(abs(certificate.end.since(now + .minutes(7 * 24 * 60)).milliseconds) <= 1000)
        #expect(authorities.fault(of: certificate, at: certificate.end)?.contains("expired") == true)
    }

    @Test("A clock that was put back after a switch orders no renewal of what was renewed since")
    func clockPutBack() throws {
        try authorities.rotate(at: now)
        let ahead = now + .minutes(3 * 24 * 60)
        try authorities.switchOver(at: ahead)
        let renewed = try certificate(at: now, renewed: true)
        #expect(!authorities.isRenewalDue(renewed, at: now))
        #expect(!authorities.isRenewalDue(renewed, at: now + .minutes(60)))
        #expect(authorities.isRenewalDue(renewed, at: ahead), "the clock has caught up")
    }
}
