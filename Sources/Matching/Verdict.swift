import Migration

/// What the rule of Jung et al. 2004 comes to for one study, under law 13: the rule in one place, for ``Matcher`` and ``SimulationTally``.
enum Verdict {
    /// Another study claims the same order.
    case competing
    case patientIDBlank, patientUnknown
    case studyDateMissing, noOrder
    case severalOrders
    /// The only candidate, and something against it.
    case contradiction
    /// The only candidate, and another patient of the birth date who may be meant.
    case namesake
    case matched

    /// Whether an order may be a study's own, issuers and modality apart: of its day, and not cancelled.
    static func isCandidate(day: CalendarDate?, isCancelled: Bool, of study: CalendarDate?) -> Bool {
        study != nil && day == study && !isCancelled
    }

    /// Whether two issuers, without spaces around them, may stand for the same: where both are named, they must be equal.
    static func isSameIssuer(_ left: String, _ right: String) -> Bool { left.isEmpty || right.isEmpty || left == right }

    /// The verdict on a study: the first line of docs/matching.md that fits.
    ///
    /// - Parameters:
    ///   - hasRivals: another study claims the order that it claims.
    ///   - isBlank: it has no patient ID.
    ///   - isKnown: there is an order under its patient ID and issuer, whatever its status.
    ///   - hasDay: its Study Date is a day.
    ///   - candidates: how many orders may be its own.
    ///   - contradicts: whether it contradicts the only candidate.
    ///   - hasNamesake: whether another patient may be meant than that of the only candidate.
    init(
        hasRivals: Bool, isBlank: Bool, isKnown: Bool, hasDay: Bool, candidates: Int, contradicts: @autoclosure () throws -> Bool,
        hasNamesake: @autoclosure () throws -> Bool
    ) rethrows {
        if hasRivals {
            self = .competing
        } else if isBlank {
            self = .patientIDBlank
        } else if !isKnown {
            self = .patientUnknown
        } else if candidates == 0 {
            self = hasDay ? .noOrder : .studyDateMissing
        } else if candidates > 1 {
            self = .severalOrders
        } else {
            self = try contradicts() ? .contradiction : hasNamesake() ? .namesake : .matched
        }
    }
}
