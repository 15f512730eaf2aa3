import Coordination
import Foundation
import Ledger
import LedgerSQLite
import Logging
import Matching
import Migration
import Testing

@testable import Destinations
@testable import LineServer
@testable import coordinator

/// What an approved correction comes to at a destination that takes rejection notes, hides what they name or not, cuts its answers, or refuses: `image_manager.py`.
@Suite("Rejecting at an Image Manager, and what of it is in use still", .timeLimit(.minutes(5))) struct RejectionWorkTests {
    /// A study of five objects, of which some have arrived under P1, who is P2 now: a person approved that it is rejected, and all of it is at hand.
    private final class Scene {
        private static let generation = UIDGeneration(rawValue: "0123456789abcdef0123456789abcdef.1")!
        private let program: CoordinatorProgram
        let office: Office
        let work: CorrectionWork

        init(_ title: String, takesNotes: Bool = true, arrived: Int = 5) async throws {
            let ports = try await ImageManager.shared.ports
            program = try CoordinatorProgram()
            try program.initialise()
            var configuration = try CoordinatorConfiguration.load(program.configuration)
            configuration.migration.destination = "dicom://\(title)@127.0.0.1:\(ports[takesNotes ? 0 : 1])?calling=SKEIN"
            configuration.migration.corrections = CorrectionPolicy(profile: .rejectAndSendAgain, every: .seconds(1), wait: .minutes(10))
            let lock = try #require(try LedgerLock.take(MigrationFolder(path: configuration.folder)))
            office = try Office(configuration, lock: lock)
            work = try CorrectionWork(configuration, office, Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
            try office.ledger.write { try Self.write(arrived, to: $0) }
        }

        private static func write(_ arrived: Int, to tx: any LedgerTransaction) throws {
            let patient = PatientIdentity(patientID: "P1", name: "Kim^Chulsoo", birthDate: "19600101", sex: "M")
            var present = patient
            present.patientID = "P2"
            func order(_ patient: PatientIdentity) -> Order { Order(patient: patient, accessionNumber: "A1", examDate: CalendarDate("20030210"), modality: "CT") }
            try tx.putMerge(MergeRecord(former: PatientKey(patient), survivor: PatientKey(present), saidAt: nil))
            var study = try tx.insertStudy(StudyHeader(studyInstanceUID: "1.1", patient: patient, studyDate: "20030210", modalities: ["CT"]))
            let sent = SendPlan(coercions: DeclaredChanges.matched(order(patient)), patientID: "P1", accessionNumber: "A1")
            var intended = sent
            intended.coercions = DeclaredChanges.renamed(sent.coercions, to: present)
            intended.patientID = "P2"
            study.order = try tx.insertOrder(order(present), saidAt: nil).id
            (study.plan, study.holdReason, study.size.instances) = (sent, .patientChanged, 5)
            (study.progress.state, study.progress.wasGranted) = (.held, true)
            try tx.updateStudy(study)
            let medium = try tx.insertMedium(ExpectedMedium(label: "CD1", kind: .cd))
            let instances = (1...5).map {
                InstanceRecord(
                    sopInstanceUID: "1.1.1.\($0)", sopClassUID: "1.2.840.10008.5.1.4.1.1.2", seriesInstanceUID: "1.2.3.1", transferSyntaxUID: "1.2.840.10008.1.2.1",
                    sha256: String(repeating: "a", count: 64), contentDigest: String(repeating: "b", count: 64), byteCount: 1, path: "")
            }
            var part = PartRecord(
                id: PartID(0), study: study.id, medium: medium.id, worker: WorkerID(1), mediumGrant: GrantNumber(1), instanceCount: 5, byteCount: 5,
                wanted: InstanceRanges(upTo: 5))
            part = try tx.insertPart(part, instances: instances)
            part.wanted = InstanceRanges(upTo: 5)
            try tx.updatePart(part)
            let now = Instant(milliseconds: 1_000_000_000_000)
            var correction = CorrectionRecord(
                study: study.id, sent: sent, intended: intended, since: now, state: .rejecting, askAt: nil, until: now, sentence: Sentence(.correctionRejectionStaged, [.count(5)]))
            correction.rejection = Rejection(former: nil, generation: generation, approvedAt: now)
            (correction.approvedBy, correction.listedAt, correction.arrived) = ("ann", now, [part.id: InstanceRanges(upTo: arrived)])
            try tx.putCorrection(correction)
        }

        var row: CorrectionRow {
            get throws { try #require(try office.ledger.read { try $0.corrections(includingCorrected: true, page: Page()) }.first) }
        }

        /// How many objects the last note names; nil: there is no note.
        var named: Int? {
            get throws {
                let correction = try row.correction
                return (correction.rejection ?? correction.rejections.last)?.notes.last?.named.reduce(0) { $0 + $1.positions.count }
            }
        }

        /// Looks as the coordinator does, and tells the engine.
        @discardableResult
        func look() async throws -> CorrectionReport.Finding {
            let row = try row
            let finding = await work.finding(on: row)
            _ = await office.engine.answer(to: .correction(CorrectionReport(on: row.correction, finding)))
            return finding
        }

        func change(_ body: (inout StudyRecord) -> Void) throws {
            var study = try row.study
            body(&study)
            try office.ledger.write { try $0.updateStudy(study) }
        }
    }

    @Test("The note is there: rejected, and sent again; what the objects say otherwise since, and a note that is stored a second time, change nothing")
    func shown() async throws {
        let scene = try await Scene("SHOWS")
        #expect(try await scene.look() == .rejected)
        #expect(try scene.row.correction.state == .sending && scene.named == 5)
        try scene.change { $0.header.studyTime = "0715" }
        #expect(try await scene.work.inUseStill(scene.row) == nil)
        await scene.office.close()
    }

    @Test("The destination hides what is rejected: that is asked twice")
    func hidden() async throws {
        let scene = try await Scene("HIDES")
        #expect(try await scene.look() == .nothingThere)
        #expect(try scene.row.correction.state == .rejecting && scene.row.correction.emptyAt != nil)
        await scene.office.close()
    }

    @Test("A destination that cuts its answers has what it does not list rejected as well, whether that was found there or not", arguments: [5, 3])
    func cut(arrived: Int) async throws {
        let scene = try await Scene("FIRST", arrived: arrived)
        #expect(try await scene.look() == .rejected)
        #expect(try scene.named == 5)
        await scene.office.close()
    }

    @Test("One that refuses a note of objects that it does not have gets one of those that it has")
    func strict() async throws {
        let scene = try await Scene("STRICT", arrived: 3)
        #expect(try await scene.look() == .rejected)
        #expect(try scene.row.correction.state == .sending && scene.named == 3)
        await scene.office.close()
    }

    @Test("A note that is refused, by its status or since no such object is taken, is taken back, and the approval can be", arguments: [true, false])
    func refused(takesNotes: Bool) async throws {
        let scene = try await Scene(takesNotes ? "REFUSES" : "NONE", takesNotes: takesNotes)
        guard case .refused = try await scene.look() else { return #expect(Bool(false), "not refused") }
        let correction = try scene.row.correction
        #expect(correction.state == .approved && correction.rejection?.notes == [])
        #expect(correction.sentence.text().contains("refused the rejection note"))
        _ = await scene.office.engine.answer(to: .action(.awaitCorrection(studyInstanceUID: "1.1"), by: "ann"))
        #expect(try scene.row.correction.state == .awaited)
        await scene.office.close()
    }

    @Test("A note that may have arrived is not taken back when it is refused later: nobody knows what it has rejected")
    func refusedLater() async throws {
        let scene = try await Scene("LATE")
        guard case .notDeleted = try await scene.look() else { return #expect(Bool(false), "stored") }
        guard case .notDeleted(let why) = try await scene.look() else { return #expect(Bool(false), "taken back") }
        #expect(why.contains("may have taken it before") && why.contains("A700"))
        #expect(try scene.row.correction.state == .rejecting && scene.named == 5)
        await scene.office.close()
    }

    @Test("A note whose answer is lost is looked for before it is stored again")
    func lost() async throws {
        let scene = try await Scene("LOSES")
        guard case .notDeleted = try await scene.look() else { return #expect(Bool(false), "stored") }
        #expect(try scene.row.correction.state == .rejecting && scene.named == 5)
        #expect(try await scene.look() == .rejected)
        #expect(try scene.row.correction.rejections.last?.notes.count == 1)
        await scene.office.close()
    }

    @Test("A note that somebody removed is found missing in every state, and is stored once more where a person has approved that")
    func removed() async throws {
        let scene = try await Scene("REMOVED")
        #expect(try await scene.look() == .rejected)
        var correction = try scene.row.correction
        correction.state = .awaited
        let (awaited, ledger) = (correction, scene.office.ledger)
        try ledger.write { try $0.putCorrection(awaited) }
        guard case .asSent(let why) = try await scene.work.inUseStill(scene.row) else { return #expect(Bool(false), "not in use") }
        #expect(why.contains("old UIDs"))
        correction.state = .approved
        let approved = correction
        try ledger.write { try $0.putCorrection(approved) }
        #expect(try await scene.work.inUseStill(scene.row) == nil)
        #expect(try scene.row.correction.rejections.last?.notes.count == 1)
        await scene.office.close()
    }
}

/// The program of `image_manager.py`, which serves all tests and ends with their process.
private final class ImageManager: Sendable {
    static let shared = ImageManager()
    private let task: Task<[Int], any Error>

    /// Where it listens: as one that takes notes, and as one that takes none.
    var ports: [Int] { get async throws { try await task.value } }

    private init() {
        task = Task {
            let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            let ownPython = folder.deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent(".venv/bin/python").path
            let process = Process()
            process.executableURL = URL(fileURLWithPath: ProcessInfo.processInfo.environment["SKEIN_PYTHON"] ?? ownPython)
            process.arguments = [folder.appendingPathComponent("image_manager.py").path]
            let (input, output) = (Pipe(), Pipe())
            (process.standardInput, process.standardOutput, process.standardError) = (input, output, FileHandle.nullDevice)
            try process.run()
            let said = await Serving.read(output, until: "\n")
            Self.lifeline.hold(input)
            return said.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
        }
    }

    /// Keeps the program's standard input open.
    private static let lifeline = Lifeline()

    private final class Lifeline: @unchecked Sendable {
        // @unchecked Sendable because Pipe is not marked; it is held, once, and never used.
        private var pipe: Pipe?

        func hold(_ pipe: Pipe) { self.pipe = pipe }
    }
}
