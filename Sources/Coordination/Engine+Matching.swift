import Ledger
import Matching
import Migration

extension Engine {
    /// Matches the patients of these studies anew, and `others`, which had to do with them before, and settles what follows.
    func match(_ studies: [StudyID], andPatients others: [Identifying] = [], in turn: Turn) throws {
        var patients = others.map { Identifying($0.trimmed) }
        for id in studies {
            guard let study = try turn.tx.study(id) else { continue }
            let patient = Identifying(study.header.patient.patientID.trimmed)
            if patient.isBlank {
                // Studies without a patient ID have nothing to do with each other.
                try apply(matching.rule.match(studies: [turn.tx.matchable(study)], orders: []), [study], ifOpen: [], in: turn)
            } else {
                patients.append(patient)
            }
        }
        try match(patients: patients, in: turn)
    }

    /// Matches all studies of these patients anew, together with those of the patients that they were merged with, and settles what follows.
    func match(patients: [Identifying], in turn: Turn) throws {
        var done: Set<Identifying> = []
        for patient in Self.distinct(patients).sorted() where !patient.isBlank && !done.contains(patient) {
            let scene = try MatchingScene(of: patient, by: matching, in: turn.tx)
            done.formUnion(scene.family)
            guard !scene.studies.isEmpty else { continue }
            let matches = matching.match(studies: scene.matchable, orders: scene.orders, known: scene.told)
            try apply(matches, scene.studies, ifOpen: matchesIfOpen(scene) ?? matches, in: turn)
        }
    }

    /// What evidence would come to if what was sent and nobody decided on were open; nil: as it is matched anyway. The rule says so of each study by itself.
    private func matchesIfOpen(_ scene: MatchingScene) -> [Match]? {
        guard matching.weighsEvidence, scene.studies.contains(where: { $0.isSettled && $0.decision == nil }) else { return nil }
        let open = zip(scene.matchable, scene.studies).map { member, study in
            var member = member
            if study.decision == nil { member.claim = .open }
            return member
        }
        return matching.match(studies: open, orders: scene.orders, known: scene.told)
    }

    /// Settles what follows from `matches`; `others` are those that there would be if nothing had been sent, empty where there is no patient.
    private func apply(_ matches: [Match], _ studies: [StudyRecord], ifOpen others: [Match], in turn: Turn) throws {
        let strangers = try contradictedByMerge(studies, in: turn)
        for (index, (match, study)) in zip(matches, studies).enumerated() {
            var record = study
            if study.decision?.kind == .excluded {
                // A person left it out: nothing of it competes, and nothing of it is in anybody's way.
            } else if study.progress.wasGranted, study.isSettled {
                try flag(&record, match, in: turn)
                if match.rivals.isEmpty, others.indices.contains(index), try hasOtherOrder(record, others[index], in: turn) {
                    try flag(&record, .orderChanged, in: turn)
                }
                try reviewIdentity(of: &record, in: turn)
            } else if study.decision != nil {
                try keepDecision(&record, match, in: turn)
                try reviewIdentity(of: &record, in: turn)
            } else {
                try decide(&record, match, isStranger: strangers.contains(study.id), in: turn)
            }
            // What was left out and is not any more may need a medium again, which looks at the ledger's state of it.
            if study.progress.state == .excluded, record != study { try turn.tx.updateStudy(record) }
            var parts = try turn.tx.parts(of: study.id)
            try settle(&record, &parts, in: turn)
            if record != study {
                try turn.tx.updateStudy(record)
                try bringBack(study.id, in: turn)
            }
            try closeFilms(for: record, in: turn)
        }
    }

    // MARK: Open studies

    private func decide(_ study: inout StudyRecord, _ match: Match, isStranger: Bool, in turn: Turn) throws {
        let wasReady = study.progress.state == .ready && study.order == match.order
        study.outcome = match.outcome
        study.order = match.order
        study.isCorroborated = match.isCorroborated
        // What is in two names is neither left out nor sent: which of them selection means depends on what was read first.
        var decided = try Self.conflict(of: study) ?? exclusion(of: study, match, in: turn)
            ?? (isStranger ? heldByMerge(study, in: turn) : clearance(for: &study, match, in: turn))
        // What was ready before an import began stays so: it could have gone out by now.
        if decided.state == .ready, !wasReady, let name = live.orderImports.first {
            decided = Clearance(held: .waitingForOrders, Sentence(.waitingForOrders, [.text(name)]))
        }
        let clearance = try awaitingOrder(decided, of: &study, in: turn)
        let isNews = study.progress.sentence != clearance.sentence || study.holdReason != clearance.reason
        study.holdReason = clearance.reason
        study.plan = clearance.plan
        study.progress.sentence = clearance.sentence
        study.progress.state = clearance.state
        if isNews { try turn.record(clearance.sentence, study: study.id) }
    }

    /// Whether a study may be sent, and how, that law 12 has nothing against: the outcome comes first, then the policies.
    private func clearance(for study: inout StudyRecord, _ match: Match, in turn: Turn) throws -> Clearance {
        if let doubt = try legacyDoubt(of: study, in: turn) { return doubt }
        let policy = try policy(for: match.outcome, of: study, in: turn)
        let cleared =
            switch match.outcome {
            case .matched: try matchedClearance(for: study, match, in: turn)
            case .manualMatch: Clearance(held: match.reason ?? .severalOrders, match.sentence)
            case .examLevelFailed, .patientLevelFailed: try unmatchedClearance(for: &study, match, policy, in: turn)
            }
        return try cleared.reason?.isConflict == true ? cleared : applied(policy, to: cleared, of: study, match, in: turn)
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

    /// What law 12 has against a study, whatever its plan.
    private static func conflict(of study: StudyRecord) -> Clearance? {
        if study.conflicts.hasTwoPatients { return Clearance(held: .studyTwoPatients, Sentence(.studyTwoPatients)) }
        if study.conflicts.hasInstanceConflict { return Clearance(held: .uidConflict, Sentence(.uidConflict)) }
        return nil
    }

    /// What law 12 has against the accession number of a plan.
    private func accessionConflict(of plan: SendPlan, in turn: Turn) throws -> Clearance? {
        guard try isAmbiguous(plan, in: turn) else { return nil }
        return Clearance(held: .accessionTwoPatients, Sentence(.accessionTwoPatients, [.accession(plan.accessionNumber)]))
    }

    /// What law 12 has against a settled study, or else the legacy index.
    func conflict(of study: StudyRecord, in turn: Turn) throws -> Clearance? {
        try Self.conflict(of: study) ?? study.plan.flatMap { try accessionConflict(of: $0, in: turn) } ?? legacyDoubt(of: study, in: turn)
    }

    /// Whether the accession number that is to be written is another patient's as well.
    private func isAmbiguous(_ plan: SendPlan, in turn: Turn) throws -> Bool {
        let orders = try turn.tx.orders(accessionNumber: plan.accessionNumber).filter { !$0.order.isCancelled }
        guard orders.issuers.count <= 1 else { return true }
        let own = PatientKey(DeclaredChanges.identity(after: plan.coercions, of: PatientIdentity(patientID: plan.patientID)))
        let present = try turn.tx.current(own).patientID
        let others = try orders.map { PatientKey($0.order.patient) }
            + turn.tx.plannedPatients(accessionNumber: plan.accessionNumber).map { PatientKey(patientID: $0, issuer: own.issuer) }
        return try others.contains { try $0.patientID != own.patientID && turn.tx.current($0).patientID != present }
    }

    // MARK: Settled studies

    /// A study that a person decided on keeps that; only a conflict that the person did not see holds it again.
    private func keepDecision(_ study: inout StudyRecord, _ match: Match, in turn: Turn) throws {
        if try hasStrangers(among: match.rivals, study, in: turn) { try flag(&study, .competingStudies, in: turn) }
        try flagLegacyLack(of: &study, in: turn)
        guard let conflict = try conflict(of: study, in: turn), let reason = conflict.reason else { return }
        guard study.decision?.covers(reason) != true, reason != study.holdReason else { return }
        study.holdReason = reason
        study.progress.state = .held
        study.progress.sentence = conflict.sentence
        try turn.record(conflict.sentence, study: study.id)
    }

    /// A study of which something may be at the destination keeps its plan; what came up is flagged. Under a plan that law 12 or the legacy index has
    /// something against nothing more of it is granted: the rest waits for a person, or until the conflict is gone.
    private func flag(_ study: inout StudyRecord, _ match: Match, in turn: Turn) throws {
        if try hasStrangers(among: match.rivals, study, in: turn) { try flag(&study, .competingStudies, in: turn) }
        try flagLegacyLack(of: &study, in: turn)
        if try isOfAnotherByNow(study, in: turn) { try flag(&study, .doubtful, in: turn) }
        let conflict = try conflict(of: study, in: turn)
        if let reason = conflict?.reason { try flag(&study, reason, in: turn) }
        guard let conflict, conflict.reason.map({ study.decision?.covers($0) != true }) ?? true else {
            // Whether its patient is still another one is looked at behind this.
            if let reason = study.holdReason, reason.isConflict, ![.patientChanged, .contradiction].contains(reason) { study.holdReason = nil }
            return
        }
        let rest = try study.conflicts.hasTwoContents || turn.tx.parts(of: study.id).contains { !$0.remaining.isEmpty }
        guard rest, conflict.reason != study.holdReason else { return }
        study.holdReason = conflict.reason
        study.progress.sentence = conflict.sentence
        try turn.record(conflict.sentence, study: study.id)
    }

    /// Whether a study of which something was sent would be sent otherwise by what is ordered now, `match`: another order came, or its own was cancelled or
    /// changed. What a person decided stands while its order does; of one that law 12 has something against, that is told.
    private func hasOtherOrder(_ study: StudyRecord, _ match: Match, in turn: Turn) throws -> Bool {
        guard Self.conflict(of: study) == nil else { return false }
        guard study.decision == nil else { return try study.order.flatMap { try turn.tx.order($0) }?.order.isCancelled == true }
        return match.order != study.order || match.outcome == .manualMatch
    }

    /// Whether a study was sent as one whose patient ID is a spelling of the order's, and the hospital has somebody else of that ID by now.
    private func isOfAnotherByNow(_ study: StudyRecord, in turn: Turn) throws -> Bool {
        guard matching.weighsEvidence, study.decision == nil, let order = try study.order.flatMap({ try turn.tx.order($0) })?.order else { return false }
        let shown = try PatientKey(turn.tx.present(study.header).patient)
        return try !shown.patientID.isBlank && shown.patientID.reveal() != order.patient.patientID.trimmed && turn.tx.isKnown(shown)
    }

    func flag(_ study: inout StudyRecord, _ reason: HoldReason, in turn: Turn) throws {
        guard !study.flags.contains(reason.rawValue) else { return }
        study.flags = (study.flags + [reason.rawValue]).sorted()
        try turn.record(.flagged, [.text(reason.rawValue)], study: study.id)
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
        [.studyTwoPatients, .uidConflict, .accessionTwoPatients, .patientChanged, .contradiction, .legacyPatient, .legacyListsFewer].contains(self)
    }

    /// Whether it needs no person: what is waited for comes, or is left out.
    var passesByItself: Bool { self == .waitingForMedia || self == .waitingForOrders }
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
