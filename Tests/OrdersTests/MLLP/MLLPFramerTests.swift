import Logging
import NIOCore
import Testing

@testable import Orders

@Suite("MLLP: frames, peers, times")
struct MLLPFramerTests {
    /// All frames of a stream that comes in pieces of `size`, and whether a message has begun behind them.
    private func frames(_ stream: String, by size: Int, limit: Int = 20) -> ([MLLPFramer.Frame], Bool) {
        var framer = MLLPFramer(limit: limit)
        var frames: [MLLPFramer.Frame] = []
        var rest = Array(stream.utf8)[...]
        while !rest.isEmpty {
            var piece = ByteBuffer(bytes: rest.prefix(size))
            rest = rest.dropFirst(size)
            framer.append(&piece)
            while let frame = framer.next() {
                frames.append(frame)
                if frame == .stray { return (frames, framer.isInMessage) }
            }
        }
        return (frames, framer.isInMessage)
    }

    @Test("Messages are told apart however they come", arguments: [1, 2, 3, 7, 1000])
    func messages(size: Int) {
        let (found, isOpen) = frames("\u{B}MSH|a\r\u{1C}\r\u{B}MSH|b\u{1C}\u{B}\u{1C}\r\n\u{B}MS", by: size)
        #expect(found == [.message(Array("MSH|a\r".utf8)), .message(Array("MSH|b".utf8)), .message([])])
        #expect(isOpen)
        #expect(frames("\u{B}MSH\u{1C}\r", by: size).1 == false)
    }

    @Test("A message that is too long costs itself, and its beginning is known", arguments: [1, 5, 1000])
    func tooLong(size: Int) {
        let long = String(repeating: "x", count: 100)
        let (found, _) = frames("\u{B}\(long)\u{1C}\r\u{B}MSH\u{1C}\r", by: size)
        #expect(found.count == 2)
        guard case .tooLong(let beginning)? = found.first else { return #expect(Bool(false), "not too long") }
        #expect(beginning.count > 20 && beginning.allSatisfy { $0 == UInt8(ascii: "x") })
        #expect(found.last == .message(Array("MSH".utf8)))
        #expect(frames("\u{B}12345678901234567890\u{1C}", by: size).0 == [.message(Array("12345678901234567890".utf8))])
    }

    @Test("What is in no frame is another protocol")
    func stray() {
        #expect(frames("GET / HTTP/1.1\r\n", by: 3).0 == [.stray])
        #expect(frames("\u{B}MSH\u{1C}\rMSH", by: 100).0 == [.message(Array("MSH".utf8)), .stray])
    }

    @Test("Peers by address and range", arguments: [
        ("10.1.2.3", true), ("10.1.2.4", false), ("10.9.0.1", true), ("10.9.127.255", true), ("10.9.128.0", false), ("::ffff:10.1.2.3", true), ("2001:db8::5", true), ("2001:db9::5", false),
    ])
    func peers(address: String, isAllowed: Bool) throws {
        let peers = try #require(MLLPPeers(["10.1.2.3", "10.9.0.0/17", "2001:db8::/32"]))
        #expect(peers.allows(try SocketAddress(ipAddress: address, port: 1)) == isAllowed)
        #expect(MLLPPeers.everybody.allows(try SocketAddress(ipAddress: address, port: 1)))
        #expect(!MLLPPeers.thisMachine.allows(try SocketAddress(ipAddress: address, port: 1)))
    }

    @Test("What is no address", arguments: ["", "host", "10.1.2", "10.1.2.3/33", "10.1.2.3/", "/8", "10.1.2.3/-1"])
    func noPeers(text: String) {
        #expect(MLLPPeers([text]) == nil)
        #expect(MLLPPeers.thisMachine.allows(try? SocketAddress(ipAddress: "127.0.0.1", port: 1)))
        #expect(!MLLPPeers.thisMachine.allows(nil))
    }

    @Test("Of many lines a minute few are logged, and the next one says how many were left out")
    func log() {
        let start = NIODeadline.uptimeNanoseconds(1_000_000_000)
        let log = MLLPLog(Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }), now: start)
        let told = (0..<1000).map { _ in log.takeLine(of: .connection, at: start + .seconds(1)) }
        #expect(told.prefix(MLLPLimits.loggedLines).allSatisfy { $0 == 0 })
        #expect(told.dropFirst(MLLPLimits.loggedLines).allSatisfy { $0 == nil })
        #expect(log.takeLine(of: .connection, at: start + .seconds(59)) == nil)
        // Who connects again and again hides no message that was refused.
        #expect(log.takeLine(of: .message, at: start + .seconds(59)) == 0)
        #expect(log.takeLine(of: .connection, at: start + .seconds(60)) == 1001 - MLLPLimits.loggedLines)
        #expect(log.takeLine(of: .connection, at: start + .seconds(60)) == 0)
    }

    @Test("A sender may be silent for as long as configured, but not in the middle of a message, nor before TLS")
    func timing() {
        let start = NIODeadline.uptimeNanoseconds(1_000_000_000)
        var timing = MLLPTiming(idle: .minutes(60), isSecured: false, now: start)
        #expect(timing.overdue(at: start + .seconds(10)) == nil)
        #expect(timing.overdue(at: start + .seconds(11))?.contains("TLS") == true)
        timing.isSecured = true
        #expect(timing.overdue(at: start + .minutes(59)) == nil)
        #expect(timing.overdue(at: start + .minutes(61)) == "no message in time")
        timing.isInMessage(true, at: start + .minutes(1))
        timing.isInMessage(true, at: start + .minutes(2))
        #expect(timing.overdue(at: start + .minutes(2) + .seconds(1)) == "a message did not end in time")
        timing.messageCame(at: start + .minutes(2))
        #expect(timing.overdue(at: start + .minutes(50)) == nil)
    }
}
