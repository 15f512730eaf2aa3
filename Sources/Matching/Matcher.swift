import Migration

/// Matches studies with hospital orders by patient ID, exam date and modality (Jung et al. 2004), under laws 12 and 13.
///
/// A pure function of its input's set: neither the order of the studies nor that of the orders changes anything.
public struct Matcher: Sendable {
    /// What the hospital's modality codes stand for.
    public var mapping: ModalityMapping

    /// A matcher with the hospital's modality codes.
    public init(mapping: ModalityMapping = ModalityMapping()) { self.mapping = mapping }

    /// Matches `studies` with `orders`.
    ///
    /// - Parameters:
    ///   - studies: All studies of one patient ID, or of several. A study left out cannot compete.
    ///   - orders: All orders of those patient IDs, whatever their status.
    /// - Returns: One match a study, in the order of the study IDs.
    public func match(studies: [MatchableStudy], orders: [MatchableOrder]) -> [Match] {
        let studies = studies.sorted { $0.id < $1.id }
        let sorted = orders.sorted { $0.id < $1.id }
        let cases = cases(studies, sorted)
        let claims = Claims(cases: cases, orders: sorted)
        let headers = Dictionary(studies.map { ($0.id, $0.header.studyInstanceUID) }, uniquingKeysWith: { first, _ in first })
        return cases.map { $0.decide(rivals: claims.rivals(of: $0)) { headers[$0] } }
    }

    /// By order: the studies that claim it.
    func claimants(studies: [MatchableStudy], orders: [MatchableOrder]) -> [OrderID: [StudyID]] {
        let sorted = orders.sorted { $0.id < $1.id }
        return Claims(cases: cases(studies, sorted), orders: sorted).claimants
    }

    private func cases(_ studies: [MatchableStudy], _ orders: [MatchableOrder]) -> [Case] {
        let byPatientID = Dictionary(grouping: orders) { trimmed($0.order.patient.patientID.reveal()) }
        return studies.map { study in
            Case(study: study, orders: byPatientID[trimmed(study.header.patient.patientID.reveal())] ?? [], mapping: mapping)
        }
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
