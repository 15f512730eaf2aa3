import Migration

/// Matches studies with hospital orders by patient ID, exam date and modality (Jung et al. 2004), under laws 12 and 13.
///
/// A pure function of its input's set: neither the order of the studies nor that of the orders changes anything.
public struct Matcher: Sendable {
    /// What the hospital's modality codes stand for.
    public var mapping: ModalityMapping

    /// Whether others of the birth date are looked at though the name agrees as it is written.
    private let doubtsPlainNames: Bool

    /// A matcher with the hospital's modality codes.
    public init(mapping: ModalityMapping = ModalityMapping()) { self.init(mapping: mapping, doubtsPlainNames: false) }

    init(mapping: ModalityMapping, doubtsPlainNames: Bool) {
        self.mapping = mapping
        self.doubtsPlainNames = doubtsPlainNames
    }

    /// Matches `studies` with `orders`.
    ///
    /// - Parameters:
    ///   - studies: All studies of one patient ID, or of several. A study left out cannot compete.
    ///   - orders: All orders of those patient IDs, whatever their status.
    ///   - contemporaries: Other patients, by the birth dates that ``birthdays(of:orders:)`` tells.
    /// - Returns: One match a study, in the order of the study IDs.
    public func match(studies: [MatchableStudy], orders: [MatchableOrder], contemporaries: Contemporaries = Contemporaries()) -> [Match] {
        let studies = studies.sorted { $0.id < $1.id }
        let sorted = orders.sorted { $0.id < $1.id }
        let cases = cases(studies, sorted)
        let claims = Claims(cases: cases, orders: sorted)
        let headers = Dictionary(studies.map { ($0.id, $0.header.studyInstanceUID) }, uniquingKeysWith: { first, _ in first })
        return cases.map { known in
            known.decide(rivals: claims.rivals(of: known), namesakes: { namesakes(of: known.study.header, beside: $0, contemporaries) }) { headers[$0] }
        }
    }

    /// The birth dates by which others are to be looked up, in their order.
    func birthdays(of studies: [MatchableStudy], orders: [MatchableOrder]) -> [CalendarDate] {
        let known = Set(orders.map { $0.order.patient })
        var days: Set<CalendarDate> = []
        for study in studies {
            if let day = study.header.patient.birthday, days.contains(day) { continue }
            let isAsked = doubtsPlainNames || known.count > Self.mostCompared
            for patient in known where isAsked || !study.header.isPlainly(patient) { // unordered: a set is made of it
                if let day = study.header.patient.birthday ?? patient.birthday { days.insert(day) }
            }
        }
        return days.sorted() // unordered: it is sorted
    }

    /// Identities of one patient ID that are compared one by one: a patient has some few, the one of all tests thousands.
    private static var mostCompared: Int { 32 }

    private func namesakes(of study: StudyHeader, beside order: Order, _ contemporaries: Contemporaries) -> [PatientIdentity] {
        let isInDoubt = (doubtsPlainNames || !study.isPlainly(order.patient)) && !Support.hasNumber(study, of: order)
        return isInDoubt ? contemporaries.namesakes(of: study, beside: order.patient) : []
    }

    /// By order: the studies that claim it.
    func claimants(studies: [MatchableStudy], orders: [MatchableOrder]) -> [OrderID: [StudyID]] {
        let sorted = orders.sorted { $0.id < $1.id }
        return Claims(cases: cases(studies, sorted), orders: sorted).claimants
    }

    private func cases(_ studies: [MatchableStudy], _ orders: [MatchableOrder]) -> [Case] {
        var byPatient = OrdersByPatient(orders)
        return studies.map { Case(study: $0, orders: byPatient.of($0.header.patient), mapping: mapping) }
    }
}

/// Which studies claim which order.
struct Claims {
    /// By order: the studies that claim it.
    private(set) var claimants: [OrderID: [StudyID]] = [:]

    /// The claims of `cases`, and the uses of `orders` by studies elsewhere.
    init(cases: [Case], orders: [MatchableOrder]) {
        for order in orders where !order.usedBy.isEmpty { claimants[order.id, default: []] += order.usedBy }
        for claim in cases {
            for order in claim.claimedOrders { claimants[order, default: []].append(claim.study.id) }
        }
    }

    /// The other studies that claim an order of `claim`, each once, in the order of their IDs.
    func rivals(of claim: Case) -> [StudyID] {
        var others: [StudyID] = []
        for order in claim.claimedOrders { others += claimants[order] ?? [] }
        return Set(others).subtracting([claim.study.id]).sorted()
    }
}
