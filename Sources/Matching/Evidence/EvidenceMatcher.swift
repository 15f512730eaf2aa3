public import Migration

/// Matches studies with hospital orders by the paper's rule and, where that does not settle it, by evidence: what the objects say of the exam beside patient
/// ID, day and modality. Under laws 12 and 13, as ``Matcher``; and what the rule matches is matched only where no evidence speaks against it.
///
/// A pure function of its input's set.
public struct EvidenceMatcher: Sendable {
    private let rule: Matcher
    private let policy: EvidencePolicy
    private let vocabulary: ExamVocabulary

    /// A matcher with the hospital's modality codes and words.
    public init(mapping: ModalityMapping, policy: EvidencePolicy, vocabulary: ExamVocabulary) {
        rule = Matcher(mapping: mapping)
        self.policy = policy
        self.vocabulary = vocabulary
    }

    /// Matches `studies` with `orders`.
    ///
    /// - Parameters:
    ///   - studies: All studies of one family of patient IDs (``PatientIDSpelling/family(of:)``), or of several.
    ///   - orders: All orders of those patient IDs, whatever their status.
    /// - Returns: One match a study, in the order of the study IDs.
    public func match(studies: [MatchableStudy], orders: [MatchableOrder]) -> [Match] {
        let matches = rule.match(studies: studies, orders: orders)
        let sorted = studies.sorted { $0.id < $1.id }
        let findings = findings(sorted, orders.sorted { $0.id < $1.id })
        let numbers = Dictionary(orders.map { ($0.id, $0.order) }, uniquingKeysWith: { first, _ in first })
        return zip(sorted, matches).map { study, match in
            guard study.claim == .open, let finding = findings[study.id], let order = numbers[finding.pairing.order] else { return match }
            return match.weighed(by: finding, order)
        }
    }

    private func findings(_ studies: [MatchableStudy], _ orders: [MatchableOrder]) -> [StudyID: EvidenceGroup.Finding] {
        let days = Dictionary(grouping: orders.filter { !$0.order.isCancelled && $0.order.examDate != nil }.map { OrderTraits($0, mapping: rule.mapping) }) {
            $0.order.examDate?.ordinal ?? 0
        }
        let known = Set(orders.map { trimmed($0.order.patient.patientID.reveal()) })
        let candidates = studies.filter { $0.claim == .open }.map { study in
            let own = StudyTraits(study)
            return EvidenceGroup.Member(study: own, pairings: pairings(own, days, known))
        }
        var settled = studies.compactMap { study in if case .settled(let orders) = study.claim { orders } else { nil } }
        settled += orders.filter { !$0.usedBy.isEmpty }.map { [$0.id] }
        var found: [StudyID: EvidenceGroup.Finding] = [:]
        for members in EvidenceGroup.groups(of: candidates.filter { !$0.pairings.isEmpty }) {
            let own = Set(members.flatMap { $0.pairings.map(\.order) })
            let group = EvidenceGroup(open: members, settled: settled.filter { !own.isDisjoint(with: $0) })
            for (member, finding) in zip(members, group.findings(policy)) { found[member.study.id] = finding }
        }
        return found
    }

    /// The orders that could be the study's: under its patient ID; where the hospital has no order under that, under the number that it is a spelling of.
    private func pairings(_ study: StudyTraits, _ days: [Int: [OrderTraits]], _ known: Set<String>) -> [Pairing] {
        let shown = trimmed(study.header.patient.patientID.reveal())
        let issuer = trimmed(study.header.patient.issuer.reveal())
        guard !shown.isEmpty, let day = study.day?.ordinal else { return [] }
        let isSpelling = !known.contains(shown)
        let wanted = isSpelling ? policy.spelling.canonical(shown) : shown
        return (day - 1...day + 1).flatMap { days[$0] ?? [] }.compactMap { order in
            let patient = order.order.patient
            guard trimmed(patient.patientID.reveal()) == wanted, Verdict.isSameIssuer(issuer, trimmed(patient.issuer.reveal())) else { return nil }
            return Pairing(study, order, isSpelling: isSpelling, vocabulary: vocabulary)
        }
    }
}

extension Match {
    /// This match by the rule, when evidence comes to `finding`, about `order`.
    fileprivate func weighed(by finding: EvidenceGroup.Finding, _ order: Order) -> Match {
        var match = self
        match.weighing = Weighing(
            order: finding.pairing.order, evidence: finding.pairing.evidence, score: finding.pairing.score, margin: finding.margin, bar: finding.bar)
        if finding.bar == nil {
            match.isCorroborated = outcome == .matched && isCorroborated
            match.outcome = .matched
            match.order = finding.pairing.order
            match.identityOrder = finding.pairing.order
            match.reason = nil
            match.rivals = []
            match.sentence = Sentences.weighed(order, finding)
        } else if outcome == .matched || finding.mayFit && outcome != .manualMatch {
            // The rule alone would have matched it, or have it filed without the order that it may well belong to.
            match.outcome = .manualMatch
            match.order = nil
            match.identityOrder = nil
            match.reason = .doubtful
            match.sentence = Sentences.doubtful(order, finding)
        }
        return match
    }
}
