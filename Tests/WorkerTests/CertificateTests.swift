import Foundation
import Testing

@Suite(.serialized, .timeLimit(.minutes(5))) struct CertificateTests {
    @Test("After a rotation the running worker renews by itself, the next authority acts, and the former one is retired")
    func rotation() async throws {
        let program = try WorkerProgram()
        let (coordinator, invitation) = try await program.serveAndInvite(term: "3 s")
        defer { coordinator.process.terminate() }
        #expect(try program.run("join", invitation, "--dir", program.dir).status == 0)
        let before = try String(contentsOfFile: program.dir + "/worker.pem", encoding: .utf8)
        let worker = try program.start("worker", ["run", "--dir", program.dir])
        defer { worker.process.terminate() }
        #expect(await worker.says("connected to the coordinator"))
        let configuration = program.folder + "/m/coordinator.yaml"
        #expect(try program.coordinator("authority", "rotate", "--config", configuration).status == 0)
        #expect(await worker.says("the certificate was renewed"))
        #expect(await coordinator.says("the next authority acts"))
        // What it got during the rotation came with both authorities to trust: it is told once more.
        #expect(await worker.says("the certificate was renewed"))
        #expect(await worker.says("the renewed certificate is in place"))
        #expect(try program.coordinator("authority", "retire", "--config", configuration).status == 0)
        let authority = try String(contentsOfFile: program.dir + "/authority.pem", encoding: .utf8)
        #expect(try authority == String(contentsOfFile: program.folder + "/m/authority-2.pem", encoding: .utf8))
        #expect(try before != String(contentsOfFile: program.dir + "/worker.pem", encoding: .utf8))
    }

    @Test("A worker whose renewed certificate is not believed goes on with its former one, and a start writes nothing before that is settled")
    func fallback() async throws {
        let program = try WorkerProgram()
        let (coordinator, invitation) = try await program.serveAndInvite(term: "3 s")
        defer { coordinator.process.terminate() }
        #expect(try program.run("join", invitation, "--dir", program.dir).status == 0)
        let before = try String(contentsOfFile: program.dir + "/worker.pem", encoding: .utf8)
        // As a renewal leaves it whose authority the coordinator has lost since.
        let new = program.dir + "/worker-new.pem"
        let authority = try String(contentsOfFile: program.dir + "/authority.pem", encoding: .utf8)
        try renewedByAnother(program.folder + "/other", trusting: authority).write(toFile: new, atomically: true, encoding: .utf8)
        let worker = try program.start("worker", ["run", "--dir", program.dir])
        defer { worker.process.terminate() }
        #expect(await worker.says("the other one is tried next"))
        #expect(await worker.says("the former certificate stays"))
        #expect(!FileManager.default.fileExists(atPath: new))
        #expect(try before == String(contentsOfFile: program.dir + "/worker.pem", encoding: .utf8))
    }

    /// A key, and a certificate for it that nobody trusts.
    private func renewedByAnother(_ path: String, trusting authority: String) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=worker", "-keyout", path + ".key",
            "-out", path + ".pem",
        ]
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        let (key, certificate) = (try String(contentsOfFile: path + ".key", encoding: .utf8), try String(contentsOfFile: path + ".pem", encoding: .utf8))
        return key + certificate + authority
    }
}
