import Migration
import Testing
import Trust

@testable import LineServer

/// One after another: each opens some hundred connections, both ends in this process, whose children are watched by select(2) with its 1024 descriptors.
@Suite("Floods", .serialized, .timeLimit(.minutes(5)))
struct FloodTests {
    private let hello = #"HELLO {"versions":[2,1],"program":"test","spool":"s","custody":[]}"#

    @Test("Connections without a certificate push out the oldest of their kind, and never a worker")
    func strangersAreBounded() async throws {
        let coordinator = try await TestCoordinator()
        let worker = try await coordinator.connect(coordinator.enrol("gateway1"))
        #expect(try await worker.ask(hello)?.hasPrefix("OK ") == true)
        let oldest = try await coordinator.stranger()
        #expect(try await oldest.ask("AUTHORITY {}")?.hasPrefix("OK ") == true)
        var others: [LinePeer] = []
        for _ in 0..<ConnectionLimits.strangers {
            let other = try await coordinator.stranger()
            #expect(try await other.ask("AUTHORITY {}")?.hasPrefix("OK ") == true)
            others.append(other)
        }
        #expect(await oldest.hear() == nil)
        #expect(try await worker.ask(#"LEASE {"count":1}"#)?.hasPrefix("OK ") == true)
        await coordinator.stop()
    }

    @Test("Strangers of one address push out one another, and not the stranger of another address that came before them")
    func oneAddress() async throws {
        let coordinator = try await TestCoordinator()
        let honest = try await coordinator.stranger(from: "127.0.0.2")
        #expect(try await honest.ask("AUTHORITY {}")?.hasPrefix("OK ") == true)
        let oldest = try await coordinator.stranger()
        #expect(try await oldest.ask("AUTHORITY {}")?.hasPrefix("OK ") == true)
        var others: [LinePeer] = []
        for _ in 0..<ConnectionLimits.strangers { others.append(try await coordinator.stranger()) }
        #expect(await oldest.hear() == nil)
        #expect(try await honest.ask("AUTHORITY {}")?.hasPrefix("OK ") == true)
        for other in others { await other.close() }
        await coordinator.stop()
    }

    @Test("Who is pushed out and does not answer to it is gone all the same: silent peers do not fill the coordinator")
    func silent() async throws {
        let coordinator = try await TestCoordinator()
        let surplus = 64
        var others: [LinePeer] = []
        for _ in 0..<ConnectionLimits.strangers + surplus {
            let other = try await coordinator.stranger()
            #expect(try await other.ask("AUTHORITY {}")?.hasPrefix("OK ") == true)
            try await other.fallSilent()
            others.append(other)
        }
        // The last few may be on their way out.
        #expect(coordinator.server.connectionCount < ConnectionLimits.strangers + surplus / 2)
        for other in others { await other.close() }
        await coordinator.stop()
    }

    @Test("A worker's connection beyond its bound closes its oldest one, and no other worker's")
    func oneWorker() async throws {
        let coordinator = try await TestCoordinator()
        let identity = try await coordinator.enrol("gateway1")
        let other = try await coordinator.connect(coordinator.enrol("gateway2"))
        #expect(try await other.ask(hello)?.hasPrefix("OK ") == true)
        var peers: [LinePeer] = []
        for _ in 0...ConnectionLimits.connectionsOfAWorker {
            let peer = try await coordinator.connect(identity)
            #expect(try await peer.ask(hello)?.hasPrefix("OK ") == true)
            peers.append(peer)
        }
        #expect(await peers[0].hear() == nil)
        #expect(try await peers[1].ask(#"LEASE {"count":1}"#)?.hasPrefix("OK ") == true)
        #expect(try await other.ask(#"LEASE {"count":1}"#)?.hasPrefix("OK ") == true)
        await coordinator.stop()
    }

    @Test("Connections with a superseded certificate are answered, and push out none of the worker's own")
    func superseded() async throws {
        let coordinator = try await TestCoordinator()
        let old = try await coordinator.enrol("gateway1")
        let before = try await coordinator.connect(old)
        #expect(try await before.ask(hello)?.hasPrefix("OK ") == true)
        let own = try await coordinator.connect(before.renew(old))
        #expect(try await own.ask(hello)?.hasPrefix("OK ") == true)
        var thieves: [LinePeer] = []
        for _ in 0...ConnectionLimits.connectionsOfAWorker {
            let thief = try await coordinator.connect(old)
            #expect(try await thief.ask(hello)?.hasPrefix(#"ERR {"code":"certificate-superseded""#) == true)
            thieves.append(thief)
        }
        #expect(try await own.ask(#"LEASE {"count":1}"#)?.hasPrefix("OK ") == true)
        await coordinator.stop()
    }

    @Test("Thousands of lines that are answered at once, sent together, are all answered")
    func answeredAtOnce() async throws {
        let coordinator = try await TestCoordinator()
        let peer = try await coordinator.connect(coordinator.enrol("gateway1"))
        #expect(try await peer.ask(hello)?.hasPrefix("OK ") == true)
        try await peer.send(String(repeating: "X\n", count: 5000))
        for _ in 1...5000 { #expect(await peer.hear()?.hasPrefix(#"ERR {"code":"malformed-line""#) == true) }
        await coordinator.stop()
    }

    @Test("Long lines that are answered at once, sent together, are all answered")
    func longOnesAnsweredAtOnce() async throws {
        let coordinator = try await TestCoordinator()
        let peer = try await coordinator.connect(coordinator.enrol("gateway1"))
        #expect(try await peer.ask(hello)?.hasPrefix("OK ") == true)
        let line = "X " + String(repeating: "x", count: 60_000) + "\n"
        for _ in 1...4 { try await peer.send(String(repeating: line, count: 5)) }
        for _ in 1...20 { #expect(await peer.hear()?.hasPrefix(#"ERR {"code":"unknown-verb""#) == true) }
        await coordinator.stop()
    }

    @Test("A stranger that says more lines than a stranger may is closed")
    func talkative() async throws {
        let coordinator = try await TestCoordinator()
        let peer = try await coordinator.stranger()
        var answers = 0
        try await peer.send(String(repeating: "AUTHORITY {}\n", count: 2 * ConnectionLimits.strangerLines))
        while await peer.hear() != nil { answers += 1 }
        #expect(answers <= ConnectionLimits.strangerLines)
        #expect(answers > 0)
        await coordinator.stop()
    }
}
