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
            let scene: MatchingScene
            do {
                scene = try MatchingScene(of: patient, by: matching, in: turn.tx)
            } catch let error as LedgerError where error.code == .limit {
                try holdUnmatched(patient, error.message, in: turn)
                continue
            }
            done.formUnion(scene.family)
            guard !scene.studies.isEmpty else { continue }
            let matches = matching.match(studies: scene.matchable, orders: scene.orders, known: scene.told, contemporaries: scene.contemporaries)
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
        return matching.match(studies: open, orders: scene.orders, known: scene.told, contemporaries: scene.contemporaries)
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
                if match.rivals.isEmpty, others.indices.contains(index) { try flagChange(of: &record, others[index], in: turn) }
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
            let isBack = study.progress.state == .excluded && record.progress.state != .excluded
            if isBack || study.order != nil && study.order != record.order { try reopenFilms(of: study.id, in: turn) }
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
        var decided = try Self.conflicts(of: study).first ?? exclusion(of: study, match, in: turn)
            ?? (isStranger ? heldByMerge(study, in: turn) : clearance(for: &study, match, in: turn))
        // What was ready before an import began stays so: it could have gone out by now. No order is that of a study without a patient ID.
        if decided.state == .ready, !wasReady, !study.header.patient.patientID.isBlank, let name = live.orderImports.first {
            decided = Clearance(held: .waitingForOrders, Sentence(.waitingForOrders, [.text(name)]))
        }
        try take(awaitingOrder(decided, of: &study, in: turn), for: &study, in: turn)
    }

    /// Writes into a study whether it may be sent.
    private func take(_ clearance: Clearance, for study: inout StudyRecord, in turn: Turn) throws {
        let isNews = study.progress.sentence != clearance.sentence || study.holdReason != clearance.reason
        study.holdReason = clearance.reason
        study.plan = clearance.plan
        study.progress.sentence = clearance.sentence
        study.progress.state = clearance.state
        if isNews { try turn.record(clearance.sentence, study: study.id) }
    }

    /// A patient ID that stands for too much to be matched in one turn: what is not decided of it waits for a person.
    private func holdUnmatched(_ patient: Identifying, _ why: String, in turn: Turn) throws {
        for member in try turn.tx.tallies(ofPatients: matching.family(of: patient), limit: 1) where member.studies > 0 {
            for study in try turn.tx.undecidedStudies(ofPatient: member.patientID, limit: Self.unmatchedAtOnce) {
                var record = study
                record.outcome = .manualMatch
                record.order = nil
                let alone = matching.rule.match(studies: [MatchableStudy(id: study.id, header: study.header)], orders: [])
                let excluded = try alone.first.flatMap { try exclusion(of: study, $0, in: turn) }
                let held = Clearance(held: .patientTooLarge, Sentence(.patientTooLarge, [.text(why)]))
                try take(awaitingOrder(Self.conflicts(of: study).first ?? excluded ?? held, of: &record, in: turn), for: &record, in: turn)
                var parts = try turn.tx.parts(of: study.id)
                try settle(&record, &parts, in: turn)
                try turn.tx.updateStudy(record)
            }
        }
    }

    /// Studies of such a patient ID that one turn holds: bounds the writer's time (law 1). What is read of it later is held as it comes.
    private static var unmatchedAtOnce: Int { 2000 }

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

    /// What law 12 has against a study, whatever its plan, the gravest first.
    private static func conflicts(of study: StudyRecord) -> [Clearance] {
        var conflicts: [Clearance] = []
        if study.conflicts.hasTwoPatients { conflicts.append(Clearance(held: .studyTwoPatients, Sentence(.studyTwoPatients))) }
        if study.conflicts.hasInstanceConflict { conflicts.append(Clearance(held: .uidConflict, Sentence(.uidConflict))) }
        return conflicts
    }

    /// What law 12 has against the accession number of a plan.
    private func accessionConflict(of plan: SendPlan, in turn: Turn) throws -> Clearance? {
        guard try isAmbiguous(plan, in: turn) else { return nil }
        return Clearance(held: .accessionTwoPatients, Sentence(.accessionTwoPatients, [.accession(plan.accessionNumber)]))
    }

    /// All that law 12 and the legacy index have against a settled study, the gravest first.
    private func conflicts(of study: StudyRecord, in turn: Turn) throws -> [Clearance] {
        try Self.conflicts(of: study) + [study.plan.flatMap { try accessionConflict(of: $0, in: turn) }, legacyDoubt(of: study, in: turn)].compactMap { $0 }
    }

    /// The gravest of it that no person has settled.
    func unsettledConflict(of study: StudyRecord, in turn: Turn) throws -> Clearance? {
        try conflicts(of: study, in: turn).first { conflict in conflict.reason.map { study.decision?.covers($0) != true } ?? true }
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
        try mark(&study, .competingStudies, hasStrangers(among: match.rivals, study, in: turn), in: turn)
        try flagLegacyLack(of: &study, in: turn)
        guard let conflict = try unsettledConflict(of: study, in: turn), let reason = conflict.reason, reason != study.holdReason else { return }
        study.holdReason = reason
        study.progress.state = .held
        study.progress.sentence = conflict.sentence
        try turn.record(conflict.sentence, study: study.id)
    }

    /// A study of which something may be at the destination keeps its plan; what came up is flagged. Under a plan that law 12 or the legacy index has
    /// something against nothing more of it is granted: the rest waits for a person, or until the conflict is gone.
    private func flag(_ study: inout StudyRecord, _ match: Match, in turn: Turn) throws {
        try mark(&study, .competingStudies, hasStrangers(among: match.rivals, study, in: turn), in: turn)
        try flagLegacyLack(of: &study, in: turn)
        if try isOfAnotherByNow(study, in: turn) { try mark(&study, .doubtful, true, in: turn) }
        let reasons = try conflicts(of: study, in: turn).compactMap(\.reason)
        for reason in reasons { try mark(&study, reason, study.decision?.covers(reason) != true, in: turn) }
        for reason in Self.passingConflicts where !reasons.contains(reason) { try mark(&study, reason, false, in: turn) }
        guard let conflict = try unsettledConflict(of: study, in: turn) else {
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

    /// Flags a study of which something was sent that would come to `match` if it were open, and not be sent so.
    private func flagChange(of study: inout StudyRecord, _ match: Match, in turn: Turn) throws {
        let mayShowAnother = study.decision == nil && match.reason == .namesake
        try mark(&study, .namesake, mayShowAnother, in: turn)
        try mark(&study, .orderChanged, !mayShowAnother && hasOtherOrder(study, match, in: turn), in: turn)
    }

    /// Whether a study of which something was sent would be sent otherwise by what is ordered now, `match`: another order came, or its own was cancelled or
    /// changed. What a person decided stands while its order does; of one that law 12 has something against, that is told.
    private func hasOtherOrder(_ study: StudyRecord, _ match: Match, in turn: Turn) throws -> Bool {
        guard Self.conflicts(of: study).isEmpty else { return false }
        guard study.decision == nil else { return try study.order.flatMap { try turn.tx.order($0) }?.order.isCancelled == true }
        return match.order != study.order || match.outcome == .manualMatch
    }

    /// Whether a study was sent as one whose patient ID is a spelling of the order's, and the hospital has somebody else of that ID by now.
    private func isOfAnotherByNow(_ study: StudyRecord, in turn: Turn) throws -> Bool {
        guard matching.weighsEvidence, study.decision == nil, let order = try study.order.flatMap({ try turn.tx.order($0) })?.order else { return false }
        let shown = try PatientKey(turn.tx.present(study.header).patient)
        return try !shown.patientID.isBlank && shown.patientID.reveal() != order.patient.patientID.trimmed && turn.tx.isKnown(shown)
    }

    /// Conflicts of a settled study that may be over: another order is cancelled, the legacy index put right. What two discs say stays.
    private static var passingConflicts: [HoldReason] { [.accessionTwoPatients, .legacyPatient, .legacyListsFewer] }

    /// Flags a study for `reason` when that `holds`, and takes the flag back when it does not; each is told once.
    func mark(_ study: inout StudyRecord, _ reason: HoldReason, _ holds: Bool, in turn: Turn) throws {
        guard study.flags.contains(reason.rawValue) != holds else { return }
        study.flags = holds ? (study.flags + [reason.rawValue]).sorted() : study.flags.filter { $0 != reason.rawValue }
        try turn.record(holds ? .flagged : .flagLifted, [.text(reason.rawValue)], study: study.id)
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
