import Ledger
public import Migration

/// Whether, and how, the priors of each new order that comes in by HL7 or worklist are requested by themselves.
public struct PriorsPolicy: Hashable, Sendable {
    /// Requests of this kind that may be open at once; further orders make none.
    public var limit: Int
    /// How long after its making, or after the day of the exam where that is later, such a request ends.
    public var lasting: Interval

    /// As many as a large hospital's orders of a day; two weeks.
    public init(limit: Int = 5000, lasting: Interval = .minutes(14 * 24 * 60)) {
        self.limit = limit
        self.lasting = lasting
    }
}

/// An order that was not known before a message told of it.
struct NewOrder {
    var patient: PatientKey
    var accessionNumber: String
    var examDate: CalendarDate?
}

extension Engine {
    /// Requests the patients' priors of orders that are new and whose exam is still to come, or without a day.
    func requestPriors(of orders: [NewOrder], sender: String, in turn: Turn) throws {
        guard let policy = configuration.priors else { return }
        var open = orders.isEmpty ? 0 : try turn.tx.openRequestCount(isAutomatic: true)
        var refused: Int64 = 0
        var left = Self.placesPerTurn
        for order in orders where isComing(order.examDate, at: turn.now) {
            let expires = max(turn.now, order.examDate.map(Instant.init(startOf:)) ?? turn.now) + policy.lasting
            let known = try turn.tx.openRequests(ofPatient: order.patient.patientID).contains {
                $0.isAutomatic && $0.patient == order.patient && $0.day == nil && $0.expires ?? expires >= expires
            }
            guard !known else { continue }
            guard open < policy.limit else {
                refused += 1
                continue
            }
            if try requestPriors(of: order, sender: sender, until: expires, &left, in: turn) { open += 1 }
        }
        if refused > 0 { try turn.record(.priorsNotRequested, [.text(sender), .count(refused), .count(Int64(policy.limit))]) }
    }

    /// Whether a request was made: a patient ID that stands for many patients has no priors.
    ///
    /// - Parameter left: the studies that may be given their places in this turn.
    private func requestPriors(of order: NewOrder, sender: String, until expires: Instant, _ left: inout Int, in turn: Turn) throws -> Bool {
        let request = RequestRecord(
            subject: .patient(order.patient), patient: order.patient, day: nil, isAutomatic: true, madeBy: sender,
            reason: Identifying("order \(order.accessionNumber)"), madeAt: turn.now, expires: expires)
        guard try !isTooMuch(request, in: turn) else {
            try turn.record(.priorsTooMany, [.text(sender), .accession(order.accessionNumber), .count(Int64(turn.tx.requestedStudiesLimit))])
            return false
        }
        let made = try insert(request, in: turn)
        try turn.record(
            .priorsRequested,
            [.count(made.id.number), .patient(order.patient.patientID), .text(sender), .accession(order.accessionNumber), .instant(expires)])
        try placeStudies(of: made, &left, in: turn)
        return true
    }

    /// Whether an exam of this day is not over: in time zones west of Greenwich it may still be yesterday there.
    func isComing(_ day: CalendarDate?, at now: Instant) -> Bool {
        guard let day else { return true }
        return Instant(startOf: day) + .minutes(2 * 24 * 60) > now
    }
}
