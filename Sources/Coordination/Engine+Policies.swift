import Ledger
import Matching
import Migration

/// What the policies for outcomes, and for the media that studies lie on, do to what matching comes to.
extension Engine {
    /// What becomes of a study of this outcome by the media that it was read from.
    func policy(for outcome: Outcome, of study: StudyRecord, in turn: Turn) throws -> OutcomePolicy {
        guard configuration.policies.depends(onMediaOf: outcome) else { return configuration.policies[outcome] }
        return try configuration.policies.policy(for: outcome, on: media(of: study, in: turn).map { try original(of: $0, in: turn) })
    }

    /// What becomes under `policy` of a study that `cleared` lets go or holds. What a person requests is not left out, but held.
    func applied(_ policy: OutcomePolicy, to cleared: Clearance, of study: StudyRecord, _ match: Match, in turn: Turn) throws -> Clearance {
        let isRequested = try policy == .exclude && turn.tx.openRequests(for: study).contains { !$0.isAutomatic }
        let labels = try media(of: study, in: turn).map(\.label).sorted().prefix(Matcher.listedArguments)
        let told = [SentenceArgument.text(match.outcome.rawValue)] + labels.map { .label($0) }
        let isUnmatched = match.outcome == .examLevelFailed || match.outcome == .patientLevelFailed
        let isInDoubt = try policy == .exclude && isUnmatched && isOfDoubtfulPatient(study, match, in: turn)
        switch policy {
        case .exclude where !isRequested && !isInDoubt: return Clearance(excludedBy: Sentence(.excludedByPolicy, told))
        case .exclude, .hold: return match.outcome == .matched ? Clearance(held: .policy, Sentence(.heldByPolicy, told)) : cleared
        case .send, .unspecifiedExam: return cleared
        }
    }

    /// Held while an unread medium could hold a part of a study that goes, and has another policy: read first, it would have held the study back.
    func heldForPolicy(_ study: StudyRecord, _ outcome: Outcome, in turn: Turn) throws -> Clearance? {
        guard configuration.policies.depends(onMediaOf: outcome) else { return nil }
        let own = try policy(for: outcome, of: study, in: turn)
        let other = try turn.tx.openMedia(covering: study.header.date.map { $0...$0 }, limit: .max).first {
            try configuration.policies.policy(for: outcome, on: original(of: $0.expected, in: turn)) != own
        }
        guard let other else { return nil }
        let sentence = Sentence(.waitingForPolicy, [.label(other.label)])
        // Studies that wait for media are looked at again patient by patient: one without a patient ID would wait for ever, so a person decides.
        return Clearance(held: study.header.patient.patientID.isBlank ? .patientIDBlank : .waitingForMedia, sentence)
    }

    /// The media that parts of a study were read from.
    private func media(of study: StudyRecord, in turn: Turn) throws -> [ExpectedMedium] {
        try Self.distinct(turn.tx.parts(of: study.id).map(\.medium)).compactMap { try turn.tx.medium($0)?.expected }
    }

    /// What a medium is a declared copy of, or else itself: which of the two is read makes no difference.
    private func original(of medium: ExpectedMedium, in turn: Turn) throws -> ExpectedMedium {
        try medium.copyOf.isEmpty ? medium : turn.tx.medium(label: medium.copyOf)?.expected ?? medium
    }
}
