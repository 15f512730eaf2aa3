import Ledger
import Migration

/// What people decide about studies that lie at the destination under a former identity.
extension Engine {
    /// Approves that a study is deleted or rejected at the destination and sent again: all of it is asked for first, so that nothing goes there that is not at hand.
    func approveCorrection(of uid: String, contradicting isContradicting: Bool, by person: String, in turn: Turn) throws -> Sentence {
        var (study, correction) = try waitingCorrection(of: uid, by: person, in: turn)
        try checkMayLieThere(study, correction)
        correction.rejection = try rejection(of: study, in: turn)
        if let bar = try bar(against: correction, study, in: turn) { throw ActionError(.notNow, "study \(uid): \(bar)") }
        guard try isContradicting || !contradicts(study, correction.intended, plannedAs: correction.sent, in: turn) else {
            throw ActionError(
                .notNow,
                "study \(uid): birth date, sex or name in its objects contradicts the patient whose it is said to be: approve it so only when you know "
                    + "that they are one (--contradicting)")
        }
        var parts = try turn.tx.parts(of: study.id)
        guard parts.allSatisfy({ $0.grant == nil }) else {
            throw ActionError(.notNow, "study \(uid) is still being sent in part: approve once that lease has ended")
        }
        guard study.size.unreadable == 0 else {
            throw ActionError(.notNow, "\(study.size.unreadable) files of study \(uid) cannot be read any more: what the destination has of it stays")
        }
        let code = correction.rejection == nil ? SentenceCode.correctionApproved : .correctionRejectionApproved
        let sentence = Sentence(code, [.patient(correction.intended.patientID), .text(person), .count(Int64(study.size.instances))])
        correction.state = .approved
        correction.approvedBy = person
        correction.askAt = turn.now
        correction.sentence = sentence
        // What was listed before it was let go of, and of which nothing has arrived since, may not be listed again.
        if study.progress.doneCount > 0 || correction.owed == 0 { correction.listedAt = nil }
        correction.emptyAt = nil
        correction.arrived = [:]
        correction.owed = max(correction.owed, study.progress.doneCount)
        for index in parts.indices {
            if !parts[index].done.isEmpty { correction.arrived[parts[index].id] = parts[index].done }
            parts[index].done = InstanceRanges()
            // Erased, or about to be: its medium gives it again.
            if parts[index].custody == .released { parts[index].custody = .evicted }
            try turn.tx.updatePart(parts[index])
        }
        try turn.tx.putCorrection(correction)
        study.holdReason = .patientChanged
        study.decision?.settled.remove(.patientChanged)
        study.progress.sentence = sentence
        try turn.tx.updateStudy(study)
        try placeAndSettle(study.id, in: turn)
        try askAgain(for: turn.tx.parts(of: study.id), in: turn)
        try record(sentence, on: study.id, DecisionTerms(), by: person, in: turn)
        return sentence
    }

    /// What was given up while it is sent again, and of which nothing has arrived or was found there, is tried again: there is nothing to be deleted or rejected.
    private func checkMayLieThere(_ study: StudyRecord, _ correction: CorrectionRecord) throws {
        let wasFound = study.progress.category == .presentBefore || study.progress.category == .verificationFailed
        guard correction.state == .sending, study.progress.doneCount == 0, !wasFound else { return }
        throw ActionError(
            .notNow,
            "nothing of study \(study.header.studyInstanceUID) has arrived since it is to be sent again: have it tried again (exceptions retry), or decide otherwise (match assign)")
    }

    /// How what the destination has of a study is rejected by the profile; nil: it is not.
    private func rejection(of study: StudyRecord, in turn: Turn) throws -> Rejection? {
        guard configuration.corrections.profile == .rejectAndSendAgain else { return nil }
        guard let identity = try turn.tx.setting(.identity), let generation = UIDGeneration(migration: identity, round: study.round + 1) else {
            throw LedgerError(.contradiction, "the ledger has no identity of its migration")
        }
        return Rejection(former: study.uids, generation: generation, approvedAt: turn.now)
    }

    /// Awaits anew that the destination corrects a study by itself, as if it had come up now. An approval of which nothing was carried out is taken back so.
    func awaitCorrection(of uid: String, by person: String, in turn: Turn) throws -> Sentence {
        var (study, correction) = try waitingCorrection(of: uid, orRevocable: true, by: person, in: turn)
        let sentence = Sentence(.correctionAwaitedAgain, [.instant(turn.now + configuration.corrections.wait), .text(person)])
        let arrived = correction.arrived
        let wasApproved = correction.isRevocable
        correction.state = .awaited
        if wasApproved { (correction.approvedBy, correction.rejection) = (nil, nil) }
        correction.askAt = turn.now
        correction.until = turn.now + configuration.corrections.wait
        correction.sentence = sentence
        correction.arrived = [:]
        try turn.tx.putCorrection(correction)
        study.progress.sentence = study.holdReason == .patientChanged ? sentence : study.progress.sentence
        try turn.tx.updateStudy(study)
        try record(sentence, on: study.id, DecisionTerms(), by: person, in: turn)
        if wasApproved {
            try putBack(arrived, of: study.id, in: turn)
            try settle(study.id, in: turn)
            try restMedia(of: study.id, because: sentence, in: turn)
        }
        return sentence
    }

    /// A person has decided what a study of which nothing has arrived is to be sent as: its correction asks for that from now on.
    func noteIntended(of study: StudyRecord, in turn: Turn) throws {
        guard study.progress.doneCount == 0, let plan = study.plan, var known = try turn.tx.correction(of: study.id), known.state != .corrected else { return }
        known.intended = plan
        try turn.tx.putCorrection(known)
    }

    /// A correction that a person may decide on: it is awaited or open, or approved and can be taken back. What was sent anew, and was found at the destination
    /// before that, is one as well.
    private func waitingCorrection(of uid: String, orRevocable: Bool = false, by person: String, in turn: Turn) throws -> (StudyRecord, CorrectionRecord) {
        let study = try checked(uid, DecisionTerms(), by: person, in: turn)
        guard let correction = try turn.tx.correction(of: study.id) else { throw ActionError(.unknown, "study \(uid) needs no correction") }
        let wasGivenUp = correction.state == .sending && study.progress.state == .exception
        guard correction.state == .awaited || correction.state == .open || orRevocable && correction.isRevocable || wasGivenUp else {
            throw ActionError(.notNow, "the correction of study \(uid) is \(correction.state.rawValue): only one that is awaited or open is decided on")
        }
        return (study, correction)
    }

    /// What had arrived of a study before it was to be deleted has arrived still.
    func putBack(_ arrived: [PartID: InstanceRanges], of study: StudyID, in turn: Turn) throws {
        for var part in try turn.tx.parts(of: study) {
            guard let done = arrived[part.id] else { continue }
            part.done = done
            try turn.tx.updatePart(part)
        }
        try place(study, in: turn)
    }

    /// Media that were asked for again for a study alone are not needed any more.
    func restMedia(of study: StudyID, because sentence: Sentence, in turn: Turn) throws {
        for id in Self.distinct(try turn.tx.parts(of: study).map(\.medium)) {
            guard var medium = try turn.tx.medium(id), medium.state == .expected, case let state = try restState(of: medium, in: turn), state != .expected
            else { continue }
            medium.state = state
            medium.sentence = sentence
            try turn.tx.updateMedium(medium)
            try turn.record(sentence, medium: id)
            try drainIfDone(id, in: turn)
        }
    }
}
