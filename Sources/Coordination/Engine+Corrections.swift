import Ledger
import Migration

/// How studies that lie at the destination under a former identity come right: by the destination itself, or deleted or rejected there and sent again on a
/// person's approval.
extension Engine {
    /// Takes what was found out; nil: the correction is another one by now, and nothing follows.
    func take(_ report: CorrectionReport, in turn: Turn) throws -> Sentence? {
        guard let known = try turn.tx.correction(of: report.correction.study), known.isStill(report.correction), let study = try turn.tx.study(known.study)
        else { return nil }
        if study.isLeftOut { return try wait(known, Sentence(.correctionAsSent, [.text(Self.leftOut)]), in: turn) }
        switch (known.state, report.finding) {
        case (.sending, _) where !study.progress.state.isFinal: return try wait(known, known.sentence, in: turn)
        case (.awaited, .asIntended), (.sending, .asIntended), (.approved, .asIntended), (.deleting, .asIntended): return try finish(known, study, in: turn)
        case (.rejecting, .asIntended) where known.isRevocable: return try finish(known, study, in: turn)
        case (.approved, .asSent): return try lookWhetherGathered(known, study, in: turn)
        case (.deleting, .deletable): return try permit(known, study, in: turn)
        case (_, .rejectable(let note, let generation)): return try permit(known, study, note: note, of: generation, in: turn)
        case (_, .refused(let notes, let generation, let why)): return try takeRefused(known, notes, of: generation, why, in: turn)
        case (.rejecting, .rejected) where !known.isRevocable: return try sendAgain(known, study, in: turn)
        case (.approved, .nothingThere), (.deleting, .nothingThere), (.rejecting, .nothingThere): return try takeNothing(known, study, in: turn)
        case (.awaited, .nothingThere), (.sending, .nothingThere): return try wait(known, Sentence(.correctionAsSent, [.text("it lists nothing of it")]), in: turn)
        case (.deleting, .notDeleted(let why)), (.rejecting, .notDeleted(let why)): return try takeNotDeleted(known, study, why, in: turn)
        case (.approved, .notDeleted(let why)): return try wait(known, Sentence(.correctionNotRejected, [.text(why)]), in: turn)
        case (_, .asSent(let why)): return try wait(known, Sentence(.correctionAsSent, [.text(why)]), in: turn)
        case (_, .notAsked(let why)): return try wait(known, Sentence(.correctionNotAsked, [.text(why)]), in: turn)
        case (_, .asIntended), (_, .nothingThere), (_, .deletable), (_, .rejected), (_, .notDeleted): return nil
        }
    }

    /// The destination is asked again after a while, up to the bound; the same answer is in the chain of events once.
    func wait(_ known: CorrectionRecord, _ sentence: Sentence, in turn: Turn) throws -> Sentence {
        var correction = known
        correction.askAt = turn.now + configuration.corrections.every
        correction.sentence = sentence
        let isFinal = try turn.tx.study(known.study)?.progress.state.isFinal == true
        let isBounded = known.state == .awaited || known.state == .sending && isFinal
        if isBounded, turn.now >= known.until {
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
        correction.state = .corrected
        correction.askAt = nil
        correction.sentence = sentence
        correction.arrived = [:]
        correction.owed = 0
        correction.rejection = nil
        try turn.tx.putCorrection(correction)
        // What nobody approved or decided, and the objects contradict, the destination may have all the same: the rest of it waits for a person.
        let isForbidden = try known.approvedBy == nil && study.decision?.amendment == nil && contradicts(study, known.intended, plannedAs: known.sent, in: turn)
        study.plan = known.intended
        let former = try study.decision?.amendment?.former.flatMap { try turn.tx.order($0) }
        study.decision?.amendment = nil
        try mark(&study, .patientChanged, false, in: turn)
        try turn.tx.updateStudy(study)
        try turn.record(sentence, study: study.id)
        // It came right by itself before anything was deleted or rejected: what had arrived need not be sent.
        if known.state.isPreparing { try putBack(known.arrived, of: study.id, in: turn) }
        try letGo(study.id, isForbidden ? known : nil, in: turn)
        try restMedia(of: study.id, because: sentence, in: turn)
        // Nothing lies under the former order any more: it is free.
        if let former { try match([study.id], andPatients: [former.order.patient.patientID], in: turn) }
        return sentence
    }

    /// The destination lists an approved study as it was sent: deleting or rejecting may begin when all of it is at hand; otherwise what is missing is asked for.
    private func lookWhetherGathered(_ known: CorrectionRecord, _ study: StudyRecord, in turn: Turn) throws -> Sentence {
        var correction = known
        correction.listedAt = turn.now
        correction.emptyAt = nil
        let parts = try turn.tx.parts(of: study.id)
        if let obstacle = try obstacle(to: known, study, parts, in: turn) { return try gatherAgain(correction, obstacle, in: turn) }
        let isRejected = known.rejection != nil
        correction.state = isRejected ? .rejecting : .deleting
        correction.askAt = turn.now
        // What was refused is tried once more, and told of again when that comes to something else.
        if known.sentence.code != SentenceCode.correctionNotRejected.rawValue {
            correction.sentence = Sentence(isRejected ? .correctionRejectionStaged : .correctionStaged, [.count(Int64(study.size.instances))])
            try turn.record(correction.sentence, study: study.id)
        }
        try turn.tx.putCorrection(correction)
        return correction.sentence
    }

    /// Whether a study may be deleted at the destination this moment; what has come in the way meanwhile is waited for.
    private func permit(_ known: CorrectionRecord, _ study: StudyRecord, in turn: Turn) throws -> Sentence {
        if let obstacle = try obstacle(to: known, study, turn.tx.parts(of: study.id), in: turn) { return try gatherAgain(known, obstacle, in: turn) }
        let sentence = Sentence(.correctionDeleting, [.text(known.approvedBy ?? ""), .count(Int64(study.size.instances))])
        try turn.record(sentence, study: study.id)
        return sentence
    }

    private func takeNotDeleted(_ known: CorrectionRecord, _ study: StudyRecord, _ why: String, in turn: Turn) throws -> Sentence {
        var correction = known
        correction.emptyAt = nil
        if let obstacle = try obstacle(to: known, study, turn.tx.parts(of: study.id), in: turn) { return try gatherAgain(correction, obstacle, in: turn) }
        return try wait(correction, Sentence(known.rejection == nil ? .correctionNotDeleted : .correctionNotRejected, [.text(why)]), in: turn)
    }

    /// The destination lists nothing of an approved study. One empty answer proves little: it has listed the study since the approval, and says so twice.
    private func takeNothing(_ known: CorrectionRecord, _ study: StudyRecord, in turn: Turn) throws -> Sentence {
        guard known.listedAt != nil else {
            return try wait(known, Sentence(.correctionWaits, [.text("the destination lists nothing of it, and has not listed it since it was approved")]), in: turn)
        }
        if let since = known.emptyAt, turn.now >= since + configuration.corrections.every { return try sendAgain(known, study, in: turn) }
        var correction = known
        correction.emptyAt = known.emptyAt ?? turn.now
        return try wait(correction, Sentence(.correctionEmpty), in: turn)
    }

    /// The destination has nothing of the study, or rejected it: it goes out again, under its new plan.
    private func sendAgain(_ known: CorrectionRecord, _ study: StudyRecord, in turn: Turn) throws -> Sentence {
        var study = study
        // What it goes out as is what is said and decided now.
        try reviewIdentity(of: &study, in: turn)
        var correction = try turn.tx.correction(of: study.id) ?? known
        correction.rejections = known.rejections + [known.rejection].compactMap(\.self)
        correction.rejection = nil
        let deleted = Sentence(.correctionDeleted, [.patient(correction.intended.patientID)])
        let sentence = known.rejection?.notes.last.map { Sentence(.correctionRejected, [.patient(correction.intended.patientID), .text($0.uid)]) } ?? deleted
        correction.state = .sending
        correction.askAt = turn.now + configuration.corrections.every
        correction.until = turn.now + configuration.corrections.wait
        correction.sentence = sentence
        correction.arrived = [:]
        try turn.tx.putCorrection(correction)
        study.plan = correction.intended
        study.round += 1
        study.uids = known.rejection?.generation ?? study.uids
        study.decision?.amendment?.isBeingSent = true
        study.progress.sentence = sentence
        try turn.tx.updateStudy(study)
        try turn.record(sentence, study: study.id)
        try letGo(study.id, nil, in: turn)
        return sentence
    }

    /// Lets a study go its way under its plan. What law 12 has against that holds it, and where it is `forbidden`, what its objects say.
    private func letGo(_ id: StudyID, _ forbidden: CorrectionRecord?, in turn: Turn) throws {
        guard var study = try turn.tx.study(id), let plan = study.plan else { return }
        liftHold(of: &study)
        if study.holdReason == nil, let forbidden {
            // What a person decided was about the patient of before.
            study.decision = nil
            study.holdReason = .contradiction
            study.progress.sentence = Sentence(.identityContradicts, [.patient(forbidden.intended.patientID), .patient(forbidden.sent.patientID)])
        }
        if study.holdReason == nil { study.holdReason = try unsettledConflict(of: study, plannedAs: plan, in: turn) }
        var parts = try turn.tx.parts(of: id)
        try settle(&study, &parts, in: turn)
        try turn.tx.updateStudy(study)
    }
}

extension CorrectionRecord {
    /// Whether this is what `earlier` was, however often it was asked for since.
    fileprivate func isStill(_ earlier: CorrectionRecord) -> Bool {
        var same = self
        same.sentence = earlier.sentence
        same.emptyAt = earlier.emptyAt
        same.listedAt = earlier.listedAt
        same.rejection?.notes = earlier.rejection?.notes ?? []
        same.rejections = earlier.rejections
        return same == earlier
    }
}
