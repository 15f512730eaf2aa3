import Coordination
import Foundation
import Ledger
import LedgerSQLite
import LineProtocol
import LineServer
import Migration
import Previews
import NIOSSL
import Testing

@testable import Console
@testable import Trust

/// A desk over a real engine, a ledger in memory and authorities on disk; its workers say lines without a connection.
final class TestDesk: Sendable {
    private struct NoCopies: LedgerCopyStanding {
        var status: LedgerCopyStatus { LedgerCopyStatus(newest: nil, count: 0, isWanted: false) }
    }

    let desk: Desk
    private let folder: String

    /// - Parameters:
    ///   - ledger: the ledger behind the desk; nil: one in memory.
    ///   - tellsOrders: whether the PACS or RIS is told of orders.
    init(over ledger: (any Ledger)? = nil, tellsOrders: Bool = false) throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("skein-desk-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let ledger = try ledger ?? SQLiteLedger()
        var configuration = MigrationConfiguration(destination: "dicom://SKEINPACS@127.0.0.1:4242?calling=SKEIN")
        configuration.announcesOrders = tellsOrders
        let engine = EngineThread(driver: EngineDriver(engine: Engine(configuration: configuration), ledger: ledger), ledger: ledger)
        desk = Desk(
            engine: engine, ledger: ledger, copies: NoCopies(), authorities: try Authorities.establish(in: folder, at: SystemClock.reading()),
            address: Desk.Address(host: "127.0.0.1", port: 7420), areSpoolsEncrypted: true, matching: configuration.matching,
            previews: PreviewOffice(in: folder + "/previews", of: ledger))
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func stop() async { await desk.engine.stop() }

    /// Invites and enrols a worker; with `versions` it says `HELLO` too.
    func enrol(_ name: String, versions: [Int]?) async throws -> GatewayIdentity {
        let (secret, identity) = (InvitationSecret(), GatewayIdentity())
        try await act(.invite(name: name, site: "", secretDigest: secret.digest, expires: SystemClock.reading() + .minutes(30)))
        guard case .enrolled = await desk.engine.answer(to: .enrolment(secretDigest: secret.digest, identity)) else { throw Refused(what: "ENROL of \(name)") }
        if let versions { try await hello(identity, versions: versions) }
        return identity
    }

    func hello(_ identity: GatewayIdentity, versions: [Int]) async throws {
        let request = Request.hello(HelloRequest(versions: versions, program: "test", spool: "s", custody: []))
        let digest = [UInt8](repeating: 0, count: 32)
        guard case .reply(.hello) = await desk.engine.answer(to: .line(identity, request, payloadDigest: digest)) else { throw Refused(what: "HELLO") }
    }

    /// The worker renews, and shows its new certificate in a handshake.
    func renew(_ identity: GatewayIdentity, named name: String) throws {
        let pem = try desk.authorities.renewWorker(for: SigningRequest().pem, name: name, identity: identity, at: SystemClock.reading())
        desk.authorities.noteShown(try PeerCertificate(verified: NIOSSLCertificate(bytes: Array(pem.utf8), format: .pem)))
    }

    func act(_ action: OperatorAction) async throws {
        guard case .done = await desk.engine.answer(to: .action(action, by: "tester")) else { throw Refused(what: "\(action)") }
    }

    struct Refused: Error { var what: String }
}
