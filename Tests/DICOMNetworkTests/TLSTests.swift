import Foundation
import Testing

@testable import DICOMNetwork

/// DICOM over TLS (PS3.15 §B.12) with DCMTK and pynetdicom at the other end, in both directions.
@Suite struct TLSTests {
    /// An authority, a certificate for 127.0.0.1, and one of another authority, made by `openssl`.
    private struct Certificates {
        let folder: URL
        var authority: String { folder.appendingPathComponent("authority.pem").path }
        var certificate: String { folder.appendingPathComponent("peer.pem").path }
        var key: String { folder.appendingPathComponent("peer.key").path }
        /// For another name than the one that the peer is called by.
        var named: String { folder.appendingPathComponent("named.pem").path }
        var stranger: String { folder.appendingPathComponent("stranger.pem").path }
        var strangerKey: String { folder.appendingPathComponent("stranger.key").path }

        static func make() async throws -> Certificates {
            let certificates = Certificates(folder: try ServerProcess.temporaryFolder())
            let extensions = "subjectAltName=IP:127.0.0.1\n"
            try Data(extensions.utf8).write(to: certificates.folder.appendingPathComponent("extensions"))
            try Data("subjectAltName=DNS:pacs.example\n".utf8).write(to: certificates.folder.appendingPathComponent("names"))
            let curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
            for arguments in [
                ["req", "-x509", "-days", "2", "-subj", "/CN=authority", "-keyout", "authority.key", "-out", "authority.pem"] + curve,
                ["req", "-x509", "-days", "2", "-subj", "/CN=stranger", "-keyout", "stranger.key", "-out", "stranger.pem"] + curve,
                ["req", "-new", "-subj", "/CN=peer", "-keyout", "peer.key", "-out", "peer.csr"] + curve,
                ["x509", "-req", "-days", "2", "-in", "peer.csr", "-CA", "authority.pem", "-CAkey", "authority.key", "-CAcreateserial",
                 "-extfile", "extensions", "-out", "peer.pem"],
                ["x509", "-req", "-days", "2", "-in", "peer.csr", "-CA", "authority.pem", "-CAkey", "authority.key", "-CAcreateserial",
                 "-extfile", "names", "-out", "named.pem"],
            ] {
                let outcome = try await Command.run("/usr/bin/openssl", arguments, in: certificates.folder)
                try #require(outcome.status == 0, "\(outcome.output)")
            }
            return certificates
        }

        func ours(with certificate: Bool = true, checksHostName: Bool = true) throws -> SecureTransport {
            try SecureTransport(
                authorityPath: authority, certificatePath: certificate ? self.certificate : nil, keyPath: certificate ? key : nil,
                checksHostName: checksHostName)
        }

        func remove() { try? FileManager.default.removeItem(at: folder) }
    }

    private func echo(_ address: ApplicationEntityAddress, _ security: SecureTransport) async throws -> DIMSEStatus {
        try await Association.with(address, proposing: [Association.verificationContext], security: security) { try await $0.echo() }
    }

    /// DCMTK's storescp with these options on top of its certificate, once it answers.
    private func withStorescp<Result: Sendable>(
        _ certificates: Certificates, _ options: [String], showing certificate: String? = nil, _ body: (ApplicationEntityAddress) async throws -> Result
    ) async throws -> Result {
        let port = try ServerProcess.freePort()
        let process = try ServerProcess(
            "/usr/bin/storescp",
            ["+tls", certificates.key, certificate ?? certificates.certificate, "+cf", certificates.authority] + options
                + ["--ignore", "\(port)"], in: certificates.folder)
        defer { process.stop() }
        let address = try ApplicationEntityAddress(
            calledAETitle: "STORESCP", host: "127.0.0.1", port: port, callingAETitle: "SKEIN", isSecure: true)
        let ours = try certificates.ours(checksHostName: false)
        try await ServerProcess.awaitEcho(from: address, security: ours)
        return try await body(address)
    }

    @Test("storescp that requires a certificate takes objects from us when we show one, and us not without")
    func withClientCertificate() async throws {
        let certificates = try await Certificates.make()
        defer { certificates.remove() }
        try await withStorescp(certificates, ["--require-peer-cert"]) { address in
            let ours = try certificates.ours()
            let context = ProposedContext(TestFile.secondaryCapture, transferSyntaxUIDs: ["1.2.840.10008.1.2.1"])
            let status = try await Association.with(address, proposing: [context], security: ours) { association in
                try await association.store(
                    StoreRequest(
                        sopClassUID: TestFile.secondaryCapture, sopInstanceUID: TestFile().instance, transferSyntaxUID: "1.2.840.10008.1.2.1"),
                    content: MemoryContent(TestFile(pixelCount: 3_000_000).dataSet())
                ).status
            }
            #expect(status == .success)
            let error = await #expect(throws: NetworkError.self) { try await echo(address, certificates.ours(with: false)) }
            #expect(error?.code == .untrusted || error?.code == .closed, "\(String(describing: error))")
        }
    }

    @Test("storescp that asks for none is reached without a certificate; one whose authority we do not trust is not")
    func withoutClientCertificate() async throws {
        let certificates = try await Certificates.make()
        defer { certificates.remove() }
        try await withStorescp(certificates, ["--ignore-peer-cert"]) { address in
            let status = try await echo(address, certificates.ours(with: false))
            #expect(status == .success)
            let error = await #expect(throws: NetworkError.self) {
                try await echo(address, try SecureTransport(authorityPath: certificates.stranger))
            }
            #expect(error?.code == .untrusted)
        }
    }

    @Test("A certificate for another name than the one that is called counts only where the name is ignored")
    func otherName() async throws {
        let certificates = try await Certificates.make()
        defer { certificates.remove() }
        try await withStorescp(certificates, ["--ignore-peer-cert"], showing: certificates.named) { address in
            let error = await #expect(throws: NetworkError.self) { try await echo(address, certificates.ours()) }
            #expect(error?.code == .untrusted)
            let status = try await echo(address, certificates.ours(checksHostName: false))
            #expect(status == .success)
        }
    }

    @Test("DCMTK's storescu and pynetdicom reach our port by TLS with a certificate, and are refused with a stranger's")
    func ownPort() async throws {
        let certificates = try await Certificates.make()
        defer { certificates.remove() }
        var settings = AssociationAcceptor.Settings()
        settings.security = try certificates.ours()
        let file = TestFile()
        let port = OwnPort()
        try await port.run(settings) { address in
            let path = try file.write(into: certificates.folder)
            func storescu(_ key: String, _ certificate: String) async throws -> Command.Outcome {
                try await Command.run(
                    "/usr/bin/storescu",
                    ["+tls", key, certificate, "+cf", certificates.authority, "-aec", "SKEIN", "127.0.0.1", "\(address.port)", path],
                    in: certificates.folder)
            }
            let good = try await storescu(certificates.key, certificates.certificate)
            #expect(good.status == 0, "\(good.output)")
            #expect(port.objects[file.instance]?.bytes == (try file.dataSet()))
            #expect(try await storescu(certificates.strangerKey, certificates.stranger).status != 0)
            let script = """
                import ssl, sys
                from pynetdicom import AE
                from pynetdicom.sop_class import Verification
                context = ssl.create_default_context(cafile=sys.argv[2])
                context.load_cert_chain(sys.argv[3], sys.argv[4])
                entity = AE()
                entity.add_requested_context(Verification)
                association = entity.associate("127.0.0.1", int(sys.argv[1]), ae_title="SKEIN", tls_args=(context, "127.0.0.1"))
                print(association.send_c_echo().Status)
                association.release()
                """
            let echo = try await Command.run(
                Command.python, ["-c", script, "\(address.port)", certificates.authority, certificates.certificate, certificates.key],
                in: certificates.folder)
            #expect(echo.output == "0\n")
        }
    }

    @Test("A port of our own is not opened without the authority that it is to trust: the system's would let everybody in")
    func portWithoutAuthority() async throws {
        let certificates = try await Certificates.make()
        defer { certificates.remove() }
        var settings = AssociationAcceptor.Settings()
        settings.security = try SecureTransport(certificatePath: certificates.certificate, keyPath: certificates.key)
        let error = await #expect(throws: NetworkError.self) { try await AssociationAcceptor.listen(host: "127.0.0.1", port: 0, settings) }
        #expect(error?.code == .untrusted)
        #expect(error?.message.contains("needs the authority") == true)
    }

    @Test("pynetdicom takes objects from us by TLS, and asks for our certificate")
    func pynetdicomProvider() async throws {
        let certificates = try await Certificates.make()
        defer { certificates.remove() }
        let port = try ServerProcess.freePort()
        let script = """
            import ssl, sys
            from pynetdicom import AE, evt
            from pynetdicom.sop_class import SecondaryCaptureImageStorage, Verification
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=sys.argv[2])
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_cert_chain(sys.argv[3], sys.argv[4])
            entity = AE()
            for model in (SecondaryCaptureImageStorage, Verification):
                entity.add_supported_context(model)
            def store(event):
                event.dataset.PixelData
                return 0x0000
            entity.start_server(("127.0.0.1", int(sys.argv[1])), ssl_context=context, evt_handlers=[(evt.EVT_C_STORE, store)])
            """
        let process = try ServerProcess(
            Command.python, ["-c", script, "\(port)", certificates.authority, certificates.certificate, certificates.key], in: certificates.folder)
        defer { process.stop() }
        let address = try ApplicationEntityAddress(
            calledAETitle: "PYNETDICOM", host: "127.0.0.1", port: port, callingAETitle: "SKEIN", isSecure: true)
        let ours = try certificates.ours(checksHostName: false)
        try await ServerProcess.awaitEcho(from: address, security: ours)
        let context = ProposedContext(TestFile.secondaryCapture, transferSyntaxUIDs: ["1.2.840.10008.1.2.1"])
        let statuses = try await Association.with(address, proposing: [context], security: ours) { association in
            var statuses: [DIMSEStatus] = []
            for number in 1...3 {
                let file = TestFile(instance: "1.2.826.0.1.3680043.2.1143.11.\(number)", pixelCount: 500_000)
                statuses.append(
                    try await association.store(
                        StoreRequest(
                            sopClassUID: TestFile.secondaryCapture, sopInstanceUID: file.instance, transferSyntaxUID: "1.2.840.10008.1.2.1"),
                        content: MemoryContent(file.dataSet())
                    ).status)
            }
            return statuses
        }
        #expect(statuses == [.success, .success, .success])
        let error = await #expect(throws: NetworkError.self) { try await echo(address, certificates.ours(with: false)) }
        #expect(error?.code == .untrusted || error?.code == .closed, "\(String(describing: error))")
    }

    @Test("A file that cannot be used is named, before anybody is connected to")
    func unusableFiles() async throws {
        let certificates = try await Certificates.make()
        defer { certificates.remove() }
        let missing = #expect(throws: NetworkError.self) { try SecureTransport(authorityPath: "/nowhere/authority.pem") }
        #expect(missing?.code == .untrusted)
        #expect(missing?.message.contains("/nowhere/authority.pem") == true)
        let half = #expect(throws: NetworkError.self) { try SecureTransport(certificatePath: certificates.certificate) }
        #expect(half?.message.contains("together") == true)
    }
}
