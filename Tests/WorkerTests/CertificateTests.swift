import Foundation
import Testing

@Suite(.serialized, .timeLimit(.minutes(2))) struct CertificateTests {
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
        #expect(await worker.says("connected to the coordinator"))
        #expect(try program.coordinator("authority", "retire", "--config", configuration).status == 0)
        let authority = try String(contentsOfFile: program.dir + "/authority.pem", encoding: .utf8)
        #expect(try authority == String(contentsOfFile: program.folder + "/m/authority-2.pem", encoding: .utf8))
        #expect(try before != String(contentsOfFile: program.dir + "/worker.pem", encoding: .utf8))
    }
}
