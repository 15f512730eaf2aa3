import Coordination
import Foundation
import LineProtocol
import LineServer
import Migration
import Testing
import Trust

/// Runs a transcript against a real coordinator over real TLS. Tests/Interop does the same from outside, against the program.
final class TranscriptRunner {
    private var coordinator: TestCoordinator
    private var bindings = Bindings()
    private var identities: [String: Identity] = [:]
    private var peers: [String: LinePeer] = [:]
    private var current = "stranger"
    /// SHA-256 of the pieces said since the last `MEDIUM`, by their number.
    private var pieces: [Int: [UInt8]] = [:]
    /// The line that is said again until its reply is as it must be.
    private var repeated: String?

    /// Spaces that make a line too long.
    private static let long = String(repeating: " ", count: 65_536)

    init() async throws {
        coordinator = try await TestCoordinator()
        let request = try SigningRequest().pem.replacing("\n", with: "\\n")
        for name in ["signing-request", "request"] { bindings.bind(name, request) }
        bindings.bind("fingerprint", coordinator.authorities.fingerprint)
        bindings.bind("long", Self.long)
        for digit in "abcdef" { bindings.bind(String(repeating: digit, count: 4), String(repeating: digit, count: 64)) }
    }

    func run(_ transcript: Transcript) async throws {
        for (line, step) in transcript.steps {
            switch step {
            case .operatorAction(let words): try await act(words)
            case .connection(let words): try await change(words)
            case .said(let text, let isRepeated): try await say(text, isRepeated)
            case .heard(let expected): try await hear(expected, at: "\(transcript.name):\(line)")
            }
        }
        for peer in peers.values { await peer.close() }
        await coordinator.stop()
    }

    private func peer() async throws -> LinePeer {
        if let peer = peers[current] { return peer }
        let peer = current == "stranger" ? try await coordinator.stranger() : try await coordinator.connect(identity(of: current))
        peers[current] = peer
        return peer
    }

    private func identity(of name: String) async throws -> Identity {
        if let identity = identities[name] { return identity }
        let identity = try await coordinator.enrol(name)
        identities[name] = identity
        return identity
    }

    private func change(_ words: [String]) async throws {
        current = words[0]
        if words.last == "renewed" { return try await renew() }
        if words.count > 1 { await peers.removeValue(forKey: current)?.close() }
        if words.last == "anew" { identities[current] = nil }
        _ = try await peer()
    }

    /// Renews over the open connection, which stays open under another name.
    private func renew() async throws {
        let (old, before) = (try await identity(of: current), try await peer())
        let identity = try await before.renew(old)
        (identities[current], identities[current + "-before"]) = (identity, old)
        (peers[current], peers[current + "-before"]) = (nil, before)
        _ = try await peer()
    }

    private func say(_ text: String, _ isRepeated: Bool) async throws {
        if text.hasPrefix("MEDIUM ") { pieces = [:] }
        let digests = pieces.sorted { $0.key < $1.key }.flatMap(\.value)
        bindings.bind("inventory-digest", Digest.hex(Digest.sha256(digests)))
        let line = bindings.filled(text)
        if line.hasPrefix("INVENTORY "), let number = line.firstMatch(of: /"number":(\d+)/).flatMap({ Int($0.1) }), pieces[number] == nil {
            pieces[number] = Digest.sha256(line.utf8.dropFirst("INVENTORY ".utf8.count))
        }
        repeated = isRepeated ? line : nil
        try await peer().say(line)
    }

    private func hear(_ expected: String, at place: String) async throws {
        var heard = try #require(await peer().hear(), "\(place): the connection was closed")
        while let again = repeated, try !bindings.accept(heard, as: expected) {
            heard = try #require(await peer().ask(again), "\(place): the connection was closed")
        }
        repeated = nil
        let isRight = try bindings.accept(heard, as: expected)
        #expect(isRight, "\(place): heard \(heard)")
    }

    private func act(_ words: [String]) async throws {
        switch words[0] {
        case "invite":
            bindings.bind(words[3], try await coordinator.invite(words[1], isOver: words.last == "over").reveal())
        case "expect":
            let copyOf = words.count > 4 ? words[4] : ""
            try await coordinator.act(.importMedia([ExpectedMedium(label: words[1], kind: .cd, copyOf: copyOf)]))
        case "exclude": try await coordinator.act(.excludeMedium(label: words[1], reason: words[2...].joined(separator: " ")))
        case "order": try await coordinator.act(.importOrders([order(words)]))
        case "drain": try await coordinator.act(.drain(worker: words[1]))
        case "resume": try await coordinator.act(.resume(worker: words[1]))
        case "revoke": try await coordinator.act(.revoke(worker: words[1]))
        case "previews": try await coordinator.lookAt(words[1])
        case "rotate": try coordinator.authorities.rotate(at: SystemClock.reading())
        case "restart": try await restart(words)
        default: throw Transcript.Malformed(line: words.joined(separator: " "))
        }
    }

    /// `restart`, or `restart term 1s lost 5s`.
    private func restart(_ words: [String]) async throws {
        let seconds = words.compactMap { $0.wholeMatch(of: /(\d+)s/).flatMap { Int64($0.1) } }
        let terms = seconds.count == 2 ? Terms(grant: .seconds(seconds[0]), workerLostAfter: .seconds(seconds[1])) : Terms()
        for peer in peers.values { await peer.close() }
        peers = [:]
        await coordinator.stop()
        coordinator = try await TestCoordinator(after: coordinator, terms: terms)
    }

    private func order(_ words: [String]) -> Order {
        Order(
            patient: PatientIdentity(patientID: Identifying(words[1]), name: Identifying(words[5]), birthDate: Identifying(words[6])),
            accessionNumber: words[2], examDate: CalendarDate(words[3]), modality: words[4])
    }
}

@Suite struct TranscriptTests {
    @Test("The coordinator answers as the transcripts and the examples of docs/protocol.md say", .timeLimit(.minutes(5)), arguments: try Transcript.all())
    func transcript(_ transcript: Transcript) async throws {
        try await TranscriptRunner().run(transcript)
    }

    @Test("The transcripts have every verb, every error that a worker can bring about, and every order")
    func coverage() throws {
        var said: [String] = []
        var heard = ""
        for (_, step) in try Transcript.all().flatMap(\.steps) {
            switch step {
            case .said(let line, _): said.append(line)
            case .heard(let line): heard += line + "\n"
            case .operatorAction, .connection: continue
            }
        }
        for verb in Verb.allCases { #expect(said.contains { $0.hasPrefix(verb.rawValue + " {") }, "\(verb)") }
        // These two need a disk that is full, or a fault of ours.
        for code in LineError.Code.allCases where code != .ledgerUnavailable && code != .internal {
            #expect(heard.contains("ERR {\"code\":\"\(code.rawValue)\""), "\(code.rawValue)")
        }
        for order in ["drain", "resume", "erase", "evict", "renew", "preview"] { #expect(heard.contains("\"order\":\"\(order)\""), "\(order)") }
        #expect(heard.contains("STALE {"))
    }

    @Test("There are transcripts, and a reply that differs from one is noticed")
    func runnerNotices() throws {
        #expect(try Transcript.all().count >= 20)
        #expect(try Transcript.document().steps.count >= 40)
        var bindings = Bindings()
        #expect(try bindings.accept("OK {\"grant\":17,\"x\":1}", as: "OK {\"grant\":‹grant›,…}"))
        #expect(bindings.values["grant"] == "17")
        #expect(try !bindings.accept("OK {\"grant\":18,\"x\":1}", as: "OK {\"grant\":‹grant›,…}"))
        #expect(try !bindings.accept("ERR {}", as: "OK {}"))
    }
}
