import Foundation
import Migration
import NIOSSL
import Testing

@testable import Trust

@Suite struct AuthorityTests {
    let now = Instant(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))

    @Test("openssl accepts a worker's certificate for clients only, and a coordinator's for servers only")
    func purposes() throws {
        let folder = try TemporaryFolder()
        let authority = try Authority.make(named: "test", at: now)
        try authority.store(in: folder.path)
        let request = try SigningRequest()
        let worker = try authority.issueWorker(for: request.pem, name: "gateway1", identity: GatewayIdentity(), at: now)
        try worker.write(toFile: folder.path + "/worker.pem", atomically: true, encoding: .utf8)
        try authority.issueCoordinator(at: now).store(in: folder.path, named: "coordinator")

        func accepts(_ name: String, _ purpose: String) throws -> Bool {
            try OpenSSL.run([
                "verify", "-x509_strict", "-purpose", purpose, "-CAfile", "\(folder.path)/authority.pem", "\(folder.path)/\(name).pem",
            ]).status == 0
        }
        #expect(try accepts("worker", "sslclient"))
        #expect(try !accepts("worker", "sslserver"))
        #expect(try accepts("coordinator", "sslserver"))
        #expect(try !accepts("coordinator", "sslclient"))
    }

    @Test("The role, the worker's name and its identity are in the subject alternative name")
    func subjectAlternativeName() throws {
        let folder = try TemporaryFolder()
        let authority = try Authority.make(named: "test", at: now)
        let identity = GatewayIdentity()
        let pem = try authority.issueWorker(for: SigningRequest().pem, name: "gateway1", identity: identity, at: now)
        try pem.write(toFile: folder.path + "/worker.pem", atomically: true, encoding: .utf8)
        let text = try OpenSSL.run(["x509", "-in", folder.path + "/worker.pem", "-noout", "-ext", "subjectAltName"]).output
        #expect(text.contains("URI:urn:skein:role:worker"))
        #expect(text.contains("URI:urn:skein:worker:gateway1"))
        #expect(text.contains("URI:urn:uuid:\(identity.uuid)"))

        let certificate = try #require(try NIOSSLCertificate.fromPEMBytes(Array(pem.utf8)).first)
        #expect(try PeerCertificate(verified: certificate).role == .worker(name: "gateway1", identity: identity))
    }

    @Test("The authority's key and the coordinator's are files of mode 0600")
    func keysArePrivate() throws {
        let folder = try TemporaryFolder()
        let authority = try Authority.make(named: "test", at: now)
        try authority.store(in: folder.path)
        try authority.issueCoordinator(at: now).store(in: folder.path, named: "coordinator")
        #expect(try folder.mode(of: "authority-key.pem") == 0o600)
        #expect(try folder.mode(of: "coordinator-key.pem") == 0o600)
    }

    @Test("An authority is the same after it was stored and loaded")
    func loading() throws {
        let folder = try TemporaryFolder()
        let authority = try Authority.make(named: "test", at: now)
        try authority.store(in: folder.path)
        let loaded = try Authority.load(from: folder.path)
        #expect(loaded.fingerprint == authority.fingerprint)
        #expect(loaded.certificatePEM == authority.certificatePEM)
        let said = try OpenSSL.run(["x509", "-in", folder.path + "/authority.pem", "-noout", "-fingerprint", "-sha256"]).output
        #expect(said.lowercased().replacing(":", with: "").contains(authority.fingerprint))
    }

    @Test("A key that is not the certificate's is refused, and both files are named")
    func mixedUp() throws {
        let folder = try TemporaryFolder()
        try Authority.make(named: "one", at: now).store(in: folder.path)
        let other = try Authority.make(named: "two", at: now)
        try other.certificatePEM.write(toFile: folder.path + "/authority.pem", atomically: true, encoding: .utf8)
        let error = #expect(throws: TrustError.self) { try Authority.load(from: folder.path) }
        #expect(error?.code == .certificateInvalid)
        #expect(error?.message.contains("\(folder.path)/authority.pem") == true)
        #expect(error?.message.contains("\(folder.path)/authority-key.pem") == true)
    }

    @Test("A missing key file is named")
    func missing() throws {
        let folder = try TemporaryFolder()
        let error = #expect(throws: TrustError.self) { try Authority.load(from: folder.path) }
        #expect(error?.code == .file)
        #expect(error?.message.contains("\(folder.path)/authority-key.pem") == true)
    }

    @Test("A signing request that was changed, is no request or has an RSA key is refused")
    func badSigningRequests() throws {
        let folder = try TemporaryFolder()
        let authority = try Authority.make(named: "test", at: now)
        #expect(try OpenSSL.run([
            "req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", folder.path + "/rsa.key", "-subj", "/CN=x",
            "-out", folder.path + "/rsa.csr",
        ]).status == 0)
        let rsa = try String(contentsOfFile: folder.path + "/rsa.csr", encoding: .utf8)
        let first = try SigningRequest().pem.split(separator: "\n")
        let second = try SigningRequest().pem.split(separator: "\n")
        let mixed = (first.dropLast(2) + second.suffix(2)).joined(separator: "\n")
        for request in [rsa, mixed, "", "hello"] {
            let error = #expect(throws: TrustError.self) {
                try authority.issueWorker(for: request, name: "gateway1", identity: GatewayIdentity(), at: now)
            }
            #expect(error?.code == .signingRequestInvalid)
        }
    }

    @Test("A certificate without a role of ours is refused")
    func withoutRole() throws {
        let folder = try TemporaryFolder()
        #expect(try OpenSSL.run([
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", folder.path + "/x.key",
            "-subj", "/CN=coordinator", "-out", folder.path + "/x.crt", "-days", "1",
        ]).status == 0)
        let certificate = try #require(try NIOSSLCertificate.fromPEMFile(folder.path + "/x.crt").first)
        #expect(try PeerCertificate(verified: certificate).role == nil)
    }
}
