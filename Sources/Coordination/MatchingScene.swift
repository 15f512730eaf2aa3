import Ledger
import Matching
import Migration

/// All studies and orders that are matched together with those of one patient ID.
struct MatchingScene {
    /// The patient IDs, in their order.
    let family: [Identifying]
    /// The studies, in the order of their numbers.
    let studies: [StudyRecord]
    /// The studies as matching sees them, likewise.
    let matchable: [MatchableStudy]
    /// The orders; none where there are no studies.
    let orders: [MatchableOrder]
    /// The patient IDs that the hospital told of, with or without orders: nobody else's spellings. None where evidence does not count.
    let told: Set<Identifying>
    /// Who else has the birth dates of those patients.
    let contemporaries: Contemporaries

    /// - Throws: `LedgerError` `limit` where too many patient IDs are one patient's.
    init(of patient: Identifying, by matching: MatchingPolicy, in ledger: any LedgerLookup) throws {
        let family = try ledger.family(of: patient, by: matching)
        self.family = family
        studies = try family.flatMap { try ledger.studies(ofPatient: $0) }.sorted { $0.id < $1.id }
        matchable = try studies.map { try ledger.matchable($0) }
        guard !studies.isEmpty else {
            orders = []
            told = []
            contemporaries = Contemporaries()
            return
        }
        orders = try family.flatMap { try ledger.orders(ofPatient: $0) }.map { record in
            MatchableOrder(id: record.id, order: record.order, usedBy: try ledger.users(of: record, besides: family))
        }
        told = matching.weighsEvidence ? try ledger.told(among: family) : []
        contemporaries = try ledger.contemporaries(of: matchable, orders, besides: family, by: matching)
    }
}

extension LedgerLookup {
    /// The settled studies of other patient IDs that have `order`, and all that serve it beside their own.
    func users(of order: OrderRecord, besides family: [Identifying]) throws -> [StudyID] {
        let others = try studies(under: order.id).filter { $0.isSettled && !family.contains(Identifying($0.header.patient.patientID.trimmed)) }
        return try others.map(\.id) + amendedStudies(sentUnder: order).map(\.id) + studies(serving: order.id)
    }

    /// The studies that lie at the destination under `order` though a person has decided otherwise since.
    func amendedStudies(sentUnder order: OrderRecord) throws -> [StudyRecord] {
        try amendedStudies(sentUnder: order.order.accessionNumber).filter { $0.decision?.amendment?.former == order.id }
    }

    /// A study as matching sees it. One that was decided on otherwise after it was sent has the order under which it lies at the destination as well.
    func matchable(_ study: StudyRecord) throws -> MatchableStudy {
        MatchableStudy(id: study.id, header: try present(study.header), images: study.size.readable, claim: try claim(of: study))
    }

    private func claim(of study: StudyRecord) throws -> MatchableStudy.Claim {
        guard study.isSettled else { return .open }
        guard study.decision != nil || study.order != nil else { return .filed }
        let own = [study.order, study.decision?.amendment?.former].compactMap(\.self)
        return .settled(try own + servedOrders(of: study.id))
    }
}
