import Foundation
import Migration
import Testing

@testable import Trust

@Suite struct SpoolSecretTests {
    let folder: TemporaryFolder
    var path: String { "\(folder.path)/\(SpoolSecret.fileName)" }

    init() throws { folder = try TemporaryFolder() }

    @Test("The secret is made once, for its owner alone, and gives the same keys ever after, to each enrolment its own")
    func keys() throws {
        let (one, other) = (GatewayIdentity(), GatewayIdentity())
        let first = try SpoolSecret(in: folder.path)
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
        let second = try SpoolSecret(in: folder.path)
        #expect(first.key(of: one) == second.key(of: one))
        #expect(first.key(of: one) != first.key(of: other))
        try FileManager.default.removeItem(atPath: path)
        #expect(try SpoolSecret(in: folder.path).key(of: one) != first.key(of: one))
    }

    @Test("The key is HKDF-SHA256 of the secret (RFC 5869), as another implementation computes it")
    func derivation() throws {
        try "-----BEGIN SKEIN SPOOL SECRET-----\n\(String(repeating: "0b", count: 32))\n-----END SKEIN SPOOL SECRET-----\n"
            .write(toFile: path, atomically: true, encoding: .utf8)
        let identity = try #require(GatewayIdentity("00000000-0000-4000-8000-000000000001"))
        // openssl kdf -keylen 32 -kdfopt digest:SHA256 -kdfopt hexkey:0b… -kdfopt info:"skein spool 0000…0001" HKDF
        #expect(
            try SpoolSecret(in: folder.path).key(of: identity)
                == SpoolKey(hexadecimal: "b4451c7574c254fda56dd93339c47f6d1f00ab412f9c9015341559782820ba8e"))
    }

    @Test("A secret that is damaged is named, never replaced: what workers have staged would be lost")
    func damaged() throws {
        _ = try SpoolSecret(in: folder.path)
        let text = try String(contentsOfFile: path, encoding: .utf8)
        for wrong in ["", String(text.dropLast(40)), text.replacing("SKEIN", with: "OTHER")] {
            try wrong.write(toFile: path, atomically: true, encoding: .utf8)
            #expect { try SpoolSecret(in: folder.path) } throws: { ($0 as? TrustError)?.message.contains(SpoolSecret.fileName) == true }
            #expect(try String(contentsOfFile: path, encoding: .utf8) == wrong)
        }
    }

    @Test("Neither the secret nor a key is shown by interpolation, reflection or dump")
    func redacted() throws {
        let secret = try SpoolSecret(in: folder.path)
        let key = secret.key(of: GatewayIdentity())
        var dumped = ""
        dump((secret, key), to: &dumped)
        let digits = try #require(String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").dropFirst().first)
        let text = "\(secret) \(key) \(String(reflecting: secret)) \(String(reflecting: [key])) \(dumped)"
        for shown in [String(digits), key.reveal().map(String.init).joined(separator: ", ")] { #expect(!text.contains(shown)) }
        #expect(Mirror(reflecting: key).children.isEmpty && Mirror(reflecting: secret).children.isEmpty)
    }
}
