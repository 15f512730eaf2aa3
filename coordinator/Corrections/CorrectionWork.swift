import Coordination
import DICOMNetwork
import Destinations
import Foundation
import Ledger
import LedgerSQLite
import LineServer
import Logging
import Migration
import ServiceLifecycle
import Terminal

/// Asks the destination about studies that lie there under a former identity, and deletes there what a person approved, while the coordinator serves.
///
/// What it finds it tells the engine, which decides what follows.
struct CorrectionWork: Service {
    private let ledger: SQLiteLedger
    private let engine: EngineThread
    private let destination: CStoreDestination
    private let deletion: OrthancStudies?
    private let logger: Logger

    /// How often it is looked for corrections that are due.
    private static var pause: Duration { .seconds(1) }
    /// Corrections of one look: what the destination is asked one after the other.
    private static var share: Int { 50 }

    /// - Throws: `CommandFailure` for an address or a file that cannot be used.
    init(_ configuration: CoordinatorConfiguration, _ office: Office, _ logger: Logger) throws(CommandFailure) {
        ledger = office.ledger
        engine = office.engine
        self.logger = logger
        deletion = try configuration.corrections.orthanc.map { (orthanc) throws(CommandFailure) in try OrthancStudies(orthanc) }
        let tls = configuration.corrections.tls
        do throws(NetworkError) {
            let address = try ApplicationEntityAddress(parsing: configuration.migration.destination)
            let security = address.isSecure
                ? try SecureTransport(authorityPath: tls.authority, certificatePath: tls.certificate, keyPath: tls.key) : nil
            destination = CStoreDestination(address: address, security: security)
        } catch {
            throw CommandFailure(.usage, "corrections: \(error.message)")
        }
    }

    func run() async throws {
        while !Task.isShuttingDownGracefully {
            await cancelWhenGracefulShutdown { await look() }
            // Cut off by the end of the service alone.
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: Self.pause) }
        }
    }

    private func look() async {
        do {
            for row in try ledger.read({ try $0.corrections(dueAt: SystemClock.reading(), limit: Self.share) }) {
                let finding = await finding(on: row)
                if Task.isCancelled { return }
                _ = await engine.answer(to: .correction(CorrectionReport(on: row.correction, finding)))
            }
        } catch {
            logger.warning("corrections cannot be looked for", metadata: ["fault": "\(error)"])
        }
    }

    private func finding(on row: CorrectionRow) async -> CorrectionReport.Finding {
        do {
            switch row.correction.state {
            case .approved: return .due
            case .deleting: return try await delete(row)
            case .awaited, .open, .sending, .corrected:
                let (there, expected) = try await ask(about: row)
                if there.isNothing { return .nothingThere }
                return CorrectionJudge(row).fault(in: there, expected: expected).map { .asSent($0) } ?? .asIntended
            }
        } catch let error as DestinationError {
            return .notAsked(error.message)
        } catch {
            return .notAsked("\(type(of: error))")
        }
    }

    /// Deletes what lies there as it was sent, and asks whether nothing is left.
    private func delete(_ row: CorrectionRow) async throws -> CorrectionReport.Finding {
        let (there, expected) = try await ask(about: row)
        if there.isNothing { return .nothingThere }
        guard CorrectionJudge(row).fault(in: there, expected: expected) != nil else { return .asIntended }
        let strange = there.report(on: expected).beyond
        guard strange.isEmpty else {
            return .notDeleted("the destination has \(strange.count) objects in the study that were not sent to it: a person moves or deletes them there")
        }
        guard let deletion else {
            return .notDeleted("corrections.orthanc names nobody who deletes there: a person deletes the study at the destination, under the patient that it was sent as")
        }
        do {
            try await deletion.delete(study: row.study.header.studyInstanceUID, of: row.correction.sent.patientID, holding: Set(expected.instances.map(\.sopInstanceUID)))
        } catch let error as DestinationError {
            return .notDeleted(error.message)
        }
        return try await ask(about: row).there.isNothing ? .nothingThere : .notDeleted("the destination lists it still")
    }

    /// Where the study lies, and what should be found there: what has arrived of it; all of it where that was taken back to be sent again.
    private func ask(about row: CorrectionRow) async throws -> (there: StudyWhereabouts, expected: ExpectedStudy) {
        let (arrived, all) = try ledger.read { (try $0.arrivedInstances(of: row.study.id), try $0.instances(of: row.study.id).map(\.instance)) }
        let instances = Set((arrived.isEmpty ? all : arrived).map { ExpectedStudy.Instance(sopInstanceUID: $0.sopInstanceUID, seriesInstanceUID: $0.seriesInstanceUID) })
        let uid = row.study.header.studyInstanceUID
        let there = try await destination.whereabouts(ofStudy: uid, series: Set(all.map(\.seriesInstanceUID)).sorted())
        let expected = ExpectedStudy(
            studyInstanceUID: uid, patientID: row.correction.intended.patientID, accessionNumber: row.correction.intended.accessionNumber,
            instances: instances.sorted { $0.sopInstanceUID < $1.sopInstanceUID }) // unordered: it is sorted
        return (there, expected)
    }
}
