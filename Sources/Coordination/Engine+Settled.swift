import Ledger
import Matching
import Migration

/// Studies that a person decided on, or of which something was sent: they keep their plan, and what comes up is flagged or holds the rest.
extension Engine {
    /// A study that a person decided on keeps that; only a conflict that the person did not see holds it again. `rivals` are the studies that claim its order; nil: they
    /// were not looked for.
    func keepDecision(_ study: inout StudyRecord, rivals: [StudyID]?, in turn: Turn) throws {
        if let rivals { try mark(&study, .competingStudies, hasStrangers(among: rivals, study, in: turn), in: turn) }
        try flagLegacyLack(of: &study, in: turn)
        guard let conflict = try unsettledConflict(of: study, in: turn), let reason = conflict.reason, reason != study.holdReason else { return }
        study.holdReason = reason
        study.progress.state = .held
        study.progress.sentence = conflict.sentence
        try turn.record(conflict.sentence, study: study.id)
    }

    /// A study of which something may be at the destination keeps its plan; what came up is flagged. Under a plan that law 12 or the legacy index has
    /// something against nothing more of it is granted: the rest waits for a person, or until the conflict is gone. `rivals` as above.
    func flag(_ study: inout StudyRecord, rivals: [StudyID]?, in turn: Turn) throws {
        if let rivals { try mark(&study, .competingStudies, hasStrangers(among: rivals, study, in: turn), in: turn) }
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
    func flagChange(of study: inout StudyRecord, _ match: Match, _ contemporaries: Contemporaries, in turn: Turn) throws {
        let mayShowAnother = try study.decision == nil && (match.reason == .namesake || hasNamesakeOfTold(study, match, contemporaries, in: turn))
        try mark(&study, .namesake, mayShowAnother, in: turn)
        try mark(&study, .orderChanged, !mayShowAnother && hasOtherOrder(study, match, in: turn), in: turn)
    }

    /// Whether a study was sent under what the hospital told of its patient without an order, and may show another one.
    private func hasNamesakeOfTold(_ study: StudyRecord, _ match: Match, _ contemporaries: Contemporaries, in turn: Turn) throws -> Bool {
        guard study.order == nil, match.order == nil, match.identityOrder == nil, match.outcome != .manualMatch,
            let told = try turn.tx.told(of: study.header)
        else { return false }
        return try !matching.namesakes(of: turn.tx.matchable(study), asTold: told, contemporaries).isEmpty
    }

    /// Whether a study of which something was sent would be sent otherwise by what is ordered now, `match`: another order came, or its own was cancelled or
    /// changed. What a person decided stands while its order does; of one that law 12 has something against, that is told.
    private func hasOtherOrder(_ study: StudyRecord, _ match: Match, in turn: Turn) throws -> Bool {
        guard Self.conflicts(of: study).isEmpty else { return false }
        guard study.decision == nil else { return try isOrderCancelled(of: study, in: turn) }
        return match.order != study.order || match.outcome == .manualMatch
    }

    /// Whether the order of a study was cancelled.
    func isOrderCancelled(of study: StudyRecord, in turn: Turn) throws -> Bool {
        try study.order.flatMap { try turn.tx.order($0) }?.order.isCancelled == true
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
