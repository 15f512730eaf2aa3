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
        rule = Matcher(mapping: mapping, doubtsPlainNames: true)
        self.policy = policy
        self.vocabulary = vocabulary
    }

    /// Matches `studies` with `orders`.
    ///
    /// - Parameters:
    ///   - studies: All studies of one family of patient IDs (``PatientIDSpelling/family(of:)``), or of several.
    ///   - orders: All orders of those patient IDs, whatever their status.
    ///   - known: Those of the patient IDs that the hospital knows though it may have no order under them: no spelling of another number.
    ///   - contemporaries: Other patients, by the birth dates that ``birthdays(of:orders:)`` tells.
    /// - Returns: One match a study, in the order of the study IDs.
    public func match(
        studies: [MatchableStudy], orders: [MatchableOrder], known: Set<Identifying> = [], contemporaries: Contemporaries = Contemporaries()
    ) -> [Match] {
        let studies = studies.sorted { $0.id < $1.id }
        var matches = rule.match(studies: studies, orders: orders, contemporaries: contemporaries)
        let scene = EvidenceScene(studies, orders.sorted { $0.id < $1.id }, known: known, contemporaries, mapping: rule.mapping)
        let findings = findings(scene)
        let byID = Dictionary(orders.map { ($0.id, $0.order) }, uniquingKeysWith: { first, _ in first })
        for (place, study) in studies.enumerated() {
            if case .settled(let own) = study.claim {
                matches[place].rivals.removeAll { findings[$0]?.rivalled.isDisjoint(with: own) ?? false }
            } else if study.claim == .filed {
                continue
            } else if scene.crowded.contains(study.id) {
                matches[place] = matches[place].crowded(matches[place].order.flatMap { byID[$0] })
            } else if let finding = findings[study.id], let order = byID[finding.pairing.order] {
                matches[place] = matches[place].weighed(by: finding, order)
            }
        }
        matches = flagged(matches, findings, scene, byID)
        for (place, study) in studies.enumerated() where matches[place].isToBeConfirmed && !scene.confirms(study) { matches[place].leaveUnconfirmed(study.header) }
        return matches
    }

    /// The birth dates by which others are to be looked up, in their order.
    func birthdays(of studies: [MatchableStudy], orders: [MatchableOrder]) -> [CalendarDate] { rule.birthdays(of: studies, orders: orders) }

    /// What is said of each order that could be the study's, whatever is settled.
    func pairings(
        of study: MatchableStudy, among studies: [MatchableStudy], orders: [MatchableOrder], known: Set<Identifying>, _ contemporaries: Contemporaries
    ) -> [Pairing] {
        let scene = EvidenceScene(studies, orders.sorted { $0.id < $1.id }, known: known, contemporaries, mapping: rule.mapping)
        return scene.crowded.contains(study.id) ? [] : scene.pairings(StudyTraits(study), policy.spelling, vocabulary)
    }

    private func findings(_ scene: EvidenceScene) -> [StudyID: EvidenceGroup.Finding] {
        let members = scene.open.map { EvidenceGroup.Member(study: $0, pairings: scene.pairings($0, policy.spelling, vocabulary)) }
        var found: [StudyID: EvidenceGroup.Finding] = [:]
        for members in EvidenceGroup.groups(of: members.filter { !$0.pairings.isEmpty }) {
            let own = Set(members.flatMap { $0.pairings.map(\.order) })
            let group = EvidenceGroup(open: members, settled: scene.settled(among: own))
            for (member, var finding) in zip(members, group.findings(policy)) {
                finding.reach = group.reach
                found[member.study.id] = finding
            }
        }
        return found
    }

    /// A study that fits an order best which others use is held, and they are to be flagged (law 13).
    private func flagged(
        _ matches: [Match], _ findings: [StudyID: EvidenceGroup.Finding], _ scene: EvidenceScene, _ orders: [OrderID: Order]
    ) -> [Match] {
        var matches = matches
        let places = Dictionary(matches.enumerated().map { ($1.study, $0) }, uniquingKeysWith: { first, _ in first })
        for place in matches.indices where matches[place].outcome != .matched {
            guard let fittest = findings[matches[place].study]?.fittest, fittest.claims, let order = orders[fittest.order] else { continue }
            let users = (scene.users[fittest.order] ?? []).filter { $0 != matches[place].study }
            guard !users.isEmpty else { continue }
            let known = users.compactMap { user in places[user].map { scene.uids[matches[$0].study] ?? "" } }
            matches[place].outcome = .manualMatch
            matches[place].reason = .competingStudies
            matches[place].rivals = Set(matches[place].rivals + users).sorted()
            matches[place].sentence = Sentences.competing([order.accessionNumber], rivals: matches[place].rivals.count, known: known)
            for user in users.compactMap({ places[$0] }) {
                matches[user].rivals = Set(matches[user].rivals + [matches[place].study]).sorted()
            }
        }
        return matches
    }
}

extension Match {
    /// This match by the rule, when evidence comes to `finding`, about `order`.
    fileprivate func weighed(by finding: EvidenceGroup.Finding, _ order: Order) -> Match {
        var match = self
        var finding = finding
        let isRuled = candidates == [finding.pairing.order]
        if finding.bar == nil, outcome == .matched || reason == .namesake, !isRuled { finding.bar = .otherOrder }
        // What contradicts an order of the patient ID gets no other one of it; names that may be ways to write one do not, here.
        if finding.bar == nil, reason == .contradiction, !isRuled, finding.pairing.isContradicted { finding.bar = .identity }
        match.weighing = Weighing(
            order: finding.pairing.order, evidence: finding.pairing.evidence, score: finding.pairing.score, margin: finding.margin, bar: finding.bar)
        match.reach = finding.reach
        if finding.bar == nil {
            match.isCorroborated = outcome == .matched && isCorroborated
            match.outcome = .matched
            match.order = finding.pairing.order
            match.identityOrder = finding.pairing.order
            match.reason = nil
            match.rivals = []
            match.sentence = Sentences.weighed(order, finding)
        } else if outcome == .matched || finding.mayFit && outcome != .manualMatch && reason != .contradiction {
            // The rule alone would have matched it, or have it filed without the order that it may well belong to.
            match.hold(Sentences.doubtful(order, finding))
        }
        return match
    }

    /// This match by the rule, when there is too much of the day to be weighed.
    fileprivate func crowded(_ order: Order?) -> Match {
        guard outcome == .matched, let order else { return self }
        var match = self
        match.hold(Sentences.crowded(order))
        return match
    }

    /// Whether it may be filed under the patient of its orders.
    fileprivate var isToBeConfirmed: Bool { outcome == .examLevelFailed && reason != .contradiction }

    fileprivate mutating func leaveUnconfirmed(_ header: StudyHeader) {
        reason = .patientUnconfirmed
        sentence = Sentence(HoldReason.patientUnconfirmed.rawValue, [.patient(header.patient.patientID)])
    }

    private mutating func hold(_ sentence: Sentence) {
        outcome = .manualMatch
        order = nil
        identityOrder = nil
        reason = .doubtful
        self.sentence = sentence
    }
}
