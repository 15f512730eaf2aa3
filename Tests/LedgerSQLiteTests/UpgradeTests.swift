import Foundation
import GRDB
import Ledger
@testable import LedgerSQLite
import Matching
import Migration
import Testing

@Suite("Ledgers of earlier versions")
struct UpgradeTests {
    private let folder = LedgerFolder()
    private var copies: LedgerCopies { LedgerCopies(folder: folder.path + "/copies", keep: 1) }

    private func makeVersion1() throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Released/version-1.sql")
        let text = try String(contentsOf: file, encoding: .utf8)
        // The text has the tables in the order of their names.
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        let database = try DatabaseQueue(path: folder.ledger, configuration: configuration)
        try database.writeWithoutTransaction { try $0.execute(sql: text) }
        try database.close()
    }

    private func version(of path: String) throws -> Int? {
        let database = try DatabaseQueue(path: path)
        defer { try? database.close() }
        return try database.read { try Int.fetchOne($0, sql: "PRAGMA user_version") }
    }

    @Test("A ledger of the first released version opens with everything in it, and work goes on; what it was is kept as a copy")
    func firstRelease() throws {
        try makeVersion1()
        let ledger = try SQLiteLedger(path: folder.ledger, copies: copies)
        try ledger.read { reader in
            let studies = try reader.studies(StudyFilter(), page: Page())
            #expect(studies.count == 20)
            #expect(studies.count { $0.study.progress.state == .verified } == 10)
            #expect(studies.count { $0.study.holdReason != nil } == 9)
            #expect(try studies.reduce(0) { try $0 + reader.instances(of: $1.study.id).count } == 135)
            #expect(try reader.media(state: nil, page: Page()).count == 4)
            #expect(try reader.orders(page: Page()).count == 24)
            #expect(try reader.orders(page: Page()).allSatisfy { $0.saidAt == nil })
            #expect(try reader.workers(page: Page()).map(\.worker.name) == ["gateway1", "gateway2"])
            #expect(try reader.unreadableFiles(includingResolved: true, page: Page()).count == 8)
            #expect(try reader.verifyChain() == .whole(count: 120))
            #expect(try !reader.hasOpenRequests())
            #expect(try reader.isIssuerOfHospital("SEOHAE") && !reader.isIssuerOfHospital("ELSEWHERE"))
            let held = studies.filter { $0.study.progress.state == .held }
            #expect(try reader.waitingStudies(WaitingFilter(), at: Instant(milliseconds: 1), page: Page()).map(\.study) == held.map(\.study))
            let reason = try #require(held.first?.study.holdReason)
            let sameReason = held.filter { $0.study.holdReason == reason }
            #expect(try reader.waitingStudies(WaitingFilter(reason: reason), at: Instant(milliseconds: 1), page: Page()).count == sameReason.count)
            for row in studies where !row.study.header.accessionNumber.isEmpty {
                #expect(try reader.studies(accessionNumber: row.study.header.accessionNumber, limit: 99).contains { $0.id == row.study.id })
            }
            // What matching compares is there of rows that were written before, and comes to what was decided then.
            var tally = SimulationTally()
            try reader.walkPatients { patient in tally.add(patient) { _, _ in Contemporaries() } }
            let counts = tally.result.reduce(into: SimulationCounts()) { $0 += $1.counts }
            #expect(counts.total == 20)
            for outcome in Outcome.allCases { #expect(counts.count(of: outcome) == studies.count { $0.study.outcome == outcome }) }
        }
        try ledger.write { tx in
            #expect(try tx.next(.grant) == 18)
            try tx.append(Sentence("happened"), about: EventSubject(), at: Instant(milliseconds: 1))
        }
        #expect(try ledger.read { try $0.verifyChain() } == .whole(count: 121))
        try ledger.close()
        #expect(try version(of: folder.ledger) == Schema.versions.count)
        let kept = copies.folder + "/before-version-2.sqlite"
        #expect(FileManager.default.fileExists(atPath: kept) == (Schema.versions.count > 1))
    }

    @Test("Orders and studies that were written before are found by their birth dates")
    func births() throws {
        try makeVersion1()
        let ledger = try SQLiteLedger(path: folder.ledger, copies: copies)
        let orders = try ledger.read { try $0.orders(page: Page()) }
        for order in orders {
            guard let day = CalendarDate(order.order.patient.birthDate.reveal()) else { continue }
            let found = try ledger.read { try $0.patients(bornOn: day, limit: 99) }
            #expect(found?.contains(order.order.patient) == true)
        }
        let studies = try ledger.read { try $0.studies(StudyFilter(), page: Page()) }.map(\.study)
        for study in studies {
            guard let day = CalendarDate(study.header.patient.birthDate.reveal()) else { continue }
            let found = try ledger.read { try $0.studies(bornOn: day, limit: 99) }.map(\.id)
            #expect(found.contains(study.id))
        }
        #expect(try ledger.write { try $0.setting(.review) } == "ready 0 sent", "what was matched without them is looked at again")
        try ledger.close()
    }

    @Test("Before the tables change a copy is made; a program that does not know the new version refuses the file, and not the copy")
    func copyBefore() throws {
        try makeVersion1()
        let newer = Schema.versions + [["ALTER TABLE medium ADD COLUMN weight INTEGER"]]
        try SQLiteLedger(path: folder.ledger, copies: copies, versions: newer).close()
        #expect(try version(of: folder.ledger) == newer.count)
        let kept = copies.folder + "/before-version-2.sqlite"
        #expect(try version(of: kept) == 1)
        #expect(try LedgerRestoration.check(kept).lastEvent == 120)
        do {
            _ = try SQLiteLedger(path: folder.ledger, copies: copies)
            Issue.record("the newer ledger was opened")
        } catch let error as LedgerError {
            #expect(error.code == .newerSchema)
            #expect(error.message.contains("schema version \(newer.count); this program knows versions up to \(newer.count - 1): use the newer program"))
        }
        #expect(try version(of: folder.ledger) == newer.count)
    }

    @Test("A change of the tables that fails changes nothing, and so does one before which no copy can be made")
    func failedChange() throws {
        try makeVersion1()
        let broken = Schema.versions + [["ALTER TABLE medium ADD COLUMN weight INTEGER", "ALTER TABLE nothing ADD COLUMN weight INTEGER"]]
        #expect(throws: LedgerError.self) { try SQLiteLedger(path: folder.ledger, copies: copies, versions: broken) }
        #expect(try version(of: folder.ledger) == 1)
        try Data().write(to: URL(fileURLWithPath: folder.path + "/file"))
        let nowhere = LedgerCopies(folder: folder.path + "/file/copies", keep: 1)
        let newer = Schema.versions + [["ALTER TABLE medium ADD COLUMN weight INTEGER"]]
        #expect(throws: LedgerError.self) { try SQLiteLedger(path: folder.ledger, copies: nowhere, versions: newer) }
        #expect(try version(of: folder.ledger) == 1)
        try SQLiteLedger(path: folder.ledger, copies: copies).close()
    }

    @Test("Studies that an earlier program let go are looked at again where a legacy index was imported, and only there", arguments: [true, false])
    func legacyIndex(isThere: Bool) throws {
        let before = try #require(Schema.versions.firstIndex(of: Schema.version12))
        let old = try SQLiteLedger(path: folder.ledger, copies: copies, versions: Array(Schema.versions[..<before]))
        if isThere {
            try old.write { try $0.writeLegacyStudy(LegacyStudy(header: StudyHeader(studyInstanceUID: "1.1", patient: PatientIdentity(patientID: "P1")))) }
        }
        try old.close()
        let ledger = try SQLiteLedger(path: folder.ledger, copies: copies)
        #expect(try ledger.write { try $0.setting(.review) } == (isThere ? "ready 0" : nil))
        #expect(try ledger.read { try $0.films(includingClosed: true, page: Page()) }.isEmpty)
        try ledger.close()
    }

    @Test("The studies of requests that an earlier program kept have their places; a request that comes is found until its studies have theirs")
    func requests() throws {
        let before = try #require(Schema.versions.firstIndex(of: Schema.version13))
        let old = try SQLiteLedger(path: folder.ledger, copies: copies, versions: Array(Schema.versions[..<before]))
        try old.close()
        let database = try DatabaseQueue(path: folder.ledger)
        try database.write { db in
            try db.execute(
                sql: """
                    INSERT INTO request(subject, patient_id, issuer, study_uid, accession, is_automatic, made_by, reason, made_at)
                    VALUES ('{"study":{"_0":"1.2"}}', '', '', '1.2', '', 0, 'ann', 'x', 1)
                    """)
        }
        try database.close()
        let ledger = try SQLiteLedger(path: folder.ledger, copies: copies)
        try ledger.write { tx in
            var known = try #require(try tx.request(RequestID(1)))
            #expect(known.placed == nil)
            #expect(try tx.requestsToPlace(limit: 9).isEmpty)
            known.placed = StudyID(7)
            try tx.updateRequest(known)
            #expect(try tx.requestsToPlace(limit: 9) == [known])
        }
        try ledger.close()
    }

    @Test("Where a medium was read in part, studies that an earlier program let go are looked at again", arguments: [true, false])
    func readInPart(isDamaged: Bool) throws {
        let before = try #require(Schema.versions.firstIndex(of: Schema.version16))
        let old = try SQLiteLedger(path: folder.ledger, copies: copies, versions: Array(Schema.versions[..<before]))
        try old.close()
        let database = try DatabaseQueue(path: folder.ledger)
        try database.write { db in
            try db.execute(
                sql: "INSERT INTO medium(label, kind, shelf, copy_of, state, is_whole) VALUES ('A', 'cd', '', '', ?, 0)", arguments: [isDamaged ? "partly read" : "read"])
        }
        try database.close()
        let ledger = try SQLiteLedger(path: folder.ledger, copies: copies)
        #expect(try ledger.write { try $0.setting(.review) } == (isDamaged ? "ready 0" : nil))
        #expect(try ledger.write { try $0.medium(label: "A") }?.isGivenUp == false)
        try ledger.close()
    }

    @Test("A review that was under way begins anew, and goes on to what was sent; where nothing was read there is none", arguments: [true, false])
    func reviewUnderWay(isThere: Bool) throws {
        let before = try #require(Schema.versions.firstIndex(of: Schema.version17))
        let old = try SQLiteLedger(path: folder.ledger, copies: copies, versions: Array(Schema.versions[..<before]))
        try old.write { tx in
            if isThere { _ = try tx.insertStudy(StudyHeader(studyInstanceUID: "1.1", patient: PatientIdentity(patientID: "P1", birthDate: "1961.02.03"))) }
            if isThere { try tx.writeSetting("held 1234", as: .review) }
        }
        try old.close()
        let ledger = try SQLiteLedger(path: folder.ledger, copies: copies)
        #expect(try ledger.write { try $0.setting(.review) } == (isThere ? "ready 0 sent" : nil))
        let day = try #require(CalendarDate("19610203"))
        #expect(try ledger.read { try $0.studies(bornOn: day, limit: 9) }.count == (isThere ? 1 : 0))
        try ledger.close()
    }

    @Test("What is being sent again as a person decided is known as such; what is not yet, is not", arguments: [true, false])
    func amendments(isBeingSent: Bool) throws {
        let before = try #require(Schema.versions.firstIndex(of: Schema.version19))
        let old = try SQLiteLedger(path: folder.ledger, copies: copies, versions: Array(Schema.versions[..<before]))
        let changes = ["00100010": "Kim^\u{ae40}/\"x\"", "00100020": "P2"].sorted { $0.key < $1.key }.map { Coercion(tag: $0.key, value: Identifying($0.value), rule: .order) }
        let decided = SendPlan(coercions: changes, patientID: "P2", accessionNumber: "A2")
        var study = try old.write { try $0.insertStudy(StudyHeader(studyInstanceUID: "1.1", patient: PatientIdentity(patientID: "P1"))) }
        study.decision = PersonalDecision(by: "ann", kind: .assigned)
        study.decision?.amendment = PersonalDecision.Amendment(plan: decided, former: nil)
        study.plan = isBeingSent ? decided : SendPlan(coercions: [], patientID: "P1", accessionNumber: "A1")
        try old.write { try $0.updateStudy(study) }
        try old.close()
        let ledger = try SQLiteLedger(path: folder.ledger, copies: copies)
        let decision = try #require(try ledger.write { try $0.study(study.id) }?.decision)
        #expect(decision.amendment?.isBeingSent == (isBeingSent ? true : nil) && decision.amendment?.plan == decided && decision.by == "ann")
        try ledger.close()
    }

    @Test("What an earlier program rejected is kept in mind; what its note names is not known, and what it let go of is all of the study", arguments: ["sending", "rejecting"])
    func rejections(state: String) throws {
        let before = try #require(Schema.versions.firstIndex(of: Schema.version18))
        let old = try SQLiteLedger(path: folder.ledger, copies: copies, versions: Array(Schema.versions[..<before]))
        let study = try old.write { try $0.insertStudy(StudyHeader(studyInstanceUID: "1.1", patient: PatientIdentity(patientID: "P1"))) }
        try old.close()
        let database = try DatabaseQueue(path: folder.ledger)
        let plan = String(decoding: try JSONEncoder().encode(SendPlan(coercions: [], patientID: "P1", accessionNumber: "A1")), as: UTF8.self)
        let sentence = String(decoding: try JSONEncoder().encode(Sentence(.correctionEmpty)), as: UTF8.self)
        try database.write { db in
            try db.execute(sql: "UPDATE study SET round = 1, instance_count = 5")
            try db.execute(
                sql: """
                    INSERT INTO correction(study, sent, intended, since, state, until, sentence, approved_by, arrived, rejection)
                    VALUES (?, ?, ?, 1, ?, 9, ?, 'ann', '[]', '{"approvedAt":7,"generation":"ab.1","note":"2.25.1"}')
                    """, arguments: [study.id.number, plan, plan, state, sentence])
        }
        try database.close()
        let ledger = try SQLiteLedger(path: folder.ledger, copies: copies)
        let correction = try #require(try ledger.write { try $0.correction(of: study.id) })
        var rejection = Rejection(former: nil, generation: try #require(UIDGeneration(migration: "ab", round: 1)), approvedAt: Instant(milliseconds: 7))
        rejection.notes = [Rejection.Note(uid: "2.25.1", named: [])]
        #expect(correction.rejections == (state == "sending" ? [rejection] : []) && correction.rejection == (state == "sending" ? nil : rejection))
        #expect(correction.owed == 5 && correction.round == 0)
        try ledger.close()
    }
}
