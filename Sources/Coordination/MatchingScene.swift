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

    /// Studies beyond which a patient ID is not matched (law 9): no patient has so many exams, but the one of all tests.
    private static var studyLimit: Int { 2000 }
    /// Orders, likewise.
    private static var orderLimit: Int { 5000 }
    /// Different names, birth dates or sexes in the orders, likewise: each study is compared with each of them.
    private static var identityLimit: Int { 100 }
    /// Birth dates by which others are looked up, likewise.
    private static var birthdayLimit: Int { 16 }
    /// How far studies and orders of a patient ID need be counted.
    static var countLimit: Int { max(studyLimit, orderLimit) + 1 }

    /// - Throws: `LedgerError` `limit` where too many patient IDs are one patient's, or there is too much under them.
    init(of patient: Identifying, by matching: MatchingPolicy, in ledger: any LedgerLookup) throws {
        let family = try ledger.family(of: patient, by: matching)
        self.family = family.members
        try Self.check(family.tallies.reduce(0) { $0 + $1.studies }, Self.studyLimit, "studies")
        studies = try family.tallies.filter { $0.studies > 0 }.flatMap { try ledger.studies(ofPatient: $0.patientID) }.sorted { $0.id < $1.id }
        guard !studies.isEmpty else {
            matchable = []
            orders = []
            told = []
            contemporaries = Contemporaries()
            return
        }
        try Self.check(family.tallies.reduce(0) { $0 + $1.orders }, Self.orderLimit, "orders")
        let orders = try family.tallies.filter { $0.orders > 0 }.flatMap { try ledger.orders(ofPatient: $0.patientID) }
        try Self.check(Set(orders.map(\.order.patient)).count, Self.identityLimit, "different names, birth dates and sexes in orders")
        matchable = try studies.map { try ledger.matchable($0) }
        let members = Set(family.members)
        self.orders = try orders.map { MatchableOrder(id: $0.id, order: $0.order, usedBy: try ledger.users(of: $0, besides: members)) }
        told = matching.weighsEvidence ? family.told : []
        let identities = try Self.toldIdentities(of: studies, in: ledger)
        let days = matching.birthdays(of: matchable, orders: self.orders + identities.map(MatchingPolicy.asOrder))
        try Self.check(days.count, Self.birthdayLimit, "birth dates")
        contemporaries = try ledger.contemporaries(bornOn: days, besides: family.members)
    }

    /// Who the patients of `studies` are by what the hospital told without an order, each once.
    private static func toldIdentities(of studies: [StudyRecord], in ledger: any LedgerLookup) throws -> [PatientIdentity] {
        var keys: Set<PatientKey> = []
        return try studies.filter { keys.insert(PatientKey($0.header.patient)).inserted }.compactMap { try ledger.told(of: $0.header) }
    }

    private static func check(_ count: Int, _ limit: Int, _ what: String) throws {
        guard count > limit else { return }
        throw LedgerError(.limit, "more than \(limit) \(what) are one patient's by patient ID, merges and spellings")
    }
}

extension LedgerLookup {
    /// The settled studies of other patient IDs that have `order`, and all that serve it beside their own.
    func users(of order: OrderRecord, besides family: Set<Identifying>) throws -> [StudyID] {
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
