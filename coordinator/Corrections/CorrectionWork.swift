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

/// Asks the destination about studies that lie there under a former identity, and deletes or rejects there what a person approved, while the coordinator serves.
///
/// What it finds it tells the engine, which decides what follows.
struct CorrectionWork: Service {
    let ledger: SQLiteLedger
    let engine: EngineThread
    let destination: CStoreDestination
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

    /// What the destination says of a correction now, and what came of deleting or rejecting what lies there.
    func finding(on row: CorrectionRow) async -> CorrectionReport.Finding {
        // It is on its way still: what the destination has of it says nothing.
        if row.correction.state == .sending, !row.study.progress.state.isFinal { return .notAsked("it is being sent") }
        do {
            let asked = try await ask(about: row)
            if row.correction.state == .rejecting, let finding = try await rejection(of: row, asked) { return finding }
            if asked.there.isNothing { return try await nothing(of: row) }
            guard let fault = CorrectionJudge(row).fault(in: asked.there, expected: asked.expected) else { return try await inUseStill(row) ?? .asIntended }
            return row.correction.state == .deleting ? try await delete(row, asked) : .asSent(fault)
        } catch let error as DestinationError {
            return .notAsked(error.message)
        } catch {
            return .notAsked("\(type(of: error))")
        }
    }

    /// C-FIND lists nothing. Where Orthanc's own word can be had, it must say the same.
    private func nothing(of row: CorrectionRow) async throws -> CorrectionReport.Finding {
        guard row.correction.state == .deleting, let deletion, try await deletion.has(study: OutgoingUIDs(row.study.uids)[row.study.header.studyInstanceUID]) else { return .nothingThere }
        return .notDeleted("C-FIND lists nothing of it, and Orthanc's REST interface has it still")
    }

    /// Deletes what lies there as it was sent, if the engine permits it this moment, and asks whether nothing is left.
    private func delete(_ row: CorrectionRow, _ asked: Asked) async throws -> CorrectionReport.Finding {
        if let fault = CorrectionJudge(row).bar(toDeleting: asked.there, holding: asked.all) { return .notDeleted(fault) }
        guard let deletion else {
            return .notDeleted("corrections.orthanc names nobody who deletes there: a person deletes the study at the destination, under the patient that it was sent as")
        }
        guard await permits(.deletable, row, as: .correctionDeleting) else { return .notDeleted("something came in the way") }
        do {
            try await deletion.delete(
                study: OutgoingUIDs(row.study.uids)[row.study.header.studyInstanceUID],
                of: asked.there.rows.first?.patient.patientID ?? row.correction.sent.patientID, holding: asked.all)
        } catch let error as DestinationError {
            return .notDeleted(error.message)
        }
        return try await ask(about: row).there.isNothing ? try await nothing(of: row) : .notDeleted("the destination lists it still")
    }

    /// Whether the engine permits this moment what was found to be possible.
    func permits(_ finding: CorrectionReport.Finding, _ row: CorrectionRow, as code: SentenceCode) async -> Bool {
        guard case .done(let sentence) = await engine.answer(to: .correction(CorrectionReport(on: row.correction, finding))) else { return false }
        return sentence.code == code.rawValue
    }

    /// Where a study lies, what should be found there, and the SOP Instance UIDs of all that is ours of it, and of what is known to have arrived.
    typealias Asked = (there: StudyWhereabouts, expected: ExpectedStudy, all: Set<String>, arrived: Set<String>)

    /// What should be found is what has arrived of it; all of it where that is not known.
    func ask(about row: CorrectionRow) async throws -> Asked {
        let (arrived, all) = try ledger.read { (try $0.arrivedInstances(of: row.study.id), try $0.instances(of: row.study.id).map(\.instance)) }
        let uids = OutgoingUIDs(row.study.uids)
        let instances = Set((arrived.isEmpty ? all : arrived).map {
            ExpectedStudy.Instance(sopInstanceUID: uids[$0.sopInstanceUID], seriesInstanceUID: uids[$0.seriesInstanceUID])
        })
        let uid = uids[row.study.header.studyInstanceUID]
        let there = try await destination.whereabouts(ofStudy: uid, series: Set(all.map { uids[$0.seriesInstanceUID] }).sorted())
        let expected = ExpectedStudy(
            studyInstanceUID: uid, patientID: row.correction.intended.patientID, accessionNumber: row.correction.intended.accessionNumber,
            instances: instances.sorted { $0.sopInstanceUID < $1.sopInstanceUID }) // unordered: it is sorted
        return (there, expected, Set(all.map { uids[$0.sopInstanceUID] }), Set(arrived.map { uids[$0.sopInstanceUID] }))
    }
}
