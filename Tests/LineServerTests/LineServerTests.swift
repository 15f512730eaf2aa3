import Foundation
import LineProtocol
import LineServer
import Migration
import NIOPosix
import NIOSSL
import Testing
import Trust

@Suite(.timeLimit(.minutes(5))) struct LineServerTests {
    private let hello = #"HELLO {"versions":[1],"program":"test","spool":"s","custody":[]}"#

    @Test("A line longer than the bound is skipped to its end, and the connection goes on")
    func overLongLine() async throws {
        let coordinator = try await TestCoordinator()
        let peer = try await coordinator.stranger()
        try await peer.send("AUTHORITY {}" + String(repeating: " ", count: 3 * LineLimits.lineByteCount) + "\n")
        let reply = try #require(await peer.hear())
        #expect(reply.hasPrefix(#"ERR {"code":"line-too-long""#))
        #expect(reply.contains("\(LineLimits.lineByteCount) bytes"))
        #expect(try await peer.ask("AUTHORITY {}")?.hasPrefix("OK ") == true)
        await coordinator.stop()
    }

    @Test("A worker that trusts another authority finishes no handshake with us")
    func otherAuthority() async throws {
        let coordinator = try await TestCoordinator()
        let other = try Authority.make(named: "test", at: SystemClock.reading()).certificatePEM
        let peer = try await LinePeer.connect(
            port: coordinator.server.port, TransportSecurity.enrollingContext(trusting: other), trusting: other)
        try? await peer.say("AUTHORITY {}")
        #expect(await peer.hear() == nil)
        await coordinator.stop()
    }

    @Test("A worker does not take another worker for its coordinator")
    func wrongRole() async throws {
        let coordinator = try await TestCoordinator()
        let worker = try await coordinator.enrol("gateway1")
        let context = try TransportSecurity.coordinatorContext(worker)
        // The worker's certificate is of the right authority, but for clients; the handshake must fail on either ground.
        let impostor = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(TransportSecurity.serverHandler(context)) }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let peer = try await LinePeer.connect(
            port: try #require(impostor.localAddress?.port), TransportSecurity.enrollingContext(trusting: worker.authorityPEM),
            trusting: worker.authorityPEM)
        try? await peer.say("AUTHORITY {}")
        #expect(await peer.hear() == nil)
        try await impostor.close()
        await coordinator.stop()
    }

    @Test("A certificate of another authority is refused by the handshake, not taken for a stranger's connection")
    func foreignCertificate() async throws {
        let coordinator = try await TestCoordinator()
        let elsewhere = try await TestCoordinator()
        let foreign = try await elsewhere.enrol("gateway1")
        let peer = try await coordinator.connect(foreign)
        try? await peer.say("AUTHORITY {}")
        #expect(await peer.hear() == nil)
        await elsewhere.stop()
        await coordinator.stop()
    }

    @Test("A thousand requests sent at once are answered in their order")
    func flood() async throws {
        let coordinator = try await TestCoordinator()
        let peer = try await coordinator.connect(coordinator.enrol("gateway1"))
        try await peer.say(hello)
        let lines = (1...1000).map { #"BEAT {"grants":[{"grant":\#($0),"items":0,"bytes":0}],"drives":[],"spoolBytes":0,"spoolLimit":1}"# }
        try await peer.send(lines.joined(separator: "\n") + "\n")
        #expect(await peer.hear()?.hasPrefix("OK ") == true)
        for number in 1...1000 { #expect(await peer.hear()?.hasSuffix(#""stale":[\#(number)]}"#) == true) }
        await coordinator.stop()
    }

    @Test("A port that is in use is named")
    func portInUse() async throws {
        let coordinator = try await TestCoordinator()
        let port = coordinator.server.port
        let error = await #expect(throws: LineServerError.self) {
            try await LineServer.start(
                host: "127.0.0.1", port: port, authorities: coordinator.authorities, staging: coordinator.staging, engine: coordinator.engine,
                previews: coordinator.previews, logger: TestCoordinator.quiet)
        }
        #expect(error?.code == .portInUse)
        #expect(error?.message.contains("127.0.0.1:\(port)") == true)
        await coordinator.stop()
    }

    @Test("When the server stops, its connections end")
    func stopping() async throws {
        let coordinator = try await TestCoordinator()
        let peer = try await coordinator.stranger()
        #expect(try await peer.ask("AUTHORITY {}")?.hasPrefix("OK ") == true)
        await coordinator.stop()
        #expect(await peer.hear() == nil)
    }

    @Test("openssl s_client speaks the protocol by hand, over TLS 1.3 only")
    func byHand() async throws {
        let coordinator = try await TestCoordinator()
        let arguments = ["s_client", "-connect", "127.0.0.1:\(coordinator.server.port)", "-quiet", "-no_ign_eof"]
        let said = try await Shell.run("openssl", arguments + ["-tls1_3"], input: "AUTHORITY {}\nQUIT\n", until: "\n")
        #expect(said.contains(coordinator.authorities.fingerprint))
        let older = try await Shell.run("openssl", arguments + ["-tls1_2"], input: "AUTHORITY {}\n", until: nil)
        #expect(!older.contains(coordinator.authorities.fingerprint))
        await coordinator.stop()
    }
}
