import Coordination
import Foundation
import Migration
import Testing
import Trust

/// Runs a transcript against a real coordinator over real TLS.
///
/// What operators can do: `invite NAME as BINDING [over]`, `expect LABEL [copy of LABEL]`, `exclude LABEL REASON`,
/// `order PATIENT ACCESSION DATE MODALITY NAME BIRTHDATE`, `drain NAME`, `resume NAME`, `revoke NAME`.
///
/// Bound from the start: `signing-request` (JSON's contents of a string), `fingerprint` (of the authority), `inventory-digest` (over the pieces said on
/// the connection since its last MEDIUM).
final class TranscriptRunner {
    private let coordinator: TestCoordinator
    private var bindings = Bindings()
    private var identities: [String: Identity] = [:]
    private var peers: [String: LinePeer] = [:]
    private var current = "stranger"
    private var pieces: [[UInt8]] = []

    init() async throws {
        coordinator = try await TestCoordinator()
        let request = try SigningRequest().pem.replacing("\n", with: "\\n")
        bindings.bind("signing-request", request)
        bindings.bind("fingerprint", coordinator.authority.fingerprint)
    }

    func run(_ transcript: Transcript) async throws {
        for (line, step) in transcript.steps {
            switch step {
            case .operatorAction(let words): try await act(words)
            case .connection(let name, let isNew): try await change(to: name, isNew)
            case .said(let text): try await say(text)
            case .heard(let expected):
                let heard = try #require(await peer().hear(), "\(transcript.name):\(line): the connection was closed")
                let isRight = try bindings.accept(heard, as: expected)
                #expect(isRight, "\(transcript.name):\(line): heard \(heard)")
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

    private func change(to name: String, _ isNew: Bool) async throws {
        current = name
        if isNew { await peers.removeValue(forKey: name)?.close() }
        _ = try await peer()
    }

    private func say(_ text: String) async throws {
        if text.hasPrefix("MEDIUM ") { pieces = [] }
        bindings.bind("inventory-digest", Digest.hex(Digest.sha256(pieces.flatMap { $0 })))
        let line = bindings.filled(text)
        if line.hasPrefix("INVENTORY "), line.contains("\"piece\"") {
            pieces.append(Digest.sha256(line.utf8.dropFirst("INVENTORY ".utf8.count)))
        }
        try await peer().say(line)
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
        default: throw Transcript.Malformed(line: words.joined(separator: " "))
        }
    }

    private func order(_ words: [String]) -> Order {
        Order(
            patient: PatientIdentity(patientID: Identifying(words[1]), name: Identifying(words[5]), birthDate: Identifying(words[6])),
            accessionNumber: words[2], examDate: CalendarDate(words[3]), modality: words[4])
    }
}

@Suite struct TranscriptTests {
    @Test("The coordinator answers as the transcripts say", .timeLimit(.minutes(1)), arguments: try Transcript.all())
    func transcript(_ transcript: Transcript) async throws {
        try await TranscriptRunner().run(transcript)
    }

    @Test("There are transcripts, and a reply that differs from one is noticed")
    func runnerNotices() throws {
        #expect(try Transcript.all().count >= 5)
        var bindings = Bindings()
        #expect(try bindings.accept("OK {\"grant\":17,\"x\":1}", as: "OK {\"grant\":‹grant›,…}"))
        #expect(bindings.values["grant"] == "17")
        #expect(try !bindings.accept("OK {\"grant\":18,\"x\":1}", as: "OK {\"grant\":‹grant›,…}"))
        #expect(try !bindings.accept("ERR {}", as: "OK {}"))
    }
}
