import Foundation
import GRDB
import Ledger
@testable import LedgerSQLite
import Migration
import Synchronization
import Testing

@Suite("Queries of leases, results, inventories and ticks use their indices")
struct QueryPlanTests {
    /// The statements that a ledger ran.
    final class Statements: Sendable {
        private let list = Mutex<[String]>([])

        func add(_ sql: String) { list.withLock { $0.append(sql) } }
        func take() -> [String] { list.withLock { statements in defer { statements = [] }; return statements } }
    }

    /// Steps that look at a whole index or table and are cheap all the same, with the reason.
    private static let harmless = [
        // The newest event only: the table is walked from its end, and one row is taken.
        "SCAN event",
        // Partial indices that hold nothing but what is asked for: live grants; unread and open media, of which the first is taken, or all are wanted.
        "SCAN lease_grant USING INDEX grant_live", "SCAN m USING INDEX medium_unread", "SCAN m USING INDEX medium_open",
        // A partial index of the open requests: any of them answers, or, of those that persons made, all are counted.
        "SCAN request USING COVERING INDEX request_open", "SCAN request USING INDEX request_open",
        // A partial index of nothing but the flagged studies, which are listed or counted.
        "SCAN study USING INDEX study_flagged", "SEARCH s USING INDEX study_flagged",
        // What a row of a list shows of its own study: the labels of its media, and the orders that it serves, each found by an index.
        "SCAN (subquery-1)", "SCAN (subquery-3)",
        // The patient IDs that were named, and of each as many rows of an index as are counted.
        "SCAN member", "SCAN (subquery-2)", "SCAN (subquery-4)",
        // A partial index of the requests with studies that have no place yet.
        "SCAN request USING INDEX request_placed",
        // Partial indices of nothing but the patients who wait, who longest first.
        "SCAN patient_queue USING INDEX patient_queue_whole", "SCAN patient_queue USING INDEX patient_queue_large",
    ]

    private static let methods: [(String, @Sendable (any LedgerTransaction) throws -> Void)] = [
        ("leasableParts", { _ = try $0.leasableParts(of: WorkerID(1), at: Instant(milliseconds: 1), limit: 16) }),
        ("parts(of:)", { _ = try $0.parts(of: StudyID(1)) }),
        ("parts(beside:)", { _ = try $0.parts(beside: PartID(1)) }),
        ("lease", { _ = try $0.lease(GrantNumber(1)) }),
        ("standing", { _ = try $0.standing(of: StudyID(1)) }),
        ("noteLease", { try $0.noteLease(of: StudyID(1), Sentence("granted")) }),
        ("parts(on:)", { _ = try $0.parts(on: MediumID(1)) }),
        ("parts(under:)", { _ = try $0.parts(under: GrantNumber(1)) }),
        ("fencedParts", { _ = try $0.fencedParts(after: Instant(milliseconds: 1)) }),
        ("hasOpenParts", { _ = try $0.hasOpenParts(on: MediumID(1)) }),
        ("erasures", { _ = try $0.erasures(of: WorkerID(1), above: 0, limit: 9) }),
        ("erasedGrants", { _ = try $0.erasedGrants(of: WorkerID(1)) }),
        ("custodyGrants", { _ = try $0.custodyGrants(of: WorkerID(1), andLost: true) }),
        ("study(uid:)", { _ = try $0.study(uid: "1.1") }),
        ("studies(ofPatient:)", { _ = try $0.studies(ofPatient: "P1") }),
        ("studies(ofPatient:limit:)", { _ = try $0.studies(ofPatient: "P1", limit: 9) }),
        ("studies(underOrdersOf:)", { _ = try $0.studies(underOrdersOf: "P1", limit: 9) }),
        ("undecidedStudies", { _ = try $0.undecidedStudies(ofPatient: "P1", limit: 9) }),
        ("tallies", { _ = try $0.tallies(ofPatients: ["P1"], limit: 9) }),
        ("studies(under:)", { _ = try $0.studies(under: OrderID(1)) }),
        ("studiesToRetry", { _ = try $0.studiesToRetry(at: Instant(milliseconds: 1), limit: 9) }),
        ("patients(heldFor:)", { _ = try $0.patients(heldFor: .waitingForMedia, above: "", limit: 9) }),
        ("plannedPatients", { _ = try $0.plannedPatients(accessionNumber: "A") }),
        ("outbound", { _ = try $0.outbound(OutboundID(1)) }),
        ("outbound(of:)", { _ = try $0.outbound(of: StudyID(1)) }),
        ("outbound(accessionNumber:)", { _ = try $0.outbound(accessionNumber: "UX00000001") }),
        ("outbound(in:)", { _ = try $0.outbound(in: .waiting, limit: 9) }),
        ("isReserved", { _ = try $0.isReserved("UX00000001") }),
        ("correction", { _ = try $0.correction(of: StudyID(1)) }),
        ("corrections(dueAt:)", { _ = try $0.corrections(dueAt: Instant(milliseconds: 1), limit: 9) }),
        ("corrections(page:)", { _ = try $0.corrections(includingCorrected: false, page: Page()) }),
        ("orders(numbered:)", { _ = try $0.orders(numbered: "P1^") }),
        ("noteOutdated", { _ = try $0.noteOutdated([1]) }),
        ("orders(ofPatient:)", { _ = try $0.orders(ofPatient: "P1") }),
        ("legacyStudy", { _ = try $0.legacyStudy(uid: "1.1") }),
        ("orders(accessionNumber:)", { _ = try $0.orders(accessionNumber: "A") }),
        ("identity", { _ = try $0.identity(of: PatientKey(patientID: "P1")) }),
        ("patients(bornOn:)", { _ = try $0.patients(bornOn: #require(CalendarDate("19600101")), limit: 9) }),
        ("studies(bornOn:)", { _ = try $0.studies(bornOn: #require(CalendarDate("19600101")), limit: 9) }),
        ("isCrowded", { _ = try $0.isCrowded(#require(CalendarDate("19600101")), limit: 9) }),
        ("hasStudiesWithoutBirthday", { _ = try $0.hasStudiesWithoutBirthday() }),
        ("hasStudiesWithoutBirthday(ofPatients:)", { _ = try $0.hasStudiesWithoutBirthday(ofPatients: ["P1"]) }),
        ("orderCount", { _ = try $0.orderCount(of: PatientIdentity(patientID: "P1"), limit: 2) }),
        ("studies(ofPatient:behind:)", { _ = try $0.studies(ofPatient: "P1", behind: StudyID(1), limit: 9) }),
        ("queuedPatients", { _ = try $0.queuedPatients(areTooLarge: false, limit: 9) }),
        ("queuedPatients(areTooLarge:)", { _ = try $0.queuedPatients(areTooLarge: true, limit: 9) }),
        ("hasQueuedPatients", { _ = try $0.hasQueuedPatients() }),
        ("isAnyQueued", { _ = try $0.isAnyQueued(["P1"]) }),
        ("wasCrowded", { _ = try $0.wasCrowded(#require(CalendarDate("19600101"))) }),
        ("isIssuerOfHospital", { _ = try $0.isIssuerOfHospital("HOSP") }),
        ("hasIssuersOfHospital", { _ = try $0.hasIssuersOfHospital() }),
        ("identities", { _ = try $0.identities(ofPatient: "P1") }),
        ("merges", { _ = try $0.merges(ofPatient: "P1") }),
        ("merges(into:)", { _ = try $0.merges(into: "P1", limit: 9) }),
        ("studies(accessionNumber:)", { _ = try $0.studies(accessionNumber: "A", limit: 9) }),
        ("legacyStudies(ofPatient:)", { _ = try $0.legacyStudies(ofPatient: "P1", limit: 9) }),
        ("legacyStudies(accessionNumber:)", { _ = try $0.legacyStudies(accessionNumber: "A", limit: 9) }),
        ("openMedium(labelled:)", { _ = try $0.openMedium(labelled: "A") }),
        ("mediaReadInPart", { _ = try $0.mediaReadInPart(limit: 9) }),
        ("unreadMedia", { _ = try $0.unreadMedia() }),
        ("newestRequestsOfPersons", { _ = try $0.newestRequestsOfPersons(limit: 9) }),
        ("hasOpenRequests", { _ = try $0.hasOpenRequests() }),
        ("openRequestCount", { _ = try $0.openRequestCount(isAutomatic: true) }),
        ("openRequests(ofPatient:)", { _ = try $0.openRequests(ofPatient: "P1") }),
        ("openRequests(study:)", { _ = try $0.openRequests(study: "1.1") }),
        ("openRequests(accessionNumber:)", { _ = try $0.openRequests(accessionNumber: "A") }),
        ("requestsToEnd", { _ = try $0.requestsToEnd(at: Instant(milliseconds: 1), limit: 9) }),
        ("requestsToPlace", { _ = try $0.requestsToPlace(limit: 9) }),
        ("film", { _ = try $0.film(FilmID(1)) }),
        ("films(of:)", { _ = try $0.films(of: RequestID(1)) }),
        ("openFilms", { _ = try $0.openFilms(study: "1.1", order: OrderID(1)) }),
        ("take", { _ = try $0.take(of: StudyID(1)) }),
        ("postponement", { _ = try $0.postponement(of: StudyID(1)) }),
        ("postponementsToEnd", { _ = try $0.postponementsToEnd(at: Instant(milliseconds: 1), limit: 9) }),
        ("servedOrders", { _ = try $0.servedOrders(of: StudyID(1)) }),
        ("studies(serving:)", { _ = try $0.studies(serving: OrderID(1)) }),
        ("amendedStudies", { _ = try $0.amendedStudies(sentUnder: "A") }),
        ("waitingStudies", { _ = try $0.waitingStudies(WaitingFilter(), at: Instant(milliseconds: 1), page: Page()) }),
        ("waitingStudies(reason:)", {
            let filter = WaitingFilter(reason: .severalOrders, modality: "CT", first: CalendarDate("20030101"), last: CalendarDate("20031231"))
            _ = try $0.waitingStudies(filter, at: Instant(milliseconds: 1), page: Page())
        }),
        ("postponedStudies", { _ = try $0.postponedStudies(WaitingFilter(), at: Instant(milliseconds: 1), page: Page()) }),
        ("studies(isFlagged:)", { _ = try $0.studies(StudyFilter(isFlagged: true), page: Page()) }),
        ("setting", { _ = try $0.setting(.rules) }),
        ("studiesMayHold", { _ = try $0.studiesMayHold("1.1", except: StudyID(1)) }),
        ("unresolvedFiles(ofStudy:)", { _ = try $0.unresolvedFiles(ofStudy: "1.1") }),
        ("unresolvedFiles(on:)", { _ = try $0.unresolvedFiles(on: MediumID(1)) }),
        ("inventoryDigest", { _ = try $0.inventoryDigest(of: GrantNumber(1)) }),
        ("medium(label:)", { _ = try $0.medium(label: "A") }),
        ("media(fingerprint:)", { _ = try $0.media(fingerprint: "F") }),
        ("copies", { _ = try $0.copies(of: "A") }),
        ("openMedium", { _ = try $0.openMedium(covering: CalendarDate("20030210").map { $0...$0 }) }),
        ("openMedia", { _ = try $0.openMedia(covering: CalendarDate("20030210").map { $0...$0 }, limit: 9) }),
        ("liveGrants", { _ = try $0.liveGrants() }),
        ("worker(identity:)", { _ = try $0.worker(identity: "I") }),
        ("append", { try $0.append(Sentence("happened"), about: EventSubject(), at: Instant(milliseconds: 1)) }),
    ]

    @Test("None walks through a table, and none sorts what it found")
    func indices() throws {
        let path = NSTemporaryDirectory() + "skein-\(UUID().uuidString).sqlite"
        defer { for suffix in ["", "-wal", "-shm", "-head"] { try? FileManager.default.removeItem(atPath: path + suffix) } }
        let statements = Statements()
        let ledger = try SQLiteLedger(path: path) { statements.add($0) }
        let explainer = try DatabaseQueue(path: path)
        for (name, method) in Self.methods {
            _ = statements.take()
            try ledger.write { try method($0) }
            let queries = statements.take().filter { $0.hasPrefix("SELECT") }
            #expect(!queries.isEmpty, "\(name)")
            for query in queries {
                for step in try Self.plan(of: query, in: explainer) where Self.isCostly(step) {
                    Issue.record("\(name): \(step)")
                }
            }
        }
    }

    /// The steps of `query` on the ledger in the file at `path`.
    static func plan(of query: String, in path: String) throws -> [String] { try plan(of: query, in: DatabaseQueue(path: path)) }

    /// A step of SQLite's machine, with its first two operands.
    struct Operation {
        var code: String
        var first: Int
        var second: Int
    }

    /// The program of `statement` on the ledger in the file at `path`.
    static func program(of statement: String, in path: String) throws -> [Operation] {
        try DatabaseQueue(path: path).read { db in
            let statement = try db.makeStatement(sql: "EXPLAIN " + statement)
            statement.setUncheckedArguments(StatementArguments())
            return try Row.fetchAll(statement).map { Operation(code: $0["opcode"], first: $0["p1"], second: $0["p2"]) }
        }
    }

    private static func plan(of query: String, in database: DatabaseQueue) throws -> [String] {
        try database.read { db in
            let statement = try db.makeStatement(sql: "EXPLAIN QUERY PLAN " + query)
            // A plan does not depend on the arguments' values.
            statement.setUncheckedArguments(StatementArguments())
            return try Row.fetchAll(statement).map { $0["detail"] as String }
        }
    }

    private static func isCostly(_ step: String) -> Bool {
        let isScan = step.hasPrefix("SCAN") && step != "SCAN CONSTANT ROW"
        let isSort = step.contains("TEMP B-TREE FOR ORDER BY")
        return (isScan || isSort) && !harmless.contains { step == $0 || step.hasPrefix($0 + " ") && !$0.hasSuffix("event") }
    }
}
