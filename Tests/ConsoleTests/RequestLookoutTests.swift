import Coordination
import Foundation
import Ledger
@testable import LedgerSQLite
import Migration
import Synchronization
import Testing

@testable import Console

@Suite("The status, asked for each second, looks at all requests now and then")
struct RequestLookoutTests {
    private final class Count: Sendable {
        let value = Mutex(0)
    }

    @Test("A look counts for ten seconds, while requests and media are the same")
    func kept() throws {
        let path = NSTemporaryDirectory() + "skein-\(UUID().uuidString).sqlite"
        defer { for suffix in ["", "-wal", "-shm", "-head"] { try? FileManager.default.removeItem(atPath: path + suffix) } }
        let count = Count()
        let ledger = try SQLiteLedger(path: path) { _ in count.value.withLock { $0 += 1 } }
        let start = Instant(milliseconds: 1_000_000)
        func ask(_ number: Int) throws {
            let key = PatientKey(patientID: Identifying("P\(number)"))
            try ledger.write { tx in
                _ = try tx.insertRequest(
                    RequestRecord(subject: .patient(key), patient: key, day: nil, isAutomatic: false, madeBy: "ann", reason: "x", madeAt: start))
            }
        }
        try ledger.write { tx in
            for patient in 1...20 {
                for study in 1...50 {
                    _ = try tx.insertStudy(StudyHeader(studyInstanceUID: "\(patient).\(study)", patient: PatientIdentity(patientID: Identifying("P\(patient)"))))
                }
            }
        }
        for number in 1...20 { try ask(number) }
        let lookout = RequestLookout()
        func cost(_ after: Interval, _ media: [MediumTally] = []) throws -> (statements: Int, moving: Int?) {
            let before = count.value.withLock { $0 }
            let overview = try ledger.read { try lookout.overview(in: $0, media, at: start + after) }
            return (count.value.withLock { $0 } - before, overview.shape.byState["under way"])
        }
        let whole = try cost(.seconds(0))
        // A few for each request and two for each of its moving studies, however long the chain of merges.
        #expect(whole.moving == 20)
        #expect(try cost(.seconds(9)).statements < 5)
        #expect(try cost(.seconds(10)).statements == whole.statements)
        #expect(try cost(.seconds(11)).statements < 5)
        #expect(try cost(.seconds(12), [MediumTally(state: .expected, count: 1)]).statements == whole.statements)
        try ask(21)
        #expect(try cost(.seconds(13), [MediumTally(state: .expected, count: 1)]).statements > whole.statements)
    }
}
