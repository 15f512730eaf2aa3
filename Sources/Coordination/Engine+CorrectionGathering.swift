import Ledger
import Migration

/// What must be so before a study is deleted or rejected at the destination, and until it is.
extension Engine {
    /// Why nothing is done about a study that is left out.
    static var leftOut: String { "a person has left it out: nothing is deleted or sent before that is taken back (match undo)" }

    /// What stands against deleting or rejecting a study and sending it again at all, in words without patient data; nil: nothing.
    func bar(against correction: CorrectionRecord, _ study: StudyRecord, in turn: Turn) throws -> String? {
        let profile = configuration.corrections.profile
        guard profile == (correction.rejection == nil ? .deleteAndSendAgain : .rejectAndSendAgain) else {
            let word = correction.rejection == nil ? "deleted" : "rejected"
            return "the destination's profile is \(profile.rawValue) (coordinator.yaml, corrections.profile): nothing is \(word) there and sent again"
        }
        if study.isLeftOut { return Self.leftOut }
        if let reason = study.holdReason, reason != .patientChanged { return "it is held (\(reason.rawValue)), which a person decides on first" }
        if let reason = try unsettledConflict(of: study, plannedAs: correction.intended, in: turn) { return "\(reason.rawValue), which a person decides on first" }
        if let plan = study.plan, try intendedPlan(of: study, plannedAs: plan, in: turn) != correction.intended {
            return "what it should be was said or decided otherwise since"
        }
        return nil
    }

    /// What law 12 has against a study under that plan, unless a person has decided on just that.
    func unsettledConflict(of study: StudyRecord, plannedAs plan: SendPlan, in turn: Turn) throws -> HoldReason? {
        var study = study
        study.plan = plan
        return try unsettledConflict(of: study, in: turn)?.reason
    }

    /// What is missing before an approved study may be deleted or rejected, in words without patient data; nil: nothing. Every instance is in a worker's custody, and no lease may
    /// be sending any of it (law 2).
    func obstacle(to correction: CorrectionRecord, _ study: StudyRecord, _ parts: [PartRecord], in turn: Turn) throws -> String? {
        if let bar = try bar(against: correction, study, in: turn) { return bar }
        guard turn.now >= live.quietUntil else { return "the ledger was put back a moment ago, and workers may still be sending until \(live.quietUntil.text)" }
        guard parts.allSatisfy({ $0.grant == nil && ($0.fence?.until ?? turn.now) <= turn.now }) else { return "a lease may still be sending some of it" }
        guard study.size.unreadable == 0 else { return "\(study.size.unreadable) files of it cannot be read any more" }
        let gathered = try parts.reduce(0) { try $0 + (isInCustody($1, in: turn) ? $1.remaining.count : 0) }
        guard gathered == study.size.instances else { return "\(gathered) of \(study.size.instances) instances are in the workers' custody" }
        return nil
    }

    /// What was read before the ledger was put back from a copy may have been erased since: it is read again.
    private func isInCustody(_ part: PartRecord, in turn: Turn) throws -> Bool {
        try part.custody == .held && !mayBeErasedSinceCopy(part, in: turn)
    }

    /// Asks for what is missing of an approved study.
    func gather(_ study: StudyID, in turn: Turn) throws {
        for part in try turn.tx.parts(of: study) where try part.custody == .held && !part.remaining.isEmpty && mayBeErasedSinceCopy(part, in: turn) {
            try loseErased(part, in: turn)
        }
        try askAgain(for: turn.tx.parts(of: study), in: turn)
    }

    /// Custody of some of a study has ended: what was to be deleted or rejected is gathered again first.
    func reviewGathered(_ id: StudyID, in turn: Turn) throws {
        guard let known = try turn.tx.correction(of: id), known.state == .deleting || known.state == .rejecting, let study = try turn.tx.study(id),
            let obstacle = try obstacle(to: known, study, turn.tx.parts(of: id), in: turn)
        else { return }
        _ = try gatherAgain(known, obstacle, in: turn)
    }

    /// Nothing is deleted or rejected yet: `obstacle` is in the way. Where a note may have been stored already there is no way back: it is looked for.
    func gatherAgain(_ known: CorrectionRecord, _ obstacle: String, in turn: Turn) throws -> Sentence {
        var correction = known
        if known.state != .rejecting || known.isRevocable { correction.state = .approved }
        correction.askAt = turn.now + configuration.corrections.every
        correction.sentence = Sentence(.correctionWaits, [.text(obstacle)])
        try turn.tx.putCorrection(correction)
        if correction.sentence != known.sentence || known.state != correction.state { try turn.record(correction.sentence, study: known.study) }
        try gather(known.study, in: turn)
        return correction.sentence
    }

    /// Whether what was read of a study is wanted in custody again, because it is to be deleted or rejected at the destination and sent again.
    func isBeingGathered(_ study: StudyID, in turn: Turn) throws -> Bool {
        try turn.tx.correction(of: study)?.state.isPreparing == true
    }
}
