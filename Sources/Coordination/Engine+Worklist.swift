import Ledger
import Migration

/// The manual worklist: who decides on a study, and what becomes of it beside being sent.
extension Engine {
    /// How long a study is put off at most: what lies longer is left out, or forgotten.
    private static var longestPostponement: Interval { .minutes(366 * 24 * 60) }
    /// Postponements that end in one tick: bounds the writer's time (law 1).
    private static var endingsPerTick: Int { 100 }

    /// Carries out `action` on the study with this UID.
    func carryOut(_ action: WorklistAction, on uid: String, _ terms: DecisionTerms, by person: String, in turn: Turn) throws -> Sentence {
        switch action {
        case .take: try take(uid, by: person, in: turn)
        case .letGo: try letGo(uid, by: person, in: turn)
        case .exclude: try exclude(uid, terms, by: person, in: turn)
        case .postpone(let until): try postpone(uid, until, terms, by: person, in: turn)
        case .undo: try undo(uid, terms, by: person, in: turn)
        case .link(let accessions): try link(uid, accessions, terms, by: person, in: turn)
        case .unlink(let accessions): try unlink(uid, accessions, terms, by: person, in: turn)
        }
    }

    /// A study that `person` may decide on: nobody else has taken it, and it is as the person saw it.
    func checked(_ uid: String, _ terms: DecisionTerms, by person: String, in turn: Turn) throws -> StudyRecord {
        guard let study = try turn.tx.study(uid: uid) else { throw ActionError(.unknown, "no study \(uid) is in the ledger") }
        if let take = try turn.tx.take(of: study.id), take.until > turn.now, take.by != person {
            throw ActionError(.taken, "study \(uid) was taken by \(take.by), until \(take.until.text): nobody else decides on it before")
        }
        if let reason = terms.reason { try Self.check(reason.reveal()) }
        if let seen = terms.seen {
            let revision = try WorklistItem(study, by: matching, in: turn.tx).revision
            guard revision == seen else {
                throw ActionError(.outdated, "study \(uid), or an order that may be its own, is not any more as you saw it (\(seen), now \(revision)): look at it again")
            }
        }
        return study
    }

    private static func reason(of terms: DecisionTerms, for what: String) throws -> Identifying {
        guard let reason = terms.reason else { throw ActionError(.badValue, "\(what) needs a reason") }
        return reason
    }

    // MARK: Who decides

    private func take(_ uid: String, by person: String, in turn: Turn) throws -> Sentence {
        let study = try checked(uid, DecisionTerms(), by: person, in: turn)
        guard study.isWaiting || study.progress.state.isFinal else {
            throw ActionError(.notNow, "study \(uid) is \(study.progress.state.rawValue): only what waits for a person, or was sent, is taken")
        }
        let until = turn.now + configuration.takeTerm
        try turn.tx.putTake(TakeRecord(study: study.id, by: person, at: turn.now, until: until))
        let sentence = Sentence(.takenByPerson, [.text(person), .instant(until)])
        try turn.record(sentence, study: study.id)
        return sentence
    }

    private func letGo(_ uid: String, by person: String, in turn: Turn) throws -> Sentence {
        let study = try checked(uid, DecisionTerms(), by: person, in: turn)
        guard let take = try turn.tx.take(of: study.id), take.until > turn.now else { throw ActionError(.notNow, "nobody has taken study \(uid)") }
        try turn.tx.removeTake(of: study.id)
        let sentence = Sentence(.letGoByPerson, [.text(person)])
        try turn.record(sentence, study: study.id)
        return sentence
    }

    /// Records a decision: whoever had taken the study has done so, and nothing is put off any more.
    func record(_ sentence: Sentence, on study: StudyID, _ terms: DecisionTerms, by person: String, in turn: Turn) throws {
        try turn.tx.removeTake(of: study)
        try turn.tx.removePostponement(of: study)
        try turn.record(sentence, study: study)
        try giveReason(terms, on: study, by: person, in: turn)
        try reopenFilms(of: study, in: turn)
    }

    /// Records why somebody decided so.
    func giveReason(_ terms: DecisionTerms, on study: StudyID, by person: String, in turn: Turn) throws {
        guard let reason = terms.reason else { return }
        try turn.record(.reasonGiven, [.text(person), .patient(reason)], study: study)
    }

    // MARK: Left out, put off

    private func exclude(_ uid: String, _ terms: DecisionTerms, by person: String, in turn: Turn) throws -> Sentence {
        let reason = try Self.reason(of: terms, for: "leaving a study out")
        var study = try undecided(checked(uid, terms, by: person, in: turn), in: turn)
        guard study.progress.doneCount == 0 else {
            throw ActionError(.notNow, "\(study.progress.doneCount) instances of study \(uid) have arrived: it is no longer left out")
        }
        try checkNothingLiesThere(of: study, in: turn)
        var parts = try turn.tx.parts(of: study.id)
        if let until = parts.compactMap(\.fence?.until).max(), until > turn.now {
            throw ActionError(.notNow, "study \(uid) may still be sent under a lease that ended, until \(until.text): leave it out then")
        }
        let former = try study.order.flatMap { try turn.tx.order($0) }
        study.decision = PersonalDecision(by: person, kind: .excluded, settled: study.settledByNow, at: turn.now, reason: reason)
        let sentence = Sentence(.excludedByPerson, [.text(person), .patient(reason)])
        free(&study, as: .excluded, sentence)
        _ = try awaitingOrder(Clearance(excludedBy: sentence), of: &study, in: turn)
        try turn.tx.updateStudy(study)
        try serveNone(study.id, person: person, in: turn)
        try settle(&study, &parts, in: turn)
        try turn.tx.updateStudy(study)
        try record(sentence, on: study.id, DecisionTerms(), by: person, in: turn)
        try match([study.id], andPatients: former.map { [$0.order.patient.patientID] } ?? [], in: turn)
        return sentence
    }

    /// The study has no order and no plan any more.
    private func free(_ study: inout StudyRecord, as state: StudyState, _ sentence: Sentence) {
        study.order = nil
        study.plan = nil
        study.holdReason = nil
        let doneCount = study.progress.doneCount
        let wasGranted = study.progress.wasGranted
        study.progress = StudyProgress(state: state)
        study.progress.doneCount = doneCount
        study.progress.wasGranted = wasGranted
        study.progress.sentence = sentence
    }

    private func postpone(_ uid: String, _ until: Instant, _ terms: DecisionTerms, by person: String, in turn: Turn) throws -> Sentence {
        let reason = try Self.reason(of: terms, for: "putting a study off")
        let study = try checked(uid, terms, by: person, in: turn)
        guard study.progress.state == .held else { throw ActionError(.notNow, "study \(uid) is \(study.progress.state.rawValue): only what is held is put off") }
        guard until > turn.now, until < turn.now + Self.longestPostponement else {
            throw ActionError(.badValue, "a study is put off until a moment from now on, at most a year: not until \(until.text)")
        }
        let sentence = Sentence(.postponedByPerson, [.instant(until), .text(person), .patient(reason)])
        try record(sentence, on: study.id, DecisionTerms(), by: person, in: turn)
        try turn.tx.putPostponement(PostponementRecord(study: study.id, by: person, at: turn.now, until: until, reason: reason))
        return sentence
    }

    /// A study that was put off has changed: it is not put off any more.
    func bringBack(_ study: StudyID, in turn: Turn) throws {
        guard try turn.tx.postponement(of: study) != nil else { return }
        try bringBack(study, why: "something about it has changed", in: turn)
    }

    private func bringBack(_ study: StudyID, why: String, in turn: Turn) throws {
        try turn.tx.removePostponement(of: study)
        try turn.record(.postponementOver, [.text(why)], study: study)
    }

    /// Studies whose time has come are no longer put off.
    func bringBack(in turn: Turn) throws {
        for over in try turn.tx.postponementsToEnd(at: turn.now, limit: Self.endingsPerTick) {
            try bringBack(over.study, why: "its time has come", in: turn)
        }
    }

    // MARK: Taken back

    /// Takes back what was decided on a study, as long as nothing of it was leased since: it is matched anew.
    private func undo(_ uid: String, _ terms: DecisionTerms, by person: String, in turn: Turn) throws -> Sentence {
        var study = try checked(uid, terms, by: person, in: turn)
        guard let decision = study.decision else { throw ActionError(.notNow, "nobody has decided on study \(uid): there is nothing to be taken back") }
        guard decision.kind == .excluded || !study.progress.wasGranted else {
            throw ActionError(
                .notNow,
                "study \(uid) was leased to be sent, and may be at the destination: decide on it anew once that lease has ended (match assign, match unspecified); "
                    + "where it has arrived, that is a correction")
        }
        let former = try study.order.flatMap { try turn.tx.order($0) }
        study.decision = nil
        let sentence = Sentence(.decisionUndone, [.text(person), .text(decision.by), .text(decision.kind.rawValue)])
        free(&study, as: .inventoried, sentence)
        try turn.tx.updateStudy(study)
        try serveNone(study.id, person: person, in: turn)
        try record(sentence, on: study.id, terms, by: person, in: turn)
        try match([study.id], andPatients: former.map { [$0.order.patient.patientID] } ?? [], in: turn)
        return sentence
    }
}
