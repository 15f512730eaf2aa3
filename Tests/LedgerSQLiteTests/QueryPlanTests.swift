import Foundation
import GRDB
import Ledger
import LedgerSQLite
import Migration
import Testing

@Suite("Queries of the hot paths use their indices")
struct QueryPlanTests {
    /// The plan of `sql` in an empty ledger, one step a line.
    private func plan(of sql: String) throws -> [String] {
        let path = NSTemporaryDirectory() + "skein-\(UUID().uuidString).sqlite"
        defer { for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) } }
        try SQLiteLedger(path: path).close()
        let database = try DatabaseQueue(path: path)
        return try database.read { db in
            try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN " + sql, arguments: StatementArguments(Array(repeating: 1, count: sql.count { $0 == "?" })))
                .map { $0["detail"] as String }
        }
    }

    @Test("No query of leases, results and ticks walks through a table or sorts", arguments: [
        "SELECT p.id FROM part p JOIN study s ON s.id = p.study WHERE p.worker = ? AND p.is_open = 1 AND p.not_before <= ? ORDER BY p.work_class, p.work_order, p.id LIMIT ?",
        "SELECT id FROM part p WHERE p.study = ? ORDER BY p.id",
        "SELECT 1 FROM part WHERE medium = ? AND is_done = 0 LIMIT 1",
        "SELECT p.id FROM part p JOIN study s ON s.id = p.study WHERE p.worker = ? AND p.erasure > ? ORDER BY p.erasure LIMIT ?",
        "SELECT DISTINCT medium_grant FROM part WHERE worker = ? AND custody IN ('held', ?) ORDER BY medium_grant",
        "SELECT id FROM study s WHERE s.retry_at <= ? ORDER BY s.retry_at, s.id LIMIT ?",
        "SELECT id FROM study s WHERE s.patient_id = ? ORDER BY s.id",
        "SELECT id FROM study s WHERE s.order_id = ? ORDER BY s.id",
        "SELECT DISTINCT patient_id FROM study WHERE hold_reason = ? AND patient_id > ? ORDER BY patient_id LIMIT ?",
        "SELECT 1 FROM study WHERE plan_accession = ? AND plan_patient <> ? LIMIT 1",
        "SELECT id FROM hospital_order WHERE patient_id = ? ORDER BY id",
        "SELECT id FROM hospital_order WHERE accession = ? ORDER BY id",
        "SELECT study FROM instance_key WHERE key = ? AND study <> ? ORDER BY study",
        "SELECT id FROM unreadable u WHERE study_uid = ? AND study_uid <> '' AND is_resolved = 0 ORDER BY id",
        "SELECT seq, hash FROM event ORDER BY seq DESC LIMIT 1",
        "SELECT number FROM lease_grant WHERE state = 'live' ORDER BY number",
    ])
    func usesIndex(sql: String) throws {
        for step in try plan(of: sql) {
            let isBounded = step.hasPrefix("SEARCH") || sql.contains("ORDER BY seq DESC LIMIT 1") || step.contains("INDEX grant_live")
            let isHarmless = step.contains("FOR DISTINCT") || step.contains("LAST TERM OF ORDER BY") || step.contains("TEMP B-TREE") && sql.contains("DISTINCT")
            #expect(isBounded || isHarmless, "\(step) in: \(sql)")
        }
    }
}
