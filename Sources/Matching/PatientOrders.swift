import Migration

/// The orders of one patient ID that may be of one issuer, looked through once for all of its studies: the patient of all tests has ten thousand of both.
final class PatientOrders {
    /// They, whatever their status, in the order of their IDs.
    let all: [MatchableOrder]
    /// The most recent one: by day, time and accession number, so that it does not depend on the order of import.
    var latest: OrderID? { latestRecord?.id }
    /// It itself.
    var latestOrder: Order? { latestRecord?.order }
    private let latestRecord: MatchableOrder?
    /// Those that hold, by their day.
    private let days: [CalendarDate: [MatchableOrder]]
    /// Where each stands among all.
    private let places: [OrderID: Int]
    /// For each identity that they give the last one that gives it, the last ones first.
    let identities: [MatchableOrder]
    private var contradicted: [PatientIdentity: MatchableOrder?] = [:]

    /// Of `orders`, all under one patient ID and in the order of their IDs, those that may be of `issuer`, which has no spaces around it.
    init(_ orders: [MatchableOrder], issuer: String) {
        all = orders.filter { Verdict.isSameIssuer(issuer, trimmed($0.order.patient.issuer.reveal())) }
        latestRecord = all.max(by: Self.isEarlier)
        places = Dictionary(all.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
        var days: [CalendarDate: [MatchableOrder]] = [:]
        for order in all {
            guard let day = order.order.examDate, Verdict.isCandidate(day: day, isCancelled: order.order.isCancelled, of: day) else { continue }
            days[day, default: []].append(order)
        }
        self.days = days
        var seen: Set<PatientIdentity> = []
        identities = all.reversed().filter { seen.insert($0.order.patient).inserted }
    }

    /// Those of `day` that were not cancelled.
    func of(_ day: CalendarDate?) -> [MatchableOrder] { day.flatMap { days[$0] } ?? [] }

    /// Those of `ids` that are among them, in the order of their IDs.
    func among(_ ids: [OrderID]) -> [MatchableOrder] { Set(ids.compactMap { places[$0] }).sorted().map { all[$0] } } // unordered: it is sorted

    /// The last order whose identity `patient` contradicts.
    func contradicted(by patient: PatientIdentity) -> MatchableOrder? {
        if let known = contradicted[patient] { return known }
        let found = identities.first { IdentityComparison(study: patient, order: $0.order.patient).contradicts }
        contradicted[patient] = .some(found)
        return found
    }

    private static func isEarlier(_ left: MatchableOrder, _ right: MatchableOrder) -> Bool {
        let (first, second) = (left.order, right.order)
        if first.examDate != second.examDate {
            guard let secondDate = second.examDate else { return false }
            guard let firstDate = first.examDate else { return true }
            return firstDate < secondDate
        }
        return (first.examTime, first.accessionNumber, left.id) < (second.examTime, second.accessionNumber, right.id)
    }
}

/// The orders of each patient ID and issuer that is asked for.
struct OrdersByPatient {
    private struct Key: Hashable {
        var patientID: String
        var issuer: String
    }

    private let byPatientID: [String: [MatchableOrder]]
    private var known: [Key: PatientOrders] = [:]

    /// `orders`, in the order of their IDs.
    init(_ orders: [MatchableOrder]) { byPatientID = Dictionary(grouping: orders) { trimmed($0.order.patient.patientID.reveal()) } }

    /// Those that may be the orders of `patient`; none where there is no patient ID.
    mutating func of(_ patient: PatientIdentity) -> PatientOrders {
        let key = Key(patientID: trimmed(patient.patientID.reveal()), issuer: trimmed(patient.issuer.reveal()))
        if let orders = known[key] { return orders }
        let orders = PatientOrders(key.patientID.isEmpty ? [] : byPatientID[key.patientID] ?? [], issuer: key.issuer)
        known[key] = orders
        return orders
    }
}
