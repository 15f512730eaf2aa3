import Testing

@testable import Trust

@Suite struct InvitationTests {
    let fingerprint = String(repeating: "0123456789abcdef", count: 4)
    let secret = "abcdefghijklmnopqrstuvwxyz234567"

    @Test("An invitation reads as it was written", arguments: ["coordinator.hospital.example", "10.1.2.3", "fe80::1"])
    func roundTrip(host: String) throws {
        let invitation = Invitation(host: host, port: 2763, authority: fingerprint, secret: InvitationSecret())
        #expect(try Invitation(parsing: " \(invitation.line)\r\n") == invitation)
    }

    @Test("An IPv6 address stands in brackets")
    func brackets() throws {
        let invitation = Invitation(host: "fe80::1", port: 2763, authority: fingerprint, secret: try #require(InvitationSecret(secret)))
        #expect(invitation.line == "skein1:[fe80::1]:2763:\(fingerprint):\(secret)")
    }

    @Test("What is wrong is named by its part, and the secret is not repeated", arguments: [
        ("hello", "skein1:"),
        ("skein2:h:1:FINGERPRINT:SECRET", "skein1:"),
        ("skein1:h:1:FINGERPRINT", "4 parts"),
        ("skein1::1:FINGERPRINT:SECRET", "host"),
        ("skein1:fe80::1:1:FINGERPRINT:SECRET", "brackets"),
        ("skein1:h:0:FINGERPRINT:SECRET", "port"),
        ("skein1:h:65536:FINGERPRINT:SECRET", "port"),
        ("skein1:h:x:FINGERPRINT:SECRET", "port"),
        ("skein1:h:1:abc:SECRET", "fingerprint"),
        ("skein1:h:1:FINGERPRINT:SECRE", "secret"),
    ])
    func malformed(text: String, part: String) throws {
        let cut = String(secret.dropLast())
        let line = text.replacing("FINGERPRINT", with: fingerprint).replacing("SECRET", with: secret).replacing("SECRE", with: cut)
        let error = #expect(throws: TrustError.self) { try Invitation(parsing: line) }
        #expect(error?.code == .invitationMalformed)
        #expect(error?.message.contains(part) == true)
        #expect(error?.message.contains(cut) == false)
    }

    @Test("A secret shows itself only when asked to")
    func redacted() throws {
        let secret = InvitationSecret()
        let invitation = Invitation(host: "h", port: 1, authority: fingerprint, secret: secret)
        var dumped = ""
        dump(invitation, to: &dumped)
        #expect(!"\(invitation) \(String(reflecting: secret)) \(dumped)".contains(secret.reveal()))
    }

    @Test("Secrets differ, and so do their digests")
    func random() {
        let secrets = (0..<100).map { _ in InvitationSecret() }
        #expect(Set(secrets).count == 100)
        #expect(Set(secrets.map(\.digest)).count == 100)
        #expect(secrets.allSatisfy { $0.digest.count == 32 })
    }
}
