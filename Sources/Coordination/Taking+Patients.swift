import Ledger
import Migration

extension Taking {
    /// A patient is called otherwise: kept, and applied to the patient's orders but those that a newer message told of. An older message tells only what the
    /// newer ones leave open. What a list says is kept beside what messages say, and applied to no order, whenever it comes.
    mutating func take(_ given: IdentityNotice) throws {
        var said = given
        said.key = try named([given.key])[0]
        let known = try turn.tx.identity(of: said.key)
        let word = isList ? known?.listed : known?.told
        let newer = isOutdated(by: word?.saidAt) ? word : nil
        let notice = newer.map { said.leftOpen(by: $0.notice) } ?? said
        var identity = known ?? IdentityRecord(notice: IdentityNotice(key: said.key), saidAt: nil)
        let sum = IdentityWord(notice: word.map { notice.over($0.notice) } ?? notice, saidAt: newer?.saidAt ?? saidAt ?? word?.saidAt)
        if isList { identity.listed = sum } else { identity.told = sum }
        if case .value(let name) = said.name { identity.remember([name]) }
        if !isList { identity.remember(try names(of: said.key) { [saidAt] in $0.following(notice, saidAt: saidAt) }) }
        if identity != known {
            try turn.tx.putIdentity(identity)
            // Studies without orders have it too.
            touch([said.key.patientID])
            try changes.note(known?.patient, identity.patient, in: turn.tx)
        }
        guard newer == nil || notice.saysAnything else { return isList ? () : try recordOutdated(.patient(said.key.patientID), "patient \(said.key.patientID.reveal())") }
        guard !isList else { return }
        let changed = try rewrite(ordersOf: notice.key) { [saidAt] in $0.following(notice, saidAt: saidAt) }
        guard changed > 0 || identity.notice != known?.notice else { return }
        try record(.identityChanged, [.patient(notice.key.patientID), .count(changed)])
    }

    /// What was kept under `former` belongs to `survivor` from now on: the orders that are known, and those that come later.
    mutating func merge(_ saidFormer: PatientKey, into saidSurvivor: IdentityNotice) throws {
        let keys = try named([saidFormer, saidSurvivor.key])
        let former = keys[0]
        var survivor = saidSurvivor
        survivor.key = keys[1]
        guard former != survivor.key else { throw ActionError(.badValue, "a patient cannot be merged into itself") }
        let known = try turn.tx.merges(ofPatient: former.patientID).first { $0.former == former }
        // What was said without an issuer of the former patient ends too.
        let unnamed = try turn.tx.fittingMerges(of: former).filter { $0.former != former }
        guard let round = try turnedRound(by: former, survivor.key), !(unnamed + [known].compactMap(\.self)).contains(where: { isOutdated(by: $0.saidAt) }) else {
            // How the survivor was called then is still worth knowing: objects of that time say so.
            if survivor.saysAnything { try take(survivor) }
            return try recordOutdated(.patient(former.patientID), "merge \(former.patientID.reveal())")
        }
        for merge in round + unnamed { try turn.tx.removeMerge(of: merge.former) }
        try take(survivor)
        let merge = MergeRecord(former: former, survivor: survivor.key, saidAt: saidAt ?? known?.saidAt)
        if merge != known { try turn.tx.putMerge(merge) }
        // Whoever is merged into them keeps to the limits, too.
        for member in try turn.tx.kin(of: former.patientID) {
            for other in try turn.tx.merges(ofPatient: member) { _ = try turn.tx.current(other.former) }
        }
        let patient = try turn.tx.current(survivor.key)
        let identity = try turn.tx.identity(of: patient)?.notice ?? IdentityNotice(key: patient)
        try remember(former, whoseOrdersAre: identity)
        let there = try orders(of: patient)
        let moved = try rewrite(ordersOf: former) { $0.moved(to: identity) }
        if moved > 0 { try fold(ordersOf: patient, into: there) }
        touch([former.patientID, patient.patientID])
        guard moved > 0 || known?.survivor != merge.survivor else { return }
        try record(.patientsMerged, [.patient(former.patientID), .patient(patient.patientID), .count(moved)])
    }

    /// The keys of one message, each with its issuer where that is known: what leaves it out means the only issuer who has such a number.
    func named(_ keys: [PatientKey]) throws -> [PatientKey] {
        var issuers = Set(keys.map(\.issuer))
        for key in keys where key.issuer.isBlank { issuers.formUnion(try turn.tx.issuers(ofPatient: key.patientID)) }
        issuers = issuers.filter { !$0.isBlank }
        guard keys.contains(where: \.issuer.isBlank) else { return keys }
        guard issuers.count <= 1 else {
            throw ActionError(.ambiguousPatient, "a patient ID without an assigning authority, and \(issuers.count) authorities have one like it")
        }
        // unordered: there is one at most
        return keys.map { $0.issuer.isBlank ? PatientKey(patientID: $0.patientID, issuer: issuers.first ?? "") : $0 }
    }

    /// The names that `change` takes from orders of a patient.
    private func names(of patient: PatientKey, takenBy change: (OrderRecord) -> OrderRecord) throws -> [Identifying] {
        try orders(of: patient).filter { change($0).order.patient.name != $0.order.patient.name }.map(\.order.patient.name)
    }

    /// The merges that end where `former` is merged into `survivor`, who was merged into `former` before; nil: this one does. Whichever of those that close the circle
    /// was said last counts, in whatever order they come: its survivor lives again.
    private func turnedRound(by former: PatientKey, _ survivor: PatientKey) throws -> [MergeRecord]? {
        let circle = try turn.tx.path(from: survivor, to: former)
        let newer = circle.indices.filter { isOutdated(by: circle[$0].saidAt) }
        guard let last = newer.max(by: { (circle[$0].saidAt ?? turn.now) < (circle[$1].saidAt ?? turn.now) }) else {
            let ended = try circle.isEmpty ? [] : turn.tx.fittingMerges(of: survivor)
            return ended.contains { isOutdated(by: $0.saidAt) } ? nil : ended
        }
        return last + 1 < circle.count ? [circle[last + 1]] : nil
    }

    /// Keeps how the patient of a number that is no longer used was called, where the survivor's identity takes that name from orders: objects bear it still.
    private func remember(_ former: PatientKey, whoseOrdersAre survivor: IdentityNotice) throws {
        let known = try turn.tx.identity(of: former)
        var identity = known ?? IdentityRecord(notice: IdentityNotice(key: former), saidAt: nil)
        identity.remember(try names(of: former) { $0.moved(to: survivor) })
        if identity != known { try turn.tx.putIdentity(identity) }
    }

    /// The orders of a patient. One without issuer belongs to nobody where several have such a number.
    private func orders(of patient: PatientKey) throws -> [OrderRecord] {
        let isOnly = try turn.tx.issuers(ofPatient: patient.patientID).subtracting([patient.issuer]).isEmpty
        return try turn.tx.orders(ofPatient: patient.patientID).filter {
            patient.mayBeIssued(by: $0.order.patient.issuer) && (isOnly || !$0.order.patient.issuer.isBlank)
        }
    }

    /// Changes the orders of a patient, and tells how many became others.
    private mutating func rewrite(ordersOf patient: PatientKey, _ change: (OrderRecord) -> OrderRecord) throws -> Int64 {
        var count: Int64 = 0
        for record in try orders(of: patient) {
            let order = change(record)
            guard order != record else { continue }
            try turn.tx.updateOrder(order)
            try changes.note(record.order.patient, order.order.patient, in: turn.tx)
            count += 1
        }
        if count > 0 { touch([patient.patientID]) }
        return count
    }

    /// Makes one order of two that have one accession number now: of `there`, the patient's before the merge, and of those that came. The one that was
    /// said last counts; where that is not known, one that is cancelled. The other is cancelled for good.
    private func fold(ordersOf patient: PatientKey, into there: [OrderRecord]) throws {
        let came = try orders(of: patient).filter { order in !there.contains { $0.id == order.id } }
        for number in Set(came.map(\.order.accessionNumber)).sorted() { // unordered: it is sorted
            guard let first = try turn.tx.kept(of: there.filter { $0.order.accessionNumber == number }),
                let second = try turn.tx.kept(of: came.filter { $0.order.accessionNumber == number }),
                let kept = try turn.tx.kept(of: [first, second])
            else { continue }
            let values = second.counts(over: first) ? second : first
            var other = kept.id == first.id ? second : first
            other.order.status = "CA"
            try turn.tx.updateOrder(OrderRecord(id: kept.id, order: values.order, saidAt: values.saidAt, fileDigest: values.fileDigest))
            try turn.tx.updateOrder(other)
        }
    }
}

extension OrderRecord {
    /// The order after a message of that moment said `notice` of its patient; one that was said later stays as it is.
    fileprivate func following(_ notice: IdentityNotice, saidAt moment: Instant?) -> OrderRecord {
        if let saidAt, let moment, saidAt > moment { return self }
        var record = moved(to: notice)
        // Who issued the number is the order's own to say.
        record.order.patient.issuer = order.patient.issuer
        return record
    }

    /// The order as one of the patient of whom `notice` tells.
    fileprivate func moved(to notice: IdentityNotice) -> OrderRecord {
        var record = self
        record.order.patient = notice.applied(to: order.patient)
        return record
    }

    fileprivate func counts(over other: OrderRecord) -> Bool {
        guard let saidAt, let moment = other.saidAt, saidAt != moment else { return order.isCancelled && !other.order.isCancelled }
        return saidAt > moment
    }
}

extension LedgerLookup {
    /// Merges that follow each other: a chain of more is beyond what a hospital does (law 9).
    var mergeLimit: Int { 64 }

    /// The patient to whom what is kept under `patient` belongs now.
    func current(_ patient: PatientKey) throws -> PatientKey { try chain(from: patient).last ?? patient }

    /// The merges by which what is kept under `patient` came to `other`; none where it did not.
    func path(from patient: PatientKey, to other: PatientKey) throws -> [MergeRecord] {
        let path = try path(from: patient)
        let end = path.firstIndex { $0.survivor.patientID == other.patientID && other.mayBeIssued(by: $0.survivor.issuer) }
        return end.map { Array(path[...$0]) } ?? []
    }

    /// To whom what was kept under `patient` went, one after the other.
    func chain(from patient: PatientKey) throws -> [PatientKey] { try path(from: patient).map(\.survivor) }

    private func path(from patient: PatientKey) throws -> [MergeRecord] {
        var path: [MergeRecord] = []
        while let merge = try merge(of: path.last?.survivor ?? patient) {
            guard path.count < mergeLimit else { throw ActionError(.tooMany, "more than \(mergeLimit) merges of patients follow each other") }
            path.append(merge)
        }
        return path
    }

    /// The merge that counts for `patient`. Where the issuer is unknown and several have such a number, nobody knows whose it is.
    private func merge(of patient: PatientKey) throws -> MergeRecord? {
        let fitting = try fittingMerges(of: patient)
        return fitting.first { $0.former == patient } ?? (fitting.count == 1 ? fitting[0] : nil)
    }

    /// The merges whose former patient may be `patient`.
    func fittingMerges(of patient: PatientKey) throws -> [MergeRecord] {
        try merges(ofPatient: patient.patientID).filter { patient.mayBeIssued(by: $0.former.issuer) }
    }

    /// The issuers who have a patient of this ID, as orders, identities and merges name them.
    func issuers(ofPatient patientID: Identifying) throws -> Set<Identifying> {
        let orders = try orders(ofPatient: patientID).map { Identifying($0.order.patient.issuer.trimmed) }
        let said = try identities(ofPatient: patientID).map(\.notice.key.issuer) + merges(ofPatient: patientID).map(\.former.issuer)
        return Set(orders + said).filter { !$0.isBlank }
    }
}
