import Migration

/// The studies and orders of a family of patient IDs, by what pairs them.
struct EvidenceScene {
    /// The studies that have no order, with not too much around them, in the order of their numbers: open ones, and those that were filed without.
    let open: [StudyTraits]
    /// Open studies of days with more than ``mostInReach`` studies or orders: they are left to the rule, and to persons.
    let crowded: Set<StudyID>
    /// By order: the studies that have it, by a person's decision or because they were sent.
    let users: [OrderID: [StudyID]]
    /// The UIDs of the studies.
    let uids: [StudyID: String]
    private let settledClaims: [[OrderID]]
    /// By order: the places of the claims that have it.
    private let placesOfClaims: [OrderID: [Int]]
    private let said = SaidIdentities()
    /// The orders that hold, by the place of their day among all days.
    private let days: [Int: [OrderTraits]]
    /// By patient ID: the orders, one for each different identity.
    private let identities: [String: [Order]]
    /// Patient IDs that the hospital knows, with or without orders.
    private let known: Set<Identifying>
    private let contemporaries: Contemporaries

    /// Studies, or orders, of three days beyond which nothing is weighed (law 9): no patient has so many exams, but the one of all tests.
    static var mostInReach: Int { 64 }

    /// The scene of these; both in the order of their numbers.
    init(_ studies: [MatchableStudy], _ orders: [MatchableOrder], known: Set<Identifying>, _ contemporaries: Contemporaries, mapping: ModalityMapping) {
        let traits = orders.filter { !$0.order.isCancelled && $0.order.examDate != nil }.map { OrderTraits($0, mapping: mapping) }
        let days = Dictionary(grouping: traits) { $0.order.examDate?.ordinal ?? 0 }
        let all = studies.filter { $0.claim == .open || $0.claim == .filed }.map(StudyTraits.init)
        let studiesOfDay = Dictionary(grouping: all.compactMap { $0.day?.ordinal }) { $0 }
        func isCrowded(_ study: StudyTraits) -> Bool {
            guard let day = study.day?.ordinal else { return false }
            let reach = day - 1...day + 1
            return reach.reduce(0) { $0 + (days[$1]?.count ?? 0) } > Self.mostInReach
                || reach.reduce(0) { $0 + (studiesOfDay[$1]?.count ?? 0) } > Self.mostInReach
        }
        crowded = Set(all.filter(isCrowded).map(\.id))
        open = all.filter { !isCrowded($0) }
        self.days = days
        var users: [OrderID: [StudyID]] = [:]
        var claims: [[OrderID]] = []
        for study in studies {
            guard case .settled(let own) = study.claim else { continue }
            claims.append(own)
            for order in own { users[order, default: []].append(study.id) }
        }
        for order in orders where !order.usedBy.isEmpty {
            claims.append([order.id])
            users[order.id, default: []] += order.usedBy
        }
        settledClaims = claims
        var places: [OrderID: [Int]] = [:]
        for (place, claim) in claims.enumerated() { for order in claim { places[order, default: []].append(place) } }
        placesOfClaims = places
        self.users = users
        uids = Dictionary(studies.map { ($0.id, $0.header.studyInstanceUID) }, uniquingKeysWith: { first, _ in first })
        var identities: [String: [Order]] = [:]
        var seen: Set<PatientIdentity> = []
        for order in orders where seen.insert(order.order.patient).inserted {
            identities[trimmed(order.order.patient.patientID.reveal()), default: []].append(order.order)
        }
        self.identities = identities
        self.known = known
        self.contemporaries = contemporaries
    }

    /// The orders of each study that is settled, as far as they are among `orders`.
    func settled(among orders: Set<OrderID>) -> [[OrderID]] {
        Set(orders.flatMap { placesOfClaims[$0] ?? [] }).sorted().map { settledClaims[$0] } // unordered: it is sorted
    }

    /// Whether the objects of a study confirm that they are of the patient whose orders have its patient ID, as far as a match asks for it.
    func confirms(_ study: MatchableStudy) -> Bool {
        let traits = StudyTraits(study)
        let issuer = trimmed(study.header.patient.issuer.reveal())
        let orders = identities[trimmed(study.header.patient.patientID.reveal())] ?? []
        return orders.contains {
            Verdict.isSameIssuer(issuer, trimmed($0.patient.issuer.reveal())) && IdentityEvidence(traits, $0, isSpelling: false, contemporaries).isConfirmed
        }
    }

    /// The orders that could be the study's: under its patient ID; where the hospital does not know that, under the number that it is a spelling of.
    func pairings(_ study: StudyTraits, _ spelling: PatientIDSpelling, _ vocabulary: ExamVocabulary) -> [Pairing] {
        let shown = trimmed(study.header.patient.patientID.reveal())
        let issuer = trimmed(study.header.patient.issuer.reveal())
        guard !shown.isEmpty, let day = study.day?.ordinal else { return [] }
        let isSpelling = identities[shown] == nil && !known.contains(Identifying(shown))
        let wanted = isSpelling ? spelling.canonical(shown) : shown
        let near = (day - 1...day + 1).flatMap { days[$0] ?? [] }.filter { order in
            let patient = order.order.patient
            return trimmed(patient.patientID.reveal()) == wanted && Verdict.isSameIssuer(issuer, trimmed(patient.issuer.reveal()))
        }
        guard !near.isEmpty else { return [] }
        let said = said.of(study, among: wanted, isSpelling: isSpelling) {
            (identities[wanted] ?? []).map { IdentityEvidence(study, $0, isSpelling: isSpelling, contemporaries) }
        }
        return near.compactMap { order in
            let identity = IdentityEvidence(study, order.order, isSpelling: isSpelling, contemporaries)
            return Pairing(study, order, identity, among: said, vocabulary: vocabulary)
        }
    }
}

/// What studies say of the patients of all orders of a patient ID, looked at once for all studies that name their patient alike.
private final class SaidIdentities {
    private struct Key: Hashable {
        var patient: PatientIdentity
        var otherNames: Identifying
        var patientID: String
        var isSpelling: Bool
    }

    private var known: [Key: [IdentityEvidence]] = [:]

    func of(_ study: StudyTraits, among patientID: String, isSpelling: Bool, _ look: () -> [IdentityEvidence]) -> [IdentityEvidence] {
        let key = Key(patient: study.header.patient, otherNames: study.header.otherNames, patientID: patientID, isSpelling: isSpelling)
        if let found = known[key] { return found }
        let found = look()
        known[key] = found
        return found
    }
}
