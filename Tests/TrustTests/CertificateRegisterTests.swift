import Foundation
import Migration
import Testing
import X509

@testable import Trust

@Suite struct CertificateRegisterTests {
    let now = Instant(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
    let folder: TemporaryFolder
    let authorities: Authorities

    init() throws {
        folder = try TemporaryFolder()
        authorities = try Authorities.establish(in: folder.path, at: now)
    }

    private func certificate(of worker: GatewayIdentity, by authorities: Authorities? = nil) throws -> PeerCertificate {
        let pem = try (authorities ?? self.authorities).renewWorker(for: SigningRequest().pem, name: "g", identity: worker, at: now)
        return PeerCertificate(try Certificate(pemEncoded: pem))
    }

    @Test("Each certificate has a greater number than all before it, after a restart and after a crash too")
    func numbers() throws {
        let worker = GatewayIdentity()
        var last: Int64 = 0
        for _ in 0..<3 {
            // Nothing is stored at an end: each is a crash.
            let restarted = try Authorities(in: folder.path)
            for _ in 0..<2 {
                let number = try certificate(of: worker, by: restarted).number
                #expect(number > last)
                last = number
            }
        }
    }

    @Test("What a worker has spoken with supersedes its older certificates, and nobody else's; it is known after a restart")
    func superseded() throws {
        let (worker, other) = (GatewayIdentity(), GatewayIdentity())
        let (old, others) = (try certificate(of: worker), try certificate(of: other))
        let (new, thiefs) = (try certificate(of: worker), try certificate(of: worker))
        let register = authorities.register
        #expect(!register.isSuperseded(old))
        register.noteSpoken(new)
        register.noteSpoken(old)
        #expect(register.isSuperseded(old))
        #expect(!register.isSuperseded(new))
        #expect(!register.isSuperseded(others))
        // Of two that were renewed from one, the second one to be issued is left, so that the theft shows.
        register.noteSpoken(thiefs)
        #expect(register.isSuperseded(new))
        try register.store()
        let restarted = try Authorities(in: folder.path).register
        #expect(restarted.isSuperseded(new))
        #expect(!restarted.isSuperseded(thiefs))
        #expect(try folder.mode(of: "certificates.json") == 0o600)
    }

    @Test("A certificate of before numbers were given is the oldest")
    func unnumbered() throws {
        let worker = GatewayIdentity()
        let authority = try Authority.load(from: folder.path)
        let first = try authority.issueWorker(for: SigningRequest().pem, name: "g", identity: worker, at: now)
        let unnumbered = PeerCertificate(try Certificate(pemEncoded: first))
        #expect(unnumbered.number == 0)
        #expect(!authorities.register.isSuperseded(unnumbered))
        authorities.register.noteSpoken(try certificate(of: worker))
        #expect(authorities.register.isSuperseded(unnumbered))
    }

    @Test("A file that holds something else is named", arguments: ["", "[]", "{\"newest\":7}"])
    func wrongFile(text: String) throws {
        try text.write(toFile: folder.path + "/certificates.json", atomically: true, encoding: .utf8)
        let error = #expect(throws: TrustError.self) { try Authorities(in: folder.path) }
        #expect(error?.message.contains("\(folder.path)/certificates.json") == true)
    }
}
