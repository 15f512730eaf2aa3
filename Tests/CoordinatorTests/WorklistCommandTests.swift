import AsyncHTTPClient
import Console
import Coordination
import Foundation
import Ledger
import LedgerSQLite
import LineProtocol
import Migration
import Testing

@testable import coordinator

@Suite("coordinator match: the manual worklist", .timeLimit(.minutes(2))) struct WorklistCommandTests {
    private struct Document: Decodable { var studies: [WaitingShape] }

    /// A migration with a disc of two studies that wait: one with two orders of its day, one whose patient is unknown.
    private func program() throws -> CoordinatorProgram {
        let program = try CoordinatorProgram()
        try program.initialise()
        let orders = """
            patient_id,patient_name,birth_date,accession_number,exam_date,modality,procedure_description
            P1,KIM^MINSU,19500312,A1,20030210,CT,Brain
            P1,KIM^MINSU,19500312,A2,20030210,CT,Chest
            P1,LEE^AERI,19500312,A3,20030211,CT,Neck

            """
        try orders.write(toFile: program.folder + "/orders.csv", atomically: true, encoding: .utf8)
        let imported = try program.run("orders", "import", program.folder + "/orders.csv", "--config", program.configuration)
        #expect(imported.status == 0, "\(imported.messages)")
        try program.read([("1.1", "P1", "20030210"), ("1.2", "P2", "20040101")])
        return program
    }

    private func run(_ program: CoordinatorProgram, _ words: String..., status: Int32 = 0) throws -> (output: String, messages: String) {
        let outcome = try program.run(["match"] + words + ["--config", program.configuration])
        #expect(outcome.status == status, "\(words): \(outcome.messages)")
        return (outcome.output, outcome.messages)
    }

    @Test("A study is listed, shown, taken, put off, decided on and taken back, whether somebody serves or not", arguments: [true, false])
    func worked(isServed: Bool) async throws {
        let program = try program()
        let serving = isServed ? try await program.serve() : nil
        func list(_ words: String...) throws -> [WaitingShape] {
            let outcome = try program.run(["match", "list", "--json"] + words + ["--config", program.configuration])
            return try JSONDecoder().decode(Document.self, from: Data(outcome.output.utf8)).studies
        }
        #expect(try list().map(\.studyInstanceUID) == ["1.1", "1.2"])
        #expect(try list("--reason", "patient-unknown").map(\.studyInstanceUID) == ["1.2"])
        #expect(try list("--from", "20030101", "--to", "20031231", "--modality", "CT").map(\.studyInstanceUID) == ["1.1"])
        #expect(try list("--modality", "MR").isEmpty && list("--limit", "1").count == 1)
        #expect(try program.run("request", "--study", "1.2", "--reason", "ward 7", "--config", program.configuration).status == 0)
        #expect(try list().map(\.studyInstanceUID) == ["1.2", "1.1"])

        let shown = try run(program, "show", "1.1").output
        #expect(shown.contains("study 1.1: held, 2 orders of the patient, day and modality: A1, A2") && shown.contains("1. order A1 20030210"))
        #expect(shown.contains("!! name contradicts: 'KIM^MINSU' in the objects, 'LEE^AERI' in the order"))
        let item = try JSONDecoder().decode(WorklistItemShape.self, from: Data(run(program, "show", "1.1", "--json").output.utf8))
        #expect(item.candidates.map(\.order.accessionNumber) == ["A1", "A2", "A3"] && item.parts.map(\.medium) == ["CD-1"])

        #expect(try run(program, "take", "1.1").messages.contains("taken by"))
        #expect(try list("--reason", "several-orders").first?.taken?.by == Operators.person)
        #expect(try run(program, "postpone", "1.1", "--until", "2099-01-01", "--reason", "far", status: 1).messages.contains("at most a year"))
        let tomorrow = ISO8601DateFormatter().string(from: Date().addingTimeInterval(86_400))
        #expect(try run(program, "postpone", "1.1", "--until", tomorrow, "--reason", "ask the ward").messages.contains("put off until"))
        #expect(try list().map { $0.postponed?.reason } == [nil, "ask the ward"])
        #expect(try run(program, "exclude", "1.1", status: 2).messages.contains("--reason"))
        #expect(try run(program, "assign", "1.1", "A1", "--seen", "f00", status: 1).messages.contains("look at it again"))
        #expect(try run(program, "assign", "1.1", "A1", "--also", "A2", "--reason", "one scan", "--seen", item.revision).messages.contains("linked to order A1"))
        #expect(try list().map(\.studyInstanceUID) == ["1.2"])
        let report = try program.run("report", "--format", "csv", "--config", program.configuration).output
        #expect(report.contains("\"A2\"") && report.contains("orders_served"))
        #expect(try run(program, "unlink", "1.1", "A2").messages.contains("does not serve orders A2"))
        #expect(try run(program, "link", "1.1", "A2").messages.contains("serves orders A2 as well"))
        #expect(try run(program, "undo", "1.1", "--reason", "wrong").messages.contains("took back the decision of"))
        #expect(try run(program, "unspecified", "1.1").messages.contains("filed as an unspecified exam"))
        let history = try run(program, "history", "1.1").output
        for words in ["put off until", "gives the reason: one scan", "serves orders A2 as well", "took back the decision", "filed as an unspecified exam"] {
            #expect(history.contains(words), "\(words)")
        }
        #expect(try run(program, "show", "1.9", status: 1).messages.contains("no study 1.9 is in the ledger"))
        if let serving { #expect(serving.end(by: SIGTERM) == 0) }
    }

    @Test("What came up against a sent study is on a list of its own, in status, and in each report")
    func flagged() throws {
        let program = try program()
        try program.change("1.1") { study, _ in
            study.progress.state = .verified
            study.holdReason = nil
            study.flags = ["order-changed"]
        }
        let list = try run(program, "list", "--flagged").output
        #expect(list.contains("FLAGS") && list.contains("1.1") && list.contains("order-changed") && !list.contains("1.2"))
        #expect(try run(program, "list").output.contains("1.1") == false)
        let status = try program.run("status", "--config", program.configuration).output
        #expect(status.contains("flagged    1 order-changed") && status.contains("see match list --flagged"))
        for format in ["text", "csv", "json", "html"] {
            let report = try program.run("report", "--format", format, "--config", program.configuration)
            #expect(report.status == 0 && report.output.contains("order-changed"), "\(format)")
        }
        let text = try program.run("report", "--config", program.configuration).output
        #expect(text.contains("Studies against which something came up after they were sent or decided on (1):"))
    }

    @Test("What lies under another patient or order than it should is not reported as migrated, and each report has its correction")
    func corrections() throws {
        let program = try program()
        func plan(_ patient: String, _ accession: String) -> SendPlan { SendPlan(coercions: [], patientID: Identifying(patient), accessionNumber: accession) }
        let since = Instant(milliseconds: 1_000_000_000)
        for (uid, state) in [("1.1", CorrectionState.open), ("1.2", .corrected)] {
            try program.change(uid) { study, tx in
                study.progress.state = .verified
                study.holdReason = nil
                study.plan = plan("P1", "A1")
                try tx.putCorrection(
                    CorrectionRecord(
                        study: study.id, sent: plan("P1", "A1"), intended: plan("P1", "A2"), since: since, state: state, askAt: nil, until: since,
                        sentence: Sentence(.correctionDecided, [.accession("A1"), .accession("A2"), .text("ann")])))
            }
        }
        func report(_ format: String) throws -> String {
            try program.run("report", "--format", format, "--config", program.configuration).output
        }
        let text = try report("text")
        #expect(text.contains("misfiled   1 corrected, 1 open"))
        #expect(text.contains("Not, or not wholly, migrated (1 studies):") && text.contains("correction open: sent as order A1, and is order A2's as ann decided"))
        #expect(text.contains("under another patient or order than they should (1 corrected, 1 open):"))
        let rows = try report("csv").split(separator: "\r\n").map(String.init)
        #expect(rows[0].contains("\"correction\"") && rows[1].contains("\"open\"") && rows[1].contains("A2\"") && rows[2].contains("\"corrected\""))
        struct Document: Decodable {
            var summary: StatusShape
            var corrections: [CorrectionShape]
        }
        let document = try JSONDecoder().decode(Document.self, from: Data(report("json").utf8))
        #expect(document.corrections.map(\.state) == ["open", "corrected"] && document.summary.corrections["open"] == 1)
        let page = try report("html")
        let migrated = try #require(page.range(of: "Not, or not wholly, migrated"))
        let next = try #require(page.range(of: "At the destination under another patient or order than they should be"))
        #expect(page[migrated.lowerBound..<next.lowerBound].contains("<td>1.1</td>") && !page[migrated.lowerBound..<next.lowerBound].contains("<td>1.2</td>"))
        #expect(page[next.lowerBound...].contains("<td>corrected</td>") && page.contains("correction open: "))
    }

    @Test("What was refused is closed with a reason, by its number")
    func closedOutbound() throws {
        let program = try CoordinatorProgram()
        try program.initialise()
        let unknown = try program.run("outbound", "close", "9", "--reason", "x", "--config", program.configuration)
        #expect(unknown.status == 1 && unknown.messages.contains("there is no order or cancel 9"), "\(unknown.messages)")
        #expect(try program.run("outbound", "close", "9", "--config", program.configuration).status == 2)
    }

    @Test("Over the socket two operators cannot decide on one study: the one who took it may, the other is told who has it")
    func twoOperators() async throws {
        let program = try program()
        let serving = try await program.serve()
        let client = HTTPClient(eventLoopGroupProvider: .singleton)
        func operatorNamed(_ name: String) -> SocketRunner {
            SocketRunner(client: client, socket: program.folder + "/m/coordinator.sock", person: name)
        }
        _ = try await operatorNamed("ann").run(SettleStudy(study: "1.1", decision: .take))
        let assign = SettleStudy(study: "1.1", decision: .assign, accessionNumber: "A1")
        let refusal = await #expect(throws: (any Error).self) { try await operatorNamed("bob").run(assign) }
        #expect("\(String(describing: refusal))".contains("was taken by ann"))
        _ = try await operatorNamed("ann").run(SettleStudy(study: "1.1", decision: .release))
        #expect(try await operatorNamed("bob").run(assign).text == "linked to order A1 by bob")
        try await client.shutdown()
        #expect(serving.end(by: SIGTERM) == 0)
    }
}

extension CoordinatorProgram {
    /// Lets a worker that is no program read a disc of these studies, of one image each, through the engine over the migration's ledger.
    fileprivate func read(_ studies: [(uid: String, patient: String, day: String)]) throws {
        let ledger = try SQLiteLedger(path: folder + "/m/ledger.sqlite")
        defer { try? ledger.close() }
        var driver = EngineDriver(engine: Engine(configuration: MigrationConfiguration(destination: "dicom://SKEINPACS@127.0.0.1:4242")), ledger: ledger)
        try driver.read(studies, into: ledger)
    }
}

extension CoordinatorProgram {
    /// Changes what the migration's ledger has of a study, while nobody serves.
    func change(_ uid: String, _ change: (inout StudyRecord, any LedgerTransaction) throws -> Void) throws {
        let ledger = try SQLiteLedger(path: folder + "/m/ledger.sqlite")
        defer { try? ledger.close() }
        try ledger.write { tx in
            var study = try #require(try tx.study(uid: uid))
            try change(&study, tx)
            try tx.updateStudy(study)
        }
    }
}

extension EngineDriver {
    private static func now() -> Instant { Instant(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)) }

    fileprivate mutating func read(_ studies: [(uid: String, patient: String, day: String)], into ledger: SQLiteLedger) throws {
        func say(_ event: Event) -> Answer { process([event], now: Self.now())[0] }
        _ = say(.action(.importMedia([ExpectedMedium(label: "CD-1", kind: .cd)]), by: "test"))
        let secret = [UInt8](repeating: 7, count: 32)
        _ = say(.action(.invite(name: "gateway1", site: "", secretDigest: secret, expires: Self.now() + .minutes(5)), by: "test"))
        guard case .enrolled(_, let worker) = say(.enrolment(secretDigest: secret, identity: "identity-1")) else { throw Unread(step: "ENROL") }
        func line(_ request: Request) -> Answer { say(.line(worker, request, payloadDigest: [UInt8](repeating: 0, count: 32))) }
        _ = line(.hello(HelloRequest(versions: [1], program: "test", spool: "s", custody: [])))
        let sha = String(repeating: "a", count: 64)
        let medium = MediumRequest(drive: "d", label: "CD-1", fingerprint: sha, volumeIdentifier: "V", byteCount: 1, fileCount: 1, isOnline: false)
        guard case .reply(.medium(let reply)) = line(.medium(medium)), let grant = reply.grant else { throw Unread(step: "MEDIUM") }
        let inventories = studies.map { study in
            let patient = PatientIdentity(patientID: Identifying(study.patient), name: "KIM^MINSU", birthDate: "19500312")
            let header = StudyHeader(studyInstanceUID: study.uid, patient: patient, studyDate: study.day, modalities: ["CT"])
            let instance = InstanceRecord(
                sopInstanceUID: "\(study.uid).1.1", sopClassUID: "1.2.840.10008.5.1.4.1.1.2", seriesInstanceUID: "\(study.uid).1",
                transferSyntaxUID: "1.2.840.10008.1.2.1", sha256: sha, contentDigest: sha, byteCount: 1, path: study.uid)
            return StudyInventory(header: header, instances: [instance])
        }
        _ = line(.inventory(InventoryRequest(grant: grant, matter: .piece(number: 0, InventoryPiece(studies: inventories, unreadable: [])))))
        let digest = try ledger.write { try $0.inventoryDigest(of: grant) }
        let end = InventoryEnd(pieces: 1, digest: digest, fileCount: 1, notDICOMCount: 0, findings: [], assumed: nil)
        guard case .reply(.inventory(let closed)) = line(.inventory(InventoryRequest(grant: grant, matter: .end(end)))), closed.isClosed else {
            throw Unread(step: "INVENTORY")
        }
    }

    private struct Unread: Error { var step: String }
}
