import Ledger
import Migration

extension Taking {
    /// A patient is called otherwise: kept, and applied to the patient's orders but those that a newer message told of. An older message tells only what the
    /// newer ones leave open.
    mutating func take(_ said: IdentityNotice) throws {
        let known = try turn.tx.identity(of: said.key)
        let newer = isOutdated(by: known?.saidAt) ? known : nil
        let notice = newer.map { said.leftOpen(by: $0.notice) } ?? said
        guard newer == nil || notice.saysAnything else { return try record(.messageOutdated, [.patient(said.key.patientID)]) }
        let identity = IdentityRecord(notice: known.map { notice.over($0.notice) } ?? notice, saidAt: newer?.saidAt ?? saidAt ?? known?.saidAt)
        if identity != known { try turn.tx.putIdentity(identity) }
        let changed = try rewrite(ordersOf: notice.key) { [saidAt] record in
            if let moment = record.saidAt, let saidAt, moment > saidAt { return }
            // Who issued the number is the order's own to say.
            let issuer = record.order.patient.issuer
            record.order.patient = notice.applied(to: record.order.patient)
            record.order.patient.issuer = issuer
        }
        guard changed > 0 || identity.notice != known?.notice else { return }
        try record(.identityChanged, [.patient(notice.key.patientID), .count(changed)])
    }

    /// What was kept under `former` belongs to `survivor` from now on: the orders that are known, and those that come later.
    mutating func merge(_ former: PatientKey, into survivor: IdentityNotice) throws {
        guard former != survivor.key else { throw ActionError(.badValue, "a patient cannot be merged into itself") }
        let known = try turn.tx.merges(ofPatient: former.patientID).first { $0.former == former }
        // A newer message may turn an older merge round: its survivor lives again.
        let back = try turn.tx.current(survivor.key) == former
            ? try turn.tx.merges(ofPatient: survivor.key.patientID).first { $0.former == survivor.key } : nil
        guard !isOutdated(by: known?.saidAt), !isOutdated(by: back?.saidAt) else {
            return try record(.messageOutdated, [.patient(former.patientID)])
        }
        if let back { try turn.tx.removeMerge(of: back.former) }
        try take(survivor)
        let merge = MergeRecord(former: former, survivor: survivor.key, saidAt: saidAt ?? known?.saidAt)
        if merge != known { try turn.tx.putMerge(merge) }
        let patient = try turn.tx.current(survivor.key)
        let identity = try turn.tx.identity(of: patient)?.notice ?? IdentityNotice(key: patient)
        let moved = try rewrite(ordersOf: former) { $0.order.patient = identity.applied(to: $0.order.patient) }
        touch([patient.patientID])
        guard moved > 0 || known?.survivor != merge.survivor else { return }
        try record(.patientsMerged, [.patient(former.patientID), .patient(patient.patientID), .count(moved)])
    }

    /// Changes the orders of a patient, and tells how many became others.
    private mutating func rewrite(ordersOf patient: PatientKey, _ change: (inout OrderRecord) -> Void) throws -> Int64 {
        var count: Int64 = 0
        for record in try turn.tx.orders(ofPatient: patient.patientID) where patient.mayBeIssued(by: record.order.patient.issuer) {
            var order = record
            change(&order)
            guard order != record else { continue }
            try turn.tx.updateOrder(order)
            count += 1
        }
        if count > 0 { touch([patient.patientID]) }
        return count
    }
}

extension LedgerTransaction {
    /// Merges that follow each other: more are a circle, which no message makes (law 9).
    private var mergeLimit: Int { 64 }

    /// The patient to whom what is kept under `patient` belongs now.
    func current(_ patient: PatientKey) throws -> PatientKey {
        var patient = patient
        for _ in 0..<mergeLimit {
            let merges = try merges(ofPatient: patient.patientID)
            let exact = merges.first { $0.former == patient }
            let fitting = merges.filter { patient.mayBeIssued(by: $0.former.issuer) }
            // Where the issuer is unknown and several have such a number, nobody knows whose it is.
            guard let merge = exact ?? (fitting.count == 1 ? fitting[0] : nil) else { return patient }
            patient = merge.survivor
        }
        throw LedgerError(.contradiction, "more than \(mergeLimit) merges of patients follow each other")
    }
}
