import Foundation
import Migration
import Testing

/// The words that files, the line and the documents share do not change by accident.
@Suite struct WordsTests {
    @Test func `Outcomes are the paper's`() {
        #expect(Outcome.allCases.map(\.rawValue) == ["matched", "manual match", "exam level failed", "patient level failed"])
    }

    @Test func `States are those of the documents`() {
        #expect(
            StudyState.allCases.map(\.rawValue) == [
                "inventoried", "matched", "held", "ready", "leased", "sent", "verified", "verified, incomplete", "failed", "exception",
                "excluded",
            ])
        #expect(MediumState.allCases.map(\.rawValue) == ["expected", "reading", "read", "partly read", "drained", "excluded"])
    }

    @Test func `Reasons and categories are stable codes`() {
        #expect(
            HoldReason.allCases.map(\.rawValue) == [
                "several-orders", "doubtful-match", "competing-studies", "contradiction", "namesake", "patient-id-blank", "patient-unknown",
                "patient-too-large", "patient-unconfirmed", "no-order", "study-date-missing", "waiting-for-media", "waiting-for-orders", "order-unusable",
                "order-changed",
                "uid-conflict", "study-two-patients", "accession-two-patients", "incomplete", "character-set", "patient-changed",
                "issuer-missing", "held-by-policy", "legacy-patient", "legacy-lists-more", "legacy-lists-fewer", "order-not-acknowledged",
                "order-refused", "numbers-used-up",
            ])
        #expect(HoldReason.allCases.filter(\.passesByItself) == [.waitingForMedia, .waitingForOrders, .orderNotAcknowledged])
        #expect(
            ExceptionCategory.allCases.map(\.rawValue) == [
                "destination-unreachable", "association-rejected", "out-of-resources", "destination-refused", "not-accepted",
                "verification-failed", "present-before", "unreadable", "character-set", "worker",
            ])
    }

    @Test(arguments: [("", false), ("completed", false), ("CA", true), ("Cancelled", true), ("canceled", true), ("DC", true)])
    func `An order's status says whether it was cancelled`(status: String, isCancelled: Bool) {
        let order = Order(patient: PatientIdentity(patientID: "1"), accessionNumber: "A", examDate: nil, modality: "CT", status: status)
        #expect(order.isCancelled == isCancelled)
    }

    @Test func `Identifiers of the ledger are coded as their number`() throws {
        #expect(String(decoding: try JSONEncoder().encode([GrantNumber(7)]), as: UTF8.self) == "[7]")
        #expect(try JSONDecoder().decode([StudyID].self, from: Data("[7]".utf8)) == [StudyID(7)])
        #expect(GrantNumber(2) < GrantNumber(10))
    }

    @Test func `Instants and intervals are milliseconds`() {
        #expect(Instant(milliseconds: 1000) + .minutes(1) == Instant(milliseconds: 61_000))
        #expect(Instant(milliseconds: 1000).since(Instant(milliseconds: 3000)) == Interval(milliseconds: -2000))
        #expect(Interval.seconds(5) * 3 == Interval(milliseconds: 15_000))
    }
}
