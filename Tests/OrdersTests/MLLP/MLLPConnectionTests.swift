import Foundation
import Logging
import Migration
import NIOCore
import NIOEmbedded
import NIOTLS
import Synchronization
import Testing

@testable import Orders

/// A connection without a socket, whose clock is the test's.
@Suite("A sender's connection: how much waits, and for how long")
struct MLLPConnectionTests {
    /// Counts how often more is to be read from the peer.
    private final class ReadCount: ChannelOutboundHandler {
        typealias OutboundIn = ByteBuffer
        var count = 0

        func read(context: ChannelHandlerContext) {
            count += 1
            context.read()
        }
    }

    private let reads = ReadCount()
    private let ledger = MLLPServerTests.Ledger()
    private let channel = EmbeddedChannel()

    init() throws { try connect(channel, MLLPSettings(port: 0)) }

    private func connect(_ channel: EmbeddedChannel, _ settings: MLLPSettings) throws {
        let inlet = HL7Inlet(HL7Conventions()) { [ledger] in ledger.enter($0, whenDone: $1) }
        let service = MLLPService(settings, inlet: inlet, logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        try channel.pipeline.syncOperations.addHandlers(reads, MLLPConnection(service: service, eventLoop: channel.eventLoop))
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    }

    private func send(_ numbers: Range<Int>, padding: Int = 0) throws {
        for number in numbers {
            let text = message(pid, orc, obr, "NTE|1||" + String(repeating: "x", count: padding), header: header().replacing("|M1|", with: "|M\(number)|"))
            try channel.writeInbound(ByteBuffer(bytes: [0x0B] + text + [0x1C, 0x0D]))
        }
    }

    /// How many replies have left since this was asked.
    private func replies() throws -> Int {
        channel.embeddedEventLoop.run()
        var count = 0
        while let reply = try channel.readOutbound(as: ByteBuffer.self) { count += String(buffer: reply).contains("MSA|AA|") ? 1 : 0 }
        return count
    }

    /// Whether the connection would read more now.
    private func readsMore() -> Bool {
        let before = reads.count
        channel.read()
        return reads.count > before
    }

    @Test("While as many messages wait as may, no more are taken and none are read; when those are durable the next ones are")
    func waitingMessages() throws {
        let limit = MLLPLimits.waitingMessages
        try send(0..<(limit - 1))
        #expect(readsMore())
        try send((limit - 1)..<(2 * limit + 5))
        #expect(ledger.waitingCount == limit)
        #expect(!readsMore())
        #expect(try replies() == 0)
        let before = reads.count
        ledger.commit()
        #expect(try replies() == limit)
        #expect(ledger.waitingCount == limit && reads.count == before)
        ledger.commit()
        #expect(try replies() == limit)
        // What was to be read while there was no room is read now.
        #expect(ledger.waitingCount == 5 && reads.count == before + 1)
        ledger.commit()
        #expect(try replies() == 5)
    }

    @Test("Few large messages are as much as many small ones")
    func waitingBytes() throws {
        let size = 512 << 10
        let count = MLLPLimits.waitingBytes / size
        try send(0..<(2 * count), padding: size)
        #expect(ledger.waitingCount == count)
        #expect(!readsMore())
        ledger.commit()
        #expect(try replies() == count)
        #expect(ledger.waitingCount == count)
    }

    @Test("Who takes no replies is not read from, until it takes them")
    func unwritable() throws {
        channel.isWritable = false
        try send(0..<3)
        #expect(ledger.waitingCount == 0)
        #expect(!readsMore())
        channel.isWritable = true
        channel.pipeline.fireChannelWritabilityChanged()
        #expect(ledger.waitingCount == 3)
        #expect(readsMore())
    }

    @Test("Who is silent for longer than configured is cut off, and not before")
    func idle() throws {
        try send(0..<1)
        ledger.commit()
        #expect(try replies() == 1)
        channel.embeddedEventLoop.advanceTime(by: .minutes(59))
        #expect(channel.isActive)
        try send(1..<2)
        ledger.commit()
        channel.embeddedEventLoop.advanceTime(by: .minutes(59))
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .minutes(2))
        #expect(!channel.isActive)
    }

    @Test("Where TLS is to be spoken, who does not is cut off soon; who does is heard", arguments: [true, false])
    func handshake(isSpoken: Bool) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("mllp-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let openssl = Process()
        openssl.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        let words = "req -x509 -newkey rsa:2048 -nodes -subj /CN=port -days 2 -keyout \(folder)/key.pem -out \(folder)/port.pem"
        openssl.arguments = words.split(separator: " ").map(String.init)
        openssl.standardError = FileHandle.nullDevice
        try openssl.run()
        openssl.waitUntilExit()
        var settings = MLLPSettings(port: 0)
        try settings.secure(certificatePath: folder + "/port.pem", keyPath: folder + "/key.pem", authorityPath: nil)
        let guest = EmbeddedChannel()
        try connect(guest, settings)
        guest.embeddedEventLoop.advanceTime(by: .seconds(9))
        #expect(guest.isActive)
        if isSpoken { guest.pipeline.fireUserInboundEventTriggered(TLSUserEvent.handshakeCompleted(negotiatedProtocol: nil)) }
        guest.embeddedEventLoop.advanceTime(by: .seconds(60))
        #expect(guest.isActive == isSpoken)
    }

    @Test("Who does not end a message is cut off; who only waits for the ledger is not")
    func unended() throws {
        try send(0..<1)
        channel.embeddedEventLoop.advanceTime(by: .minutes(5))
        #expect(channel.isActive)
        try channel.writeInbound(ByteBuffer(string: "\u{B}MSH|"))
        channel.embeddedEventLoop.advanceTime(by: .seconds(50))
        try channel.writeInbound(ByteBuffer(string: "^"))
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .seconds(13))
        #expect(!channel.isActive)
    }
}
