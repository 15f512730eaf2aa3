import Coordination
import Foundation
import Ledger
import LedgerSQLite
import LineProtocol
import LineServer
import Logging
import Migration
import Previews
import Testing
import Trust

/// A folder that goes with the last coordinator in it.
private final class TestFolder: Sendable {
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("skein-line-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// A whole coordinator for one test: authority, ledger on disk, engine thread, TLS port on 127.0.0.1.
final class TestCoordinator: Sendable {
    let authorities: Authorities
    let staging: StagingPolicy
    let engine: EngineThread
    let server: LineServer
    let ledger: SQLiteLedger
    let previews: PreviewOffice
    private let folder: TestFolder

    /// A new coordinator; or, after another one has stopped, the next on the same ledger, with leases of other terms.
    init(after other: TestCoordinator? = nil, terms: Terms = Terms(), life: CertificateLife = .standard) async throws {
        folder = try other?.folder ?? TestFolder()
        authorities =
            other == nil
            ? try Authorities.establish(in: folder.path, at: SystemClock.reading(), life: life) : try Authorities(in: folder.path, life: life)
        staging = StagingPolicy(try SpoolSecret(in: folder.path), isEncrypted: true)
        ledger = try SQLiteLedger(path: folder.path + "/ledger.sqlite")
        let configuration = MigrationConfiguration(destination: "dicom://SKEINPACS@127.0.0.1:4242?calling=SKEIN", terms: terms)
        engine = EngineThread(driver: EngineDriver(engine: Engine(configuration: configuration), ledger: ledger), ledger: ledger)
        previews = PreviewOffice(in: folder.path + "/previews", of: ledger)
        server = try await LineServer.start(
            host: "127.0.0.1", port: 0, authorities: authorities, staging: staging, engine: engine, previews: previews, logger: Self.quiet)
    }

    /// Logs nothing below errors: the tests' own output is what matters.
    static var quiet: Logger {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return logger
    }

    func stop() async {
        await server.stop()
        await engine.stop()
    }

    /// Lets an operator act; the action must be carried out.
    func act(_ action: OperatorAction) async throws {
        guard case .done = await engine.answer(to: .action(action, by: "tester")) else { throw Refused(action: "\(action)") }
    }

    /// Lets an operator look at the previews of a study: what is missing is asked of the workers that were heard of.
    @discardableResult func lookAt(_ study: String) async throws -> PreviewStanding {
        let workers = engine.live.workers.map {
            PreviewWorker(identity: $0.identity, isConnected: $0.version != nil, makesPreviews: $0.version ?? 0 >= LineLimits.previewVersion)
        }
        let standing = try await previews.standing(of: study, limit: PreviewLimits.imagesOfAStudy, among: workers, at: SystemClock.reading())
        guard let standing else { throw Refused(action: "previews of \(study)") }
        return standing
    }

    struct Refused: Error { var action: String }

    /// Invites a worker. With `isOver` the invitation's time has passed; as nobody can invite into the past, it is written into the ledger.
    func invite(_ name: String, isOver: Bool = false) async throws -> InvitationSecret {
        let secret = InvitationSecret()
        guard !isOver else {
            let expires = Instant(milliseconds: SystemClock.reading().milliseconds - 1)
            try ledger.write {
                try $0.insertInvitation(InvitationRecord(secretDigest: secret.digest, name: name, site: "", expires: expires))
            }
            return secret
        }
        try await act(.invite(name: name, site: "", secretDigest: secret.digest, expires: SystemClock.reading() + .minutes(30)))
        return secret
    }

    /// A stranger's connection.
    func stranger(from address: String = "127.0.0.1") async throws -> LinePeer {
        try await LinePeer.connect(
            port: server.port, TransportSecurity.enrollingContext(trusting: authorities.certificatePEM), trusting: authorities.certificatePEM,
            from: address)
    }

    /// Enrols a worker as it would itself: over the line, with an invitation.
    func enrol(_ name: String) async throws -> Identity {
        let secret = try await invite(name)
        let invitation = Invitation(host: "127.0.0.1", port: server.port, authority: authorities.fingerprint, secret: secret)
        let enrolment = try Enrolment(by: invitation)
        let peer = try await stranger()
        let body = ["secret": secret.reveal(), "signingRequest": enrolment.signingRequest]
        try await peer.say("ENROL " + String(decoding: JSONEncoder().encode(body), as: UTF8.self))
        let reply = try #require(await peer.hear())
        struct Enrolled: Decodable { var certificate: String }
        let enrolled = try JSONDecoder().decode(Enrolled.self, from: Data(reply.dropFirst(3).utf8))
        await peer.close()
        return try await enrolment.accept(certificate: enrolled.certificate, authority: authorities.certificatePEM)
    }

    /// A worker's connection.
    func connect(_ identity: Identity) async throws -> LinePeer {
        try await LinePeer.connect(port: server.port, TransportSecurity.workerContext(identity), trusting: identity.authorityPEM)
    }
}
