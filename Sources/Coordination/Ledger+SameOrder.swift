import Ledger
import Migration

extension LedgerTransaction {
    /// Of the orders of one accession number those of `patient`: of its issuer, or else those that may be.
    func orders(of patient: PatientKey, among orders: [OrderRecord]) -> [OrderRecord] {
        let fitting = orders.filter {
            $0.order.patient.patientID.trimmed == patient.patientID.reveal() && patient.mayBeIssued(by: $0.order.patient.issuer)
        }
        let exact = fitting.filter { $0.order.patient.issuer.trimmed == patient.issuer.reveal() }
        return exact.isEmpty ? fitting : exact
    }

    /// The one of `orders`, which have one patient and accession number, that counts: under which something was sent or decided, or else the first. The
    /// others were cancelled when their patients were merged.
    func kept(of orders: [OrderRecord]) throws -> OrderRecord? {
        guard orders.count > 1 else { return orders.first }
        let sorted = orders.sorted { $0.id < $1.id }
        return try sorted.first { try studies(under: $0.id).contains { $0.decision != nil || $0.progress.wasGranted } } ?? sorted.first
    }
}

extension [OrderRecord] {
    /// The issuers that they name.
    var issuers: Set<String> { Set(map(\.order.patient.issuer.trimmed)).subtracting([""]) }
}
