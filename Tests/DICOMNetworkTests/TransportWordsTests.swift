import Foundation
import NIOCore
import NIOPosix
import Testing

@testable import DICOMNetwork

/// What people are told when TLS fails, with DCMTK and OpenSSL at the other end.
@Suite(.timeLimit(.minutes(5))) struct TransportWordsTests {
    /// Two authorities, and peers of the first: a good one, and others with one fault each.
    private struct Certificates {
        let folder: URL

        static func make() async throws -> Certificates {
            let certificates = Certificates(folder: try ServerProcess.temporaryFolder())
            try "subjectAltName=IP:127.0.0.1\n".write(to: certificates.file("here"), atomically: true, encoding: .utf8)
            try "subjectAltName=DNS:pacs.example,IP:10.1.2.3\n".write(to: certificates.file("elsewhere"), atomically: true, encoding: .utf8)
            let curve = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"
            for authority in ["authority", "stranger"] {
                try await certificates.openssl("req -x509 -days 2 -subj /CN=\(authority) -keyout \(authority).key -out \(authority).pem \(curve)")
            }
            for (name, authority, dates, extensions) in [
                ("good", "authority", "20200101000000Z 20490101000000Z", "here"), ("expired", "authority", "20200101000000Z 20210101000000Z", "here"),
                ("future", "authority", "20480101000000Z 20490101000000Z", "here"), ("named", "authority", "20200101000000Z 20490101000000Z", "elsewhere"),
                ("foreign", "stranger", "20200101000000Z 20490101000000Z", "here"),
            ] {
                let (from, to) = (dates.prefix(15), dates.suffix(15))
                try await certificates.openssl("req -new -subj /CN=\(name) -keyout \(name).key -out \(name).csr \(curve)")
                try "".write(to: certificates.file("index"), atomically: true, encoding: .utf8)
                try """
                    [ca]
                    default_ca = it
                    [it]
                    database = index
                    new_certs_dir = .
                    rand_serial = yes
                    default_md = sha256
                    policy = any
                    [any]
                    commonName = supplied

                    """.write(to: certificates.file("ca.cnf"), atomically: true, encoding: .utf8)
                try await certificates.openssl(
                    """
                    ca -batch -config ca.cnf -cert \(authority).pem -keyfile \(authority).key -startdate \(from) -enddate \(to) \
                    -extfile \(extensions) -in \(name).csr -out \(name).pem -notext
                    """)
            }
            try await certificates.openssl("pkcs8 -topk8 -in good.key -out locked.key -passout pass:secret")
            return certificates
        }

        private func openssl(_ arguments: String) async throws {
            let outcome = try await Command.run("/usr/bin/openssl", arguments.split(separator: " ").map(String.init), in: folder)
            try #require(outcome.status == 0, "\(outcome.output)")
        }

        private func file(_ name: String) -> URL { folder.appendingPathComponent(name) }
        func path(_ name: String) -> String { file(name).path }
        func remove() { try? FileManager.default.removeItem(at: folder) }

        func ours(_ name: String? = nil, authority: String = "authority.pem") throws -> SecureTransport {
            try SecureTransport(
                authorityPath: path(authority), certificatePath: name.map { path("\($0).pem") }, keyPath: name.map { path("\($0).key") })
        }
    }

    /// What is said of an association with a peer; `""` where nothing fails.
    private func words(
        _ port: Int, _ security: SecureTransport?, timeouts: AssociationTimeouts = .init()
    ) async throws -> String {
        let address = try ApplicationEntityAddress(
            calledAETitle: "PEER", host: "127.0.0.1", port: port, callingAETitle: "SKEIN", isSecure: security != nil)
        do {
            try await Association.with(address, proposing: [Association.verificationContext], timeouts: timeouts, security: security) { _ = try await $0.echo() }
            return ""
        } catch let error as NetworkError {
            #expect(!error.message.contains("/.build/") && !error.message.contains("NIOSSL") && !error.message.contains("descriptor"), "\(error)")
            return error.message
        }
    }

    /// A server once its port is open, which refused connections show.
    private func withServer<Result: Sendable>(
        _ program: String, _ arguments: (Int) -> [String], in folder: URL, _ body: (Int) async throws -> Result
    ) async throws -> Result {
        let port = try ServerProcess.freePort()
        let process = try ServerProcess(program, arguments(port), in: folder)
        defer { process.stop() }
        while try await words(port, nil).contains("Connection refused") { await Task.yield() }
        return try await body(port)
    }

    private func openssl(_ certificate: String, _ more: [String] = []) -> (Int) -> [String] {
        { ["s_server", "-accept", "\($0)", "-cert", "\(certificate).pem", "-key", "\(certificate).key", "-quiet"] + more }
    }

    @Test(
        "A certificate that is not trusted: which fault it has is said",
        arguments: [
            ("expired", "has expired: it was valid until 2021-01-01 00:00 UTC"), ("future", "is not valid yet: it will be from 2048-01-01 00:00 UTC on"),
            ("foreign", "authority.pem that is valid today has issued it for this use"),
            ("named", "is not for the name or address by which it is called, but for pacs.example, 10.1.2.3"),
        ])
    func untrusted(certificate: String, expected: String) async throws {
        let certificates = try await Certificates.make()
        defer { certificates.remove() }
        let said = try await withServer("/usr/bin/openssl", openssl(certificate), in: certificates.folder) { try await words($0, certificates.ours()) }
        #expect(said.contains("127.0.0.1 port "))
        #expect(said.contains(expected), "\(said)")
    }

    @Test("A peer that asks for a certificate: that we have none, and that ours is of another authority, are told apart", arguments: ["-tls1_2", "-tls1_3"])
    func ownCertificate(version: String) async throws {
        let certificates = try await Certificates.make()
        defer { certificates.remove() }
        let options = ["-Verify", "1", "-CAfile", "authority.pem", "-verify_return_error", version]
        try await withServer("/usr/bin/openssl", openssl("good", options), in: certificates.folder) { port in
            let none = try await words(port, certificates.ours())
            #expect(none.contains("for a certificate of ours (destination-tls in worker.yaml, --tls-certificate)"), "\(none)")
            let foreign = try await words(port, certificates.ours("foreign"))
            #expect(foreign.contains("does not trust the authority of our certificate \(certificates.path("foreign.pem"))"), "\(foreign)")
            let expired = try await words(port, certificates.ours("expired"))
            #expect(expired.contains("our certificate \(certificates.path("expired.pem")) has expired"), "\(expired)")
        }
    }

    @Test("TLS to a port without it, and none to a port with it: both are told as what they may be")
    func oneSided() async throws {
        let certificates = try await Certificates.make()
        defer { certificates.remove() }
        let hint = "One end may speak TLS and the other not"
        try await withServer("/usr/bin/storescp", { ["\($0)"] }, in: certificates.folder) { port in
            #expect(try await words(port, nil) == "")
            let said = try await words(port, certificates.ours())
            #expect(said.contains(hint), "\(said)")
        }
        let secure = { (port: Int) in ["+tls", "good.key", "good.pem", "+cf", "authority.pem", "\(port)"] }
        try await withServer("/usr/bin/storescp", secure, in: certificates.folder) { port in
            let said = try await words(port, nil)
            #expect(said.contains(hint), "\(said)")
        }
        let said = try await withServer("/usr/bin/openssl", openssl("good"), in: certificates.folder) { try await words($0, nil) }
        #expect(said.contains(hint), "\(said)")
    }

    @Test("A peer that answers a request in the clear with an alert of TLS is known by it")
    func alert() async throws {
        let peer = try await ScriptedPeer.start { _ in [.bytes([0x15, 3, 3, 0, 2, 2, 70])] }
        let said = try await words(peer.address.port, nil)
        try await peer.stop()
        #expect(said.contains("unknown type 0x15") && said.contains("One end may speak TLS and the other not"), "\(said)")
    }

    @Test("A peer that is connected and says nothing has not answered the handshake")
    func silence() async throws {
        let certificates = try await Certificates.make()
        defer { certificates.remove() }
        let peer = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton).bind(host: "127.0.0.1", port: 0).get()
        let port = try #require(peer.localAddress?.port)
        var timeouts = AssociationTimeouts()
        timeouts.negotiation = .milliseconds(300)
        let said = try await words(port, certificates.ours(), timeouts: timeouts)
        #expect(said.contains("did not answer the TLS handshake within 0.3 seconds"), "\(said)")
        let plain = try await words(port, nil, timeouts: timeouts)
        #expect(plain.contains("no answer to A-ASSOCIATE-RQ"), "\(plain)")
        try await peer.close()
    }

    @Test("A peer that ends the connection within the handshake, and an error of the system, are told without the library's words")
    func plainWords() async throws {
        let certificates = try await Certificates.make()
        defer { certificates.remove() }
        let peer = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Farewell()) }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let port = try #require(peer.localAddress?.port)
        let said = try await words(port, certificates.ours())
        #expect(said.contains("127.0.0.1 port \(port) ended the connection before TLS was agreed on"), "\(said)")
        try await peer.close()
        let error = NetworkError.unexpected(IOError(errnoCode: EPIPE, reason: "write(descriptor:pointer:size:)"))
        #expect(error.message == "the connection failed: Broken pipe")
    }

    @Test("A peer with nothing newer than TLS 1.1 is told as that")
    func oldVersion() async throws {
        let certificates = try await Certificates.make()
        defer { certificates.remove() }
        let options = ["-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0"]
        let said = try await withServer("/usr/bin/openssl", openssl("good", options), in: certificates.folder) { try await words($0, certificates.ours()) }
        #expect(said.contains("has neither TLS 1.2 nor 1.3"), "\(said)")
    }

    @Test("Files that cannot be used: which one it is, and why")
    func files() async throws {
        let certificates = try await Certificates.make()
        defer { certificates.remove() }
        for (authority, reason) in [
            ("nowhere.pem", "cannot be read: No such file or directory"), (".", "is a folder, and no PEM file"),
            ("good.key", "has no certificate in PEM form that can be read"),
        ] {
            let error = #expect(throws: NetworkError.self) { try certificates.ours(authority: authority) }
            #expect(error?.message == "TLS: \(certificates.path(authority)) \(reason)")
        }
        for (key, reason) in [
            ("locked.key", "locked.key has a passphrase"), ("good.pem", "good.pem has no private key in PEM form"),
            ("named.key", "the private key \(certificates.path("named.key")) is not that of the certificate \(certificates.path("good.pem"))"),
        ] {
            let error = #expect(throws: NetworkError.self) {
                try SecureTransport(certificatePath: certificates.path("good.pem"), keyPath: certificates.path(key))
            }
            #expect(error?.message.contains(reason) == true, "\(String(describing: error))")
        }
    }
}

/// Says nothing more once something has come.
private final class Farewell: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { context.close(mode: .output, promise: nil) }
}
