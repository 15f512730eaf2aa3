import Foundation
import Logging
import Migration
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import Orders

@Suite("The port for HL7", .timeLimit(.minutes(5)))
struct MLLPServerTests {
    /// What waits at the ledger: each message's answer is given when the test says so.
    final class Ledger: Sendable {
        private let waiting = Mutex<[@Sendable (HL7Inlet.Refusal?) -> Void]>([])
        let (arrivals, arrived) = AsyncStream.makeStream(of: String.self)

        func enter(_ message: HospitalMessage, whenDone: @escaping @Sendable (HL7Inlet.Refusal?) -> Void) {
            waiting.withLock { $0.append(whenDone) }
            arrived.yield(message.sender)
        }

        /// How many messages wait.
        var waitingCount: Int { waiting.withLock(\.count) }

        /// Answers all that waits, the newest first.
        func commit() {
            let all = waiting.withLock { waiting in defer { waiting = [] }; return waiting }
            for whenDone in all.reversed() { whenDone(nil) }
        }
    }

    private func start(_ change: (inout MLLPSettings) -> Void = { _ in }, _ ledger: Ledger = Ledger()) async throws -> MLLPServer {
        var settings = MLLPSettings(port: 0)
        change(&settings)
        let inlet = HL7Inlet(HL7Conventions()) { ledger.enter($0, whenDone: $1) }
        return try await MLLPServer.start(settings, inlet: inlet, logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
    }

    private func connect(_ server: MLLPServer) async throws -> NIOAsyncChannel<ByteBuffer, ByteBuffer> {
        try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup).connect(host: "127.0.0.1", port: server.port) { channel in
            channel.eventLoop.makeCompletedFuture { try NIOAsyncChannel(wrappingChannelSynchronously: channel) }
        }
    }

    private func framed(_ number: String, _ segments: String = "") -> ByteBuffer {
        let text = String(decoding: message(pid, orc, obr, header: header().replacing("|M1|", with: "|\(number)|").replacing("|RIS|", with: "|\(number)|")), as: UTF8.self)
        return ByteBuffer(string: "\u{B}\(text)\(segments)\u{1C}\r")
    }

    /// What a connection says until it has said `count` replies, or ends.
    private func replies(_ count: Int, on inbound: NIOAsyncChannelInboundStream<ByteBuffer>) async throws -> [String] {
        var text = ""
        for try await piece in inbound {
            text += String(buffer: piece)
            if text.split(separator: "\u{1C}\r").count >= count, text.hasSuffix("\u{1C}\r") { break }
        }
        return text.matches(of: /MSA\|(..)\|(\w*)/).map { "\($0.1) \($0.2)" }
    }

    @Test("No reply leaves before what the message says is durable; replies come in the order of the messages, refused ones among them")
    func order() async throws {
        let ledger = Ledger()
        let server = try await start({ _ in }, ledger)
        try await connect(server).executeThenClose { inbound, outbound in
            try await outbound.write(framed("M1"))
            try await outbound.write(framed("M2", "not a segment"))
            try await outbound.write(framed("M3"))
            var arrivals = ledger.arrivals.makeAsyncIterator()
            #expect(await arrivals.next() == "M1, HOSP")
            #expect(await arrivals.next() == "M3, HOSP")
            // Answered the other way round, and after the second was refused.
            ledger.commit()
            #expect(try await replies(3, on: inbound) == ["AA M1", "AE M2", "AA M3"])
        }
        await server.stop()
    }

    @Test("The kernel asks for a peer that is silent, so that one that is gone does not keep its place")
    func keepalive() async throws {
        let ledger = Ledger()
        let server = try await start({ _ in }, ledger)
        try await connect(server).executeThenClose { inbound, outbound in
            try await outbound.write(framed("M1"))
            var arrivals = ledger.arrivals.makeAsyncIterator()
            _ = await arrivals.next()
            ledger.commit()
            #expect(try await replies(1, on: inbound) == ["AA M1"])
            #expect(server.connections.count == 1)
            for connection in server.connections { #expect(try await connection.getOption(.socketOption(.so_keepalive)).get() != 0) }
        }
        await server.stop()
    }

    @Test("A connection reads no further while as many messages wait as may")
    func backpressure() async throws {
        let ledger = Ledger()
        let server = try await start({ _ in }, ledger)
        let count = 3 * MLLPLimits.waitingMessages
        try await connect(server).executeThenClose { inbound, outbound in
            for number in 0..<count { try await outbound.write(framed("M\(number)")) }
            var arrivals = ledger.arrivals.makeAsyncIterator()
            for batch in 0..<3 {
                for number in 0..<MLLPLimits.waitingMessages {
                    #expect(await arrivals.next() == "M\(batch * MLLPLimits.waitingMessages + number), HOSP")
                }
                ledger.commit()
            }
            #expect(try await replies(count, on: inbound).count == count)
        }
        await server.stop()
    }

    @Test("Senders that are not configured, and those beyond the limit, are not heard")
    func guests() async throws {
        let closed = try await start { $0.peers = MLLPPeers(["10.1.2.3"]) ?? .thisMachine }
        let stranger = try? await connect(closed)
        let heard = try? await stranger?.executeThenClose { inbound, outbound in
            try? await outbound.write(framed("M1"))
            return try await replies(1, on: inbound)
        }
        #expect(heard ?? [] == [])
        await closed.stop()

        let ledger = Ledger()
        let narrow = try await start({ $0.connections = 1 }, ledger)
        try await connect(narrow).executeThenClose { inbound, outbound in
            try await outbound.write(framed("M1"))
            var arrivals = ledger.arrivals.makeAsyncIterator()
            _ = await arrivals.next()
            let second = try? await connect(narrow)
            let more = try? await second?.executeThenClose { inbound, _ in try await replies(1, on: inbound) }
            #expect(more ?? [] == [])
            ledger.commit()
            #expect(try await replies(1, on: inbound) == ["AA M1"])
        }
        await narrow.stop()
    }

    @Test("Who speaks another protocol is cut off, and one that is too long is told so and heard further")
    func otherwise() async throws {
        let ledger = Ledger()
        let server = try await start({ _ in }, ledger)
        try await connect(server).executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(string: "GET / HTTP/1.1\r\n\r\n"))
            #expect(try await replies(1, on: inbound) == [])
        }
        try await connect(server).executeThenClose { inbound, outbound in
            try await outbound.write(framed("M1", String(repeating: "NTE|1||" + String(repeating: "x", count: 100_000) + "\r", count: 30)))
            try await outbound.write(framed("M2"))
            var arrivals = ledger.arrivals.makeAsyncIterator()
            #expect(await arrivals.next() == "M2, HOSP")
            ledger.commit()
            #expect(try await replies(2, on: inbound) == ["AE M1", "AA M2"])
        }
        await server.stop()
    }

    @Test("A port that is in use, and a certificate that is not there, are named")
    func cannotListen() async throws {
        let server = try await start()
        let port = server.port
        await #expect(throws: MLLPError.self) { try await start { $0.port = port } }
        var settings = MLLPSettings()
        let error = #expect(throws: MLLPError.self) { try settings.secure(certificatePath: "/nowhere.pem", keyPath: "/nowhere-key.pem", authorityPath: nil) }
        #expect(error?.message.contains("/nowhere.pem") == true)
        await server.stop()
    }
}
