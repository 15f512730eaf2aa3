import Ledger
import Matching
import Migration

/// Whether studies that nobody decided on, and of which nothing was sent, may be sent.
extension Engine {
    func decide(_ study: inout StudyRecord, _ match: Match, _ contemporaries: Contemporaries, isStranger: Bool, in turn: Turn) throws {
        let wasReady = study.progress.state == .ready && study.order == match.order
        study.outcome = match.outcome
        study.order = match.order
        study.isCorroborated = match.isCorroborated
        // What is in two names is neither left out nor sent: which of them selection means depends on what was read first.
        let leftOut = try exclusion(of: study, match, in: turn)
        var decided = try Self.conflicts(of: study).first ?? leftOut
            ?? (isStranger ? heldByMerge(study, in: turn) : clearance(for: &study, match, contemporaries, in: turn))
        // What was ready before an import began stays so: it could have gone out by now. No order is that of a study without a patient ID.
        let isNewlyReady = decided.state == .ready && !wasReady
        let isNewlyLeftOut = decided.state == .excluded && leftOut == nil && study.progress.state != .excluded
        if isNewlyReady || isNewlyLeftOut, !study.header.patient.patientID.isBlank, let name = live.orderImports.first {
            decided = Clearance(held: .waitingForOrders, Sentence(.waitingForOrders, [.text(name)]))
        }
        try take(awaitingOrder(decided, of: &study, in: turn), for: &study, in: turn)
    }

    /// Writes into a study whether it may be sent.
    func take(_ clearance: Clearance, for study: inout StudyRecord, in turn: Turn) throws {
        let isNews = study.progress.sentence != clearance.sentence || study.holdReason != clearance.reason
        study.holdReason = clearance.reason
        study.plan = clearance.plan
        study.progress.sentence = clearance.sentence
        study.progress.state = clearance.state
        if isNews { try turn.record(clearance.sentence, study: study.id) }
    }

    /// Whether a study may be sent, and how, that law 12 has nothing against: the outcome comes first, then the policies.
    private func clearance(for study: inout StudyRecord, _ match: Match, _ contemporaries: Contemporaries, in turn: Turn) throws -> Clearance {
        if let doubt = try legacyDoubt(of: study, in: turn) { return doubt }
        let policy = try policy(for: match.outcome, of: study, in: turn)
        let cleared =
            switch match.outcome {
            case .matched: try matchedClearance(for: study, match, in: turn)
            case .manualMatch: Clearance(held: match.reason ?? .severalOrders, match.sentence)
            case .examLevelFailed, .patientLevelFailed: try unmatchedClearance(for: &study, match, policy, contemporaries, in: turn)
            }
        // Whom a study shows is no matter of policy.
        return try cleared.reason?.isConflict == true || match.reason == .namesake ? cleared : applied(policy, to: cleared, of: study, match, in: turn)
    }

    private func matchedClearance(for study: StudyRecord, _ match: Match, in turn: Turn) throws -> Clearance {
        guard let id = match.order, let order = try turn.tx.order(id) else {
            throw LedgerError(.contradiction, "study \(study.id) is matched with an order that is not there")
        }
        guard order.order.isAssignable else { return Clearance(held: .orderUnusable, Sentence(.orderUnusable, [.accession(order.order.accessionNumber)])) }
        let plan = SendPlan(matched: order.order, header: study.header)
        if let conflict = try accessionConflict(of: plan, in: turn) { return conflict }
        return try heldForMedia(study, match, in: turn) ?? heldForPolicy(study, match.outcome, in: turn) ?? heldAsIncomplete(study, in: turn)
            ?? Clearance(plan: plan, match.sentence)
    }

    /// Held while an unread medium could change what a match comes to. The rule looks at a study's own day, and only where it is matched and nothing corroborates
    /// it; evidence at all days of which a study could have a say.
    func heldForMedia(_ study: StudyRecord, _ match: Match, in turn: Turn) throws -> Clearance? {
        let days: ClosedRange<CalendarDate>?
        if matching.weighsEvidence {
            guard let reach = match.reach else { return nil }
            days = reach
        } else {
            guard match.outcome == .matched, !match.isCorroborated else { return nil }
            days = study.header.date.map { $0...$0 }
        }
        guard let medium = try turn.tx.openMedium(covering: days) else { return nil }
        return Clearance(held: .waitingForMedia, Sentence(.waitingForMedia, [.label(medium.label)]))
    }

    func heldAsIncomplete(_ study: StudyRecord, in turn: Turn) throws -> Clearance? {
        guard study.size.unreadable > 0, configuration.policies.incomplete == .hold else { return try legacyLack(of: study, in: turn) }
        return Clearance(held: .incomplete, Sentence(.incomplete, [.count(Int64(study.size.unreadable))]))
    }
}

/// Whether a study may be sent: a plan, or the reason why not.
struct Clearance {
    var plan: SendPlan?
    var reason: HoldReason?
    var sentence: Sentence
    /// The state of a study of which nothing was sent yet.
    var state: StudyState

    /// To be sent by `plan`.
    init(plan: SendPlan, _ sentence: Sentence) {
        self.plan = plan
        self.sentence = sentence
        state = .ready
    }

    /// Held for `reason`, to be sent by `plan` when that is over.
    init(plan: SendPlan, held reason: HoldReason, _ sentence: Sentence) {
        self.init(held: reason, sentence)
        self.plan = plan
    }

    /// Left out by the rule that `sentence` tells.
    init(excludedBy sentence: Sentence) {
        self.sentence = sentence
        state = .excluded
    }

    /// Held for `reason`.
    init(held reason: HoldReason, _ sentence: Sentence) {
        self.reason = reason
        self.sentence = sentence
        state = .held
    }
}

extension HoldReason {
    /// Whether one study, object or accession number would, or may, be in two patients' names, or in a stranger's (laws 12 and 13).
    var isConflict: Bool {
        [.studyTwoPatients, .uidConflict, .accessionTwoPatients, .patientChanged, .contradiction, .legacyPatient, .legacyListsFewer, .patientTooLarge].contains(self)
    }
}

extension SendPlan {
    /// The plan of a study matched with `order`.
    init(matched order: Order, header: StudyHeader) {
        self.init(
            coercions: DeclaredChanges.matched(order).inTagOrder,
            patientID: order.patient.patientID.isBlank ? header.patient.patientID : Identifying(order.patient.patientID.trimmed),
            accessionNumber: order.accessionNumber)
    }
}

extension [Coercion] {
    /// In the order of the tags.
    var inTagOrder: [Coercion] { sorted { $0.tag < $1.tag } }
}
