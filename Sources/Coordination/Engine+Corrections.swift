import Ledger
import Migration

/// How studies that lie at the destination under a former identity come right: by the destination itself, or deleted and sent again on a person's approval.
extension Engine {
    // MARK: What people decide

    /// Approves that a study is deleted at the destination and sent again: all of it is asked for first, so that nothing is deleted that is not at hand.
    func approveCorrection(of uid: String, by person: String, in turn: Turn) throws -> Sentence {
        guard configuration.corrections.profile == .deleteAndSendAgain else {
            throw ActionError(.notNow, "the destination's profile is await (coordinator.yaml, corrections.profile): nothing is deleted there and sent again")
        }
        var (study, correction) = try waitingCorrection(of: uid, in: turn)
        var parts = try turn.tx.parts(of: study.id)
        guard parts.allSatisfy({ $0.grant == nil }) else {
            throw ActionError(.notNow, "study \(uid) is still being sent in part: approve once that lease has ended")
        }
        guard study.size.unreadable == 0 else {
            throw ActionError(.notNow, "\(study.size.unreadable) files of study \(uid) cannot be read any more: what the destination has of it is not deleted")
        }
        let sentence = Sentence(.correctionApproved, [.patient(correction.intended.patientID), .text(person), .count(Int64(study.size.instances))])
        correction.state = .approved
        correction.approvedBy = person
        correction.askAt = turn.now
        correction.sentence = sentence
        try turn.tx.putCorrection(correction)
        for index in parts.indices {
            parts[index].done = InstanceRanges()
            // Erased, or about to be: its medium gives it again.
            if parts[index].custody == .released { parts[index].custody = .evicted }
            try turn.tx.updatePart(parts[index])
        }
        study.holdReason = .patientChanged
        study.decision?.settled = nil
        study.progress.sentence = sentence
        try turn.tx.updateStudy(study)
        try placeAndSettle(study.id, in: turn)
        try askAgain(for: turn.tx.parts(of: study.id), in: turn)
        try turn.record(sentence, study: study.id)
        return sentence
    }

    /// Awaits anew that the destination corrects a study by itself, as if it had come up now.
    func awaitCorrection(of uid: String, by person: String, in turn: Turn) throws -> Sentence {
        var (study, correction) = try waitingCorrection(of: uid, in: turn)
        let sentence = Sentence(.correctionAwaitedAgain, [.instant(turn.now + configuration.corrections.wait), .text(person)])
        correction.state = .awaited
        correction.askAt = turn.now
        correction.until = turn.now + configuration.corrections.wait
        correction.sentence = sentence
        try turn.tx.putCorrection(correction)
        study.progress.sentence = study.holdReason == .patientChanged ? sentence : study.progress.sentence
        try turn.tx.updateStudy(study)
        try turn.record(sentence, study: study.id)
        return sentence
    }

    private func waitingCorrection(of uid: String, in turn: Turn) throws -> (StudyRecord, CorrectionRecord) {
        guard let study = try turn.tx.study(uid: uid) else { throw ActionError(.unknown, "no study \(uid) is in the ledger") }
        guard let correction = try turn.tx.correction(of: study.id) else { throw ActionError(.unknown, "study \(uid) needs no correction") }
        guard correction.state == .awaited || correction.state == .open else {
            throw ActionError(.notNow, "the correction of study \(uid) is \(correction.state.rawValue): only one that is awaited or open is decided on")
        }
        return (study, correction)
    }

    /// Whether what was read of a study is wanted in custody again, because it is to be deleted at the destination and sent again.
    func isBeingGathered(_ study: StudyID, in turn: Turn) throws -> Bool { try turn.tx.correction(of: study)?.state == .approved }

    // MARK: What was found at the destination

    /// Takes what was found out; nil: the correction is another one by now, and nothing follows.
    func take(_ report: CorrectionReport, in turn: Turn) throws -> Sentence? {
        guard let known = try turn.tx.correction(of: report.correction.study), known == report.correction, let study = try turn.tx.study(known.study)
        else { return nil }
        switch (known.state, report.finding) {
        case (.sending, _) where !study.progress.state.isFinal: return try wait(known, known.sentence, isBounded: false, in: turn)
        case (.awaited, .asIntended), (.sending, .asIntended), (.deleting, .asIntended): return try finish(known, study, in: turn)
        case (.approved, .due): return try lookWhetherGathered(known, study, in: turn)
        case (.deleting, .nothingThere): return try sendAgain(known, study, in: turn)
        case (.awaited, .nothingThere), (.sending, .nothingThere): return try wait(known, Sentence(.correctionAsSent, [.text("it lists nothing of it")]), in: turn)
        case (_, .asSent(let why)): return try wait(known, Sentence(.correctionAsSent, [.text(why)]), in: turn)
        case (_, .notAsked(let why)): return try wait(known, Sentence(.correctionNotAsked, [.text(why)]), in: turn)
        case (_, .notDeleted(let why)): return try wait(known, Sentence(.correctionNotDeleted, [.text(why)]), isBounded: false, in: turn)
        case (_, .asIntended), (_, .nothingThere), (_, .due): return nil
        }
    }

    /// The destination is asked again after a while, up to the bound; the same answer is in the chain of events once.
    private func wait(_ known: CorrectionRecord, _ sentence: Sentence, isBounded: Bool = true, in turn: Turn) throws -> Sentence {
        var correction = known
        correction.askAt = turn.now + configuration.corrections.every
        correction.sentence = sentence
        if isBounded, known.state != .deleting, turn.now >= known.until {
            correction.state = .open
            correction.askAt = nil
            correction.sentence = Sentence(.correctionOverdue, sentence.arguments)
        }
        try turn.tx.putCorrection(correction)
        if correction.sentence != known.sentence { try turn.record(correction.sentence, study: known.study) }
        return correction.sentence
    }

    /// The destination has the study as it should be: what is read of it later follows.
    private func finish(_ known: CorrectionRecord, _ study: StudyRecord, in turn: Turn) throws -> Sentence {
        var (study, correction) = (study, known)
        let sentence = Sentence(.correctionFound, [.patient(known.intended.patientID)])
        var parts = try turn.tx.parts(of: study.id)
        let stored = parts
        if known.state == .deleting {
            // It came right by itself before anything was deleted: nothing need be sent.
            for index in parts.indices { parts[index].done = parts[index].wanted }
        }
        correction.state = .corrected
        correction.askAt = nil
        correction.sentence = sentence
        try turn.tx.putCorrection(correction)
        study.plan = known.intended
        let former = try study.decision?.amendment?.former.flatMap { try turn.tx.order($0) }
        study.decision?.amendment = nil
        try turn.record(sentence, study: study.id)
        try letGo(&study, &parts, stored, in: turn)
        // Nothing lies under the former order any more: it is free.
        if let former { try match([study.id], andPatients: [former.order.patient.patientID], in: turn) }
        return sentence
    }

    /// Deleting may begin when every instance is in a worker's custody and no lease may be sending any of it (law 2); otherwise what is missing is asked for.
    private func lookWhetherGathered(_ known: CorrectionRecord, _ study: StudyRecord, in turn: Turn) throws -> Sentence {
        let parts = try turn.tx.parts(of: study.id)
        let isQuiet = parts.allSatisfy { $0.grant == nil && ($0.fence?.until ?? turn.now) <= turn.now }
        let gathered = parts.reduce(0) { $0 + ($1.custody == .held ? $1.remaining.count : 0) }
        guard isQuiet, gathered == study.size.instances, study.size.unreadable == 0 else {
            try askAgain(for: parts, in: turn)
            return try wait(known, known.sentence, isBounded: false, in: turn)
        }
        var correction = known
        correction.state = .deleting
        correction.askAt = turn.now
        correction.sentence = Sentence(.correctionStaged, [.count(Int64(gathered))])
        try turn.tx.putCorrection(correction)
        try turn.record(correction.sentence, study: study.id)
        return correction.sentence
    }

    /// The destination has nothing of the study: it goes out again, under its new plan.
    private func sendAgain(_ known: CorrectionRecord, _ study: StudyRecord, in turn: Turn) throws -> Sentence {
        var (study, correction) = (study, known)
        let sentence = Sentence(.correctionDeleted, [.patient(known.intended.patientID)])
        correction.state = .sending
        correction.askAt = turn.now + configuration.corrections.every
        correction.until = turn.now + configuration.corrections.wait
        correction.sentence = sentence
        try turn.tx.putCorrection(correction)
        study.plan = known.intended
        study.progress.sentence = sentence
        var parts = try turn.tx.parts(of: study.id)
        try turn.record(sentence, study: study.id)
        try letGo(&study, &parts, parts, in: turn)
        return sentence
    }

    private func letGo(_ study: inout StudyRecord, _ parts: inout [PartRecord], _ stored: [PartRecord], in turn: Turn) throws {
        liftHold(of: &study)
        var standing = StudyStanding(study)
        try settle(&standing, &parts, stored: stored, of: study, in: turn)
        study.progress = standing.progress
        study.holdReason = standing.holdReason
        try turn.tx.updateStudy(study)
    }
}
