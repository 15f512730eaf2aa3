import Ledger
import Migration

/// Studies that have one order together, and orders that one study serves together, because a person says so. UIDs stay as they are, and the objects bear
/// the accession number of one order.
extension Engine {
    /// The order of this accession number that holds.
    func order(_ accession: String, of patient: PatientKey?, in turn: Turn) throws -> OrderRecord {
        let all = try turn.tx.orders(accessionNumber: accession).filter { !$0.order.isCancelled && $0.order.isAssignable }
        let orders = all.filter { record in
            guard let patient else { return true }
            let isOfPatient = patient.patientID.isBlank || patient.patientID.reveal() == record.order.patient.patientID.trimmed
            return isOfPatient && patient.mayBeIssued(by: record.order.patient.issuer)
        }
        guard let order = orders.first else {
            throw ActionError(.unknown, "no order has accession number \(accession)\(patient == nil || all.isEmpty ? "" : " and that patient")")
        }
        guard orders.count == 1 else {
            throw ActionError(.notNow, "accession number \(accession) is used for \(orders.count) patients: say whose with the patient ID and its issuer, or cancel all but one of the orders")
        }
        return order
    }

    /// The other studies that have `order`, because a person says so or because they were sent under it, or that serve it beside their own.
    func holders(of order: OrderRecord, besides study: StudyID, in turn: Turn) throws -> [StudyRecord] {
        var holders = try turn.tx.studies(under: order.id).filter(\.isSettled) + turn.tx.amendedStudies(sentUnder: order)
        holders += try turn.tx.studies(serving: order.id).compactMap { try turn.tx.study($0) }
        var seen: Set<StudyID> = [study]
        return holders.filter { seen.insert($0.id).inserted }
    }

    /// The order that a study is to have; refused where another study has it, unless both are meant to.
    func checkUse(of order: OrderRecord, by study: StudyRecord, isShared: Bool, in turn: Turn) throws -> [StudyRecord] {
        let holders = try holders(of: order, besides: study.id, in: turn)
        guard let first = holders.first, !isShared else { return holders }
        throw ActionError(
            .notNow, "order \(order.order.accessionNumber) is that of study \(first.header.studyInstanceUID) already: say that both share it, where that is so")
    }

    /// That others share its order is no news any more to a study that was flagged because of that; whoever else claims it flags it again.
    func clearFlags(of holders: [StudyRecord], in turn: Turn) throws {
        for holder in holders where holder.flags.contains(HoldReason.competingStudies.rawValue) {
            var holder = holder
            try mark(&holder, .competingStudies, false, in: turn)
            try turn.tx.updateStudy(holder)
        }
    }

    /// Whether any of the studies that claim an order of `study` does so without a person who said that they share it.
    func hasStrangers(among rivals: [StudyID], _ study: StudyRecord, in turn: Turn) throws -> Bool {
        try rivals.contains { rival in
            guard let other = try turn.tx.study(rival), other.isSettled else { return true }
            if study.decision?.isShared == true || other.decision?.isShared == true { return false }
            let (own, served) = (try turn.tx.servedOrders(of: study.id), try turn.tx.servedOrders(of: other.id))
            return !own.contains { $0 == other.order } && !served.contains { $0 == study.order }
        }
    }

    // MARK: One study, several orders

    /// The orders that a study is to serve beside `order`: of the same patient, each once.
    func furtherOrders(_ accessions: [String], beside order: OrderRecord, in turn: Turn) throws -> [OrderRecord] {
        try Self.distinct(accessions).compactMap { accession in
            let further = try self.order(accession, of: PatientKey(order.order.patient), in: turn)
            return further.id == order.id ? nil : further
        }
    }

    /// Notes which orders a study serves beside its own, and tells of those that are new.
    func serve(_ orders: [OrderRecord], by study: StudyID, person: String, in turn: Turn) throws -> Sentence? {
        let known = try turn.tx.servedOrders(of: study)
        let all = known + orders.map(\.id).filter { !known.contains($0) }
        guard all.count <= OrderUse.limit else { throw ActionError(.tooMany, "a study serves at most \(OrderUse.limit) orders beside its own, not \(all.count)") }
        let new = orders.filter { !known.contains($0.id) }
        guard !new.isEmpty else { return nil }
        try turn.tx.putServedOrders(all, of: study)
        let sentence = Sentence(.servesOrders, [.text(person)] + new.map { .accession($0.order.accessionNumber) })
        try turn.record(sentence, study: study)
        return sentence
    }

    /// A study that gets another order, or none, serves no further ones.
    func serveNone(_ study: StudyID, person: String, in turn: Turn) throws {
        let served = try turn.tx.servedOrders(of: study).compactMap { try turn.tx.order($0) }
        if !served.isEmpty { try stopServing(served, keeping: [], of: study, person: person, in: turn) }
    }

    @discardableResult
    private func stopServing(_ gone: [OrderRecord], keeping rest: [OrderID], of study: StudyID, person: String, in turn: Turn) throws -> Sentence {
        try turn.tx.putServedOrders(rest, of: study)
        let sentence = Sentence(.servesNoMore, [.text(person)] + gone.map { .accession($0.order.accessionNumber) })
        try turn.record(sentence, study: study)
        return sentence
    }

    /// Notes, at any time, that a study serves orders beside its own: nothing of its objects changes by that.
    func link(_ uid: String, _ accessions: [String], _ terms: DecisionTerms, by person: String, in turn: Turn) throws -> Sentence {
        let study = try checked(uid, terms, by: person, in: turn)
        guard let own = try study.order.flatMap({ try turn.tx.order($0) }), study.plan != nil else {
            throw ActionError(.notNow, "study \(uid) has no order yet: assign it to one, and to others along with that")
        }
        let orders = try furtherOrders(accessions, beside: own, in: turn)
        guard let sentence = try serve(orders, by: study.id, person: person, in: turn) else {
            throw ActionError(.notNow, "study \(uid) has or serves these orders already")
        }
        try giveReason(terms, on: study.id, by: person, in: turn)
        try clearFlags(of: orders.flatMap { try holders(of: $0, besides: study.id, in: turn) }, in: turn)
        try match([study.id], in: turn)
        return sentence
    }

    /// Notes that a study does not serve orders that it was said to.
    func unlink(_ uid: String, _ accessions: [String], _ terms: DecisionTerms, by person: String, in turn: Turn) throws -> Sentence {
        let study = try checked(uid, terms, by: person, in: turn)
        let served = try turn.tx.servedOrders(of: study.id).compactMap { try turn.tx.order($0) }
        let gone = served.filter { accessions.contains($0.order.accessionNumber) }
        guard !gone.isEmpty else { throw ActionError(.notNow, "study \(uid) serves none of these orders beside its own") }
        let rest = served.map(\.id).filter { id in !gone.contains { $0.id == id } }
        let sentence = try stopServing(gone, keeping: rest, of: study.id, person: person, in: turn)
        try giveReason(terms, on: study.id, by: person, in: turn)
        try match([study.id], andPatients: gone.map(\.order.patient.patientID), in: turn)
        return sentence
    }
}
