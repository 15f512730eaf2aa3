import Ledger
import LedgerSQLite
import Testing

/// A ledger that looks, before each commit, whether the order of every study is the one that its plan was made of.
struct CheckedLedger: Ledger {
    private let ledger: any Ledger

    init(_ ledger: any Ledger) { self.ledger = ledger }

    func close() throws { try (ledger as? SQLiteLedger)?.close() }

    func read<Result>(_ body: (any LedgerReader) throws -> Result) throws -> Result { try ledger.read(body) }

    func write<Result>(_ body: (any LedgerTransaction) throws -> Result) throws -> Result {
        try ledger.write { tx in
            let result = try body(tx)
            for row in try tx.studies(StudyFilter(), page: Page()) { try Self.check(row.study, in: tx) }
            return result
        }
    }

    /// Whether other studies would be told rightly under which number this one lies at the destination, or is to go there.
    private static func check(_ study: StudyRecord, in tx: any LedgerTransaction) throws {
        guard let plan = study.plan, !study.isAmended else { return }
        let order = try study.order.flatMap { try tx.order($0) }?.order.accessionNumber
        let isUnspecified = plan.coercions.contains { $0.rule == .unspecifiedExam }
        let uid = study.header.studyInstanceUID
        #expect(order == (isUnspecified ? nil : plan.accessionNumber), "study \(uid) has order \(order ?? "none"), and goes under \(plan.accessionNumber)")
    }
}
