import Foundation
@testable import Gateway
import LineProtocol
import Migration
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization
import Testing
import Trust

/// A coordinator's end in the test's hands: what it does with a connection and with each line.
private final class ScriptedCoordinator {
    let channel: any Channel
    let address: LineAddress

    /// - Parameter answer: gives the bytes to write for a line; nil closes the connection.
    init(_ identity: Identity?, answer: @escaping @Sendable (String) -> [UInt8]?) async throws {
        let context = try identity.map { try TransportSecurity.coordinatorContext($0) }
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let context { try channel.pipeline.syncOperations.addHandler(TransportSecurity.serverHandler(context)) }
                    try channel.pipeline.syncOperations.addHandler(Answerer(answer))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        address = LineAddress(host: "127.0.0.1", port: channel.localAddress?.port ?? 0)
    }

    deinit { channel.close(promise: nil) }

    private final class Answerer: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let answer: @Sendable (String) -> [UInt8]?
        init(_ answer: @escaping @Sendable (String) -> [UInt8]?) { self.answer = answer }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let buffer = unwrapInboundIn(data)
            let text = String(decoding: buffer.readableBytesView, as: UTF8.self)
            guard let bytes = answer(text) else { return context.close(promise: nil) }
            context.channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil)
        }
    }
}

@Suite struct LineLinkTests {
    /// An authority with a coordinator and a worker.
    private func migration() async throws -> (coordinator: Identity, worker: Identity) {
        let now = Instant(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
        let authority = try Authority.make(named: "test", at: now)
        let fingerprint = authority.fingerprint
        let enrolment = try Enrolment(by: Invitation(host: "h", port: 1, authority: fingerprint, secret: InvitationSecret()))
        let certificate = try authority.issueWorker(for: enrolment.signingRequest, name: "w", identity: GatewayIdentity(), at: now)
        return (
            try authority.issueCoordinator(at: now),
            try await enrolment.accept(certificate: certificate, authority: authority.certificatePEM)
        )
    }

    private func events(_ coordinator: ScriptedCoordinator, _ worker: Identity) -> (LineLink, AsyncStream<LineEvent>) {
        let (stream, continuation) = AsyncStream.makeStream(of: LineEvent.self)
        let link = LineLink(to: coordinator.address, as: worker, on: MultiThreadedEventLoopGroup.singleton) { continuation.yield($0) }
        link.open()
        return (link, stream)
    }

    @Test func `lines go out after the handshake and replies come back, in pieces or several at once`() async throws {
        let (identity, worker) = try await migration()
        let coordinator = try await ScriptedCoordinator(identity) { _ in Array("OK {}\nSTALE {\"grant\":1}\nOK".utf8) }
        let (link, stream) = events(coordinator, worker)
        var lines: [String] = []
        for await event in stream {
            switch event {
            case .ready: link.say(Array("HELLO {}".utf8))
            case .line(let line): lines.append(String(decoding: line, as: UTF8.self))
            case .refused(let refusal): Issue.record("refused: \(refusal)")
            case .closed(let reason): Issue.record("closed: \(reason)")
            }
            if lines.count == 2 { break }
        }
        #expect(lines == ["OK {}", "STALE {\"grant\":1}"])
        link.close()
    }

    @Test func `a line beyond the bound ends the connection with a clear word, and the next one is made`() async throws {
        let (identity, worker) = try await migration()
        let coordinator = try await ScriptedCoordinator(identity) { _ in [UInt8](repeating: 65, count: LineLimits.lineByteCount + 1) }
        let (link, stream) = events(coordinator, worker)
        var seen: [String] = []
        for await event in stream {
            switch event {
            case .ready:
                seen.append("ready")
                link.say(Array("HELLO {}".utf8))
            case .line, .refused: Issue.record("an over-long line was delivered")
            case .closed(let reason):
                #expect(reason.contains("\(LineLimits.lineByteCount) bytes"))
                seen.append("closed")
            }
            if seen.count == 3 { break }
        }
        #expect(seen == ["ready", "closed", "ready"])
        link.close()
    }

    @Test func `a coordinator that closes is connected to again`() async throws {
        let (identity, worker) = try await migration()
        let coordinator = try await ScriptedCoordinator(identity) { _ in nil }
        let (link, stream) = events(coordinator, worker)
        var readies = 0
        for await event in stream {
            if case .ready = event {
                readies += 1
                link.say(Array("HELLO {}".utf8))
            }
            if readies == 3 { break }
        }
        #expect(readies == 3)
        link.close()
    }

    @Test func `nothing is said to a coordinator of another authority`() async throws {
        let (_, worker) = try await migration()
        let (stranger, _) = try await migration()
        let heard = Mutex(0)
        let coordinator = try await ScriptedCoordinator(stranger) { _ in
            heard.withLock { $0 += 1 }
            return []
        }
        let (link, stream) = events(coordinator, worker)
        for await event in stream {
            if case .ready = event { Issue.record("the handshake with another authority's coordinator succeeded") }
            if case .closed = event { break }
        }
        #expect(heard.withLock { $0 } == 0)
        link.close()
    }

    /// A worker whose certificate `issuer` issued at `moment`, and that trusts `trusted`.
    private func worker(of issuer: Authority, at moment: Instant, trusting trusted: Authority, in folder: String) throws -> Identity {
        try FileSystem.makeFolder(folder)
        let enrolment = try Enrolment(by: Invitation(host: "h", port: 1, authority: issuer.fingerprint, secret: InvitationSecret()))
        try enrolment.storeKey(in: folder, named: "worker")
        let certificate = try issuer.issueWorker(for: enrolment.signingRequest, name: "w", identity: GatewayIdentity(), at: moment)
        try certificate.write(toFile: folder + "/worker.pem", atomically: true, encoding: .utf8)
        try trusted.certificatePEM.write(toFile: folder + "/authority.pem", atomically: true, encoding: .utf8)
        return try Credentials.load(from: folder, named: "worker").shown
    }

    @Test(arguments: HandshakeRefusal.allCases, [false, true])
    func `why one end does not believe the other is told`(refusal: HandshakeRefusal, isYoung: Bool) async throws {
        let now = Instant(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
        let (ours, other) = (try Authority.make(named: "ours", at: now), try Authority.make(named: "other", at: now))
        let moment =
            switch refusal {
            case .expired: now + .minutes(isYoung ? 2 * 60 : -60 * 24 * 8)
            case .authorityUnknown, .coordinatorUnknown: now
            }
        let issuer = refusal == .authorityUnknown ? other : ours
        let trusted = refusal == .coordinatorUnknown ? other : ours
        let scratch = try Scratch()
        let worker = try worker(of: issuer, at: moment, trusting: trusted, in: scratch("worker"))
        let coordinator = try await ScriptedCoordinator(ours.issueCoordinator(at: now)) { _ in [] }
        let (link, stream) = events(coordinator, worker)
        var heard: HandshakeRefusal?
        for await event in stream {
            if case .refused(let refusal) = event { heard = refusal }
            if case .closed = event { break }
        }
        #expect(heard == refusal)
        link.close()
    }

    @Test func `delays between tries to connect grow to their bound, and differ from worker to worker`() {
        let bounds: [Int64] = [250, 500, 1000, 2000, 4000, 8000, 15_000, 15_000]
        let workers = (1...20).map { seed in
            var (delay, random) = (ReconnectDelay(), SplitMix(seed: UInt64(seed)))
            return bounds.map { _ in delay.next(using: &random).milliseconds }
        }
        for delays in workers {
            for (delay, bound) in zip(delays, bounds) { #expect((bound / 2...bound).contains(delay)) }
        }
        #expect(Set(workers.map(\.[6])).count > 15)
    }

    /// Numbers that a seed gives (SplitMix64).
    private struct SplitMix: RandomNumberGenerator {
        var seed: UInt64

        mutating func next() -> UInt64 {
            seed &+= 0x9E37_79B9_7F4A_7C15
            var value = (seed ^ (seed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
            return value ^ (value >> 31)
        }
    }

    @Test func `nobody at the address is told as such`() async throws {
        let (_, worker) = try await migration()
        let gone = try await ScriptedCoordinator(nil) { _ in nil }
        try await gone.channel.close()
        let (link, stream) = events(gone, worker)
        for await event in stream {
            if case .closed(let reason) = event { #expect(reason.contains("nobody answers at \(gone.address)")) }
            break
        }
        link.close()
    }

    @Test func `joining says AUTHORITY first and the secret never to another authority`() async throws {
        let (other, _) = try await migration()
        let heard = Mutex("")
        let coordinator = try await ScriptedCoordinator(other) { text in
            heard.withLock { $0 += text }
            let reply = AuthorityReply(certificate: other.authorityPEM, sha256: "")
            return (try? LineCodec().encode(.authority(reply))).map { $0 + [10] }
        }
        let secret = InvitationSecret()
        let invitation = Invitation(
            host: "127.0.0.1", port: coordinator.address.port, authority: String(repeating: "a", count: 64), secret: secret)
        let scratch = try Scratch()
        await #expect { _ = try await Join.run(invitation, into: scratch("worker")) } throws: {
            ($0 as? TrustError)?.code == .authorityMismatch
        }
        #expect(heard.withLock { $0 }.hasPrefix("AUTHORITY"))
        #expect(!heard.withLock { $0 }.contains(secret.reveal()))
        #expect(!FileSystem.exists(scratch("worker")))
    }

    @Test func `addresses name the part that is wrong`() throws {
        #expect(try LineAddress(parsing: "[::1]:7400") == LineAddress(host: "::1", port: 7400))
        #expect(try LineAddress(parsing: "host:7400").description == "host:7400")
        for wrong in ["host", "host:", "host:0", "host:65536", ":7400"] {
            #expect(throws: GatewayError.self) { try LineAddress(parsing: wrong) }
        }
    }
}
