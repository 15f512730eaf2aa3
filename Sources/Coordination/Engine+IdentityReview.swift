import Ledger
import Matching
import Migration

/// Studies that were planned or sent before the hospital said that their patient is another, or is called otherwise.
extension Engine {
    /// Compares what a study that is settled was planned as with what the hospital says of its patient by now.
    ///
    /// Of which nothing has arrived and nothing is under way gets the new plan (the fence of an old lease keeps to law 2). Otherwise the destination is to be
    /// corrected, and the rest of a study that was sent in part waits.
    func reviewIdentity(of study: inout StudyRecord, in turn: Turn) throws {
        guard let plan = study.plan else { return }
        let intended = try intendedPlan(of: study, plannedAs: plan, in: turn)
        if intended == plan { try liftContradiction(of: &study, in: turn) }
        guard let known = try turn.tx.correction(of: study.id), known.state != .corrected else {
            return try intended == plan ? mark(&study, .patientChanged, false, in: turn) : follow(&study, intended, nil, in: turn)
        }
        switch known.state {
        case .approved, .deleting, .rejecting: try reviewApproved(&study, known, intended, in: turn)
        case .sending: if intended != plan { try follow(&study, intended, known, in: turn) }
        case .awaited, .open: try reviewWaiting(&study, known, intended, in: turn)
        case .corrected: break
        }
    }

    /// What was approved goes on under what the hospital says now, unless the objects contradict that as they did not contradict what was approved.
    private func reviewApproved(_ study: inout StudyRecord, _ correction: CorrectionRecord, _ intended: SendPlan, in turn: Turn) throws {
        var known = correction
        if known.intended == intended {
            if study.holdReason == .contradiction {
                study.holdReason = nil
                try turn.record(.identitySettled, study: study.id)
            }
        } else if try contradicts(study, intended, plannedAs: known.intended, isDecided: true, in: turn) {
            try forbid(&study, from: known.intended, to: intended, in: turn)
        } else {
            known.intended = intended
            try turn.tx.putCorrection(known)
        }
        try holdRest(of: &study, known, in: turn)
    }

    /// A lease of a study has ended and nothing has arrived: its patient may have become another meanwhile.
    func reviewStopped(_ id: StudyID, in turn: Turn) throws {
        guard try turn.tx.correction(of: id) != nil, var study = try turn.tx.study(id) else { return }
        let before = study
        try reviewIdentity(of: &study, in: turn)
        var parts = try turn.tx.parts(of: id)
        try settle(&study, &parts, in: turn)
        if study != before { try turn.tx.updateStudy(study) }
    }

    private func reviewWaiting(_ study: inout StudyRecord, _ known: CorrectionRecord, _ intended: SendPlan, in turn: Turn) throws {
        if intended == study.plan {
            guard intended == known.sent, study.round == known.round else { return try askAgain(known, of: study, for: intended, in: turn) }
            try withdraw(known, in: turn)
            try mark(&study, .patientChanged, false, in: turn)
            liftHold(of: &study)
            try turn.record(.correctionWithdrawn, study: study.id)
        } else if try isUntouched(study, in: turn) || known.intended != intended {
            try follow(&study, intended, known, in: turn)
        } else {
            try holdRest(of: &study, known, in: turn)
        }
    }

    /// Nothing is to be corrected. What was rejected before is kept in mind.
    private func withdraw(_ known: CorrectionRecord, in turn: Turn) throws {
        guard !known.rejections.isEmpty else { return try turn.tx.removeCorrection(of: known.study) }
        var correction = known
        (correction.state, correction.intended, correction.askAt) = (.corrected, known.sent, nil)
        correction.sentence = Sentence(.correctionWithdrawn)
        try turn.tx.putCorrection(correction)
    }

    /// A correction that comes up now, or follows `known`, of which the destination is not done: where a study lay before it was sent anew it may lie still, what
    /// was rejected before must stay so, and what was let go of is to arrive.
    private func correction(_ study: StudyRecord, from plan: SendPlan, to intended: SendPlan, after known: CorrectionRecord?, in turn: Turn) throws -> CorrectionRecord {
        var correction = CorrectionRecord(study, plan, intended, configuration.corrections, turn.now)
        correction.rejections = try turn.tx.correction(of: study.id)?.rejections ?? []
        if let known { (correction.sent, correction.owed, correction.round) = (known.sent, known.owed, known.round) }
        return correction
    }

    /// What was sent anew is as it should be; whether the destination has it so, and under nobody else, is still open.
    private func askAgain(_ known: CorrectionRecord, of study: StudyRecord, for intended: SendPlan, in turn: Turn) throws {
        guard known.intended != intended else { return }
        let correction = try correction(study, from: known.sent, to: intended, after: known, in: turn)
        try turn.tx.putCorrection(correction)
        try turn.record(correction.sentence, study: study.id)
    }

    /// A study is to follow what the hospital says now.
    private func follow(_ study: inout StudyRecord, _ intended: SendPlan, _ known: CorrectionRecord?, in turn: Turn) throws {
        guard let plan = study.plan else { return }
        guard try isUntouched(study, in: turn) else {
            return try open(&study, correction(study, from: plan, to: intended, after: known, in: turn), in: turn)
        }
        if try contradicts(study, intended, plannedAs: plan, in: turn) { return try forbid(&study, from: plan, to: intended, in: turn) }
        let sentence = Sentence(.planFollows, [.patient(intended.patientID)])
        try note(known, of: study, from: plan, to: intended, sentence, in: turn)
        study.plan = intended
        liftHold(of: &study)
        if study.holdReason == .contradiction { study.holdReason = nil }
        study.progress.sentence = sentence
        try turn.record(sentence, study: study.id)
        try holdForOrder(&study, in: turn)
    }

    /// Of a study that was leased something may lie at the destination all the same, though it was not found there: once it has arrived under its new plan, the
    /// destination is asked whether that is so.
    private func note(
        _ known: CorrectionRecord?, of study: StudyRecord, from plan: SendPlan, to intended: SendPlan, _ sentence: Sentence, in turn: Turn
    ) throws {
        guard study.progress.wasGranted else { return }
        var correction = try known ?? correction(study, from: plan, to: intended, after: nil, in: turn)
        correction.state = .sending
        correction.intended = intended
        correction.askAt = turn.now + configuration.corrections.every
        correction.until = turn.now + configuration.corrections.wait
        correction.sentence = sentence
        try turn.tx.putCorrection(correction)
    }

    private func open(_ study: inout StudyRecord, _ correction: CorrectionRecord, in turn: Turn) throws {
        try turn.tx.putCorrection(correction)
        try turn.record(correction.sentence, study: study.id)
        if !study.isAmended { try mark(&study, .patientChanged, true, in: turn) }
        try holdRest(of: &study, correction, in: turn)
    }

    /// What was sent in part does not go on under another patient, nor under one who is no more: a person sees it, or the destination corrects it.
    private func holdRest(of study: inout StudyRecord, _ correction: CorrectionRecord, in turn: Turn) throws {
        guard study.holdReason == nil, study.decision?.covers(.patientChanged) != true,
            try turn.tx.parts(of: study.id).contains(where: { !$0.remaining.isEmpty })
        else { return }
        let change = Sentence(.patientChanged, [.patient(correction.sent.patientID), .patient(correction.intended.patientID)])
        let sentence = study.isAmended ? correction.sentence : change
        study.holdReason = .patientChanged
        study.progress.sentence = sentence
        try turn.record(sentence, study: study.id)
    }

    /// Nothing more is to be waited for.
    func liftHold(of study: inout StudyRecord) {
        if study.holdReason == .patientChanged { study.holdReason = nil }
    }

    /// Whether nothing of a study has arrived, as far as is known, and nothing of it is under way.
    private func isUntouched(_ study: StudyRecord, in turn: Turn) throws -> Bool {
        guard study.progress.doneCount == 0 else { return false }
        return try turn.tx.parts(of: study.id).allSatisfy { $0.grant == nil && $0.done.isEmpty }
    }

    /// How a study that was planned as `plan` would be planned with what a person decided since, and with what the hospital says of its patient now.
    func intendedPlan(of study: StudyRecord, plannedAs sent: SendPlan, in turn: Turn) throws -> SendPlan {
        let plan = study.decision?.amendment?.plan ?? sent
        let known = DeclaredChanges.identity(after: plan.coercions, of: study.header.patient)
        let patient: PatientIdentity
        if let order = try study.order.flatMap({ try turn.tx.order($0) }) {
            patient = order.order.patient
        } else {
            let said = PatientKey(known)
            guard !said.patientID.isBlank else { return plan }
            let present = try turn.tx.current(said)
            patient = (try turn.tx.fittingIdentity(of: present)?.notice ?? IdentityNotice(key: present)).applied(to: known)
        }
        guard !patient.differences(from: known).isEmpty else { return plan }
        var intended = plan
        intended.coercions = DeclaredChanges.renamed(plan.coercions, to: patient)
        if !patient.patientID.isBlank { intended.patientID = Identifying(patient.patientID.trimmed) }
        return intended
    }
}

// MARK: What the objects say against it

extension Engine {
    /// Whether name, birth date or sex in a study's objects forbid what it is `intended` to be sent as (law 13), as they did not forbid the `plan` that a person decided
    /// on; or birth date or sex in the orders of a patient into whom theirs is merged anew.
    func contradicts(_ study: StudyRecord, _ intended: SendPlan, plannedAs plan: SendPlan, isDecided: Bool = false, in turn: Turn) throws -> Bool {
        let accepted = isDecided || study.decision != nil ? try contradicted(study, by: plan, in: turn) : []
        guard try contradicted(study, by: intended, in: turn).isSubset(of: accepted) else { return true }
        guard intended.patientID != plan.patientID else { return false }
        let survivor = PatientKey(DeclaredChanges.identity(after: intended.coercions, of: study.header.patient))
        return try contradicts(study, ordersOf: survivor, in: turn)
    }

    private func contradicted(_ study: StudyRecord, by plan: SendPlan, in turn: Turn) throws -> Set<IdentityElement> {
        let comparison = IdentityComparison(
            study: try turn.tx.present(study.header).patient, order: DeclaredChanges.identity(after: plan.coercions, of: study.header.patient))
        let elements: [(IdentityElement, Agreement)] = [(.name, comparison.name), (.birthDate, comparison.birthDate), (.sex, comparison.sex)]
        return Set(elements.filter { $0.1 == .contradicts }.map(\.0))
    }

    /// A study of which nothing has arrived stays as it is planned, and is not sent: the hospital's word of its patient contradicts its objects.
    private func forbid(_ study: inout StudyRecord, from plan: SendPlan, to intended: SendPlan, in turn: Turn) throws {
        guard study.holdReason == nil || study.holdReason == .patientChanged else { return }
        let sentence = Sentence(.identityContradicts, [.patient(intended.patientID), .patient(plan.patientID)])
        study.holdReason = .contradiction
        study.progress.state = .held
        study.progress.sentence = sentence
        try turn.record(sentence, study: study.id)
    }

    private func liftContradiction(of study: inout StudyRecord, in turn: Turn) throws {
        guard study.holdReason == .contradiction, let plan = study.plan, try !contradicts(study, plan, plannedAs: plan, in: turn) else { return }
        let said = PatientKey(study.header.patient)
        let present = try turn.tx.current(said)
        guard try study.decision != nil || said.patientID == present.patientID || !contradicts(study, ordersOf: present, in: turn) else { return }
        study.holdReason = nil
        try turn.record(.identitySettled, study: study.id)
    }
}

extension CorrectionRecord {
    /// A correction that comes up at `now`.
    init(_ study: StudyRecord, _ sent: SendPlan, _ intended: SendPlan, _ policy: CorrectionPolicy, _ now: Instant) {
        if let decision = study.decision, study.isAmended {
            // The destination hears of no decision of ours: nothing comes right there by itself.
            let sentence = Sentence(.correctionDecided, [.accession(sent.accessionNumber), .accession(intended.accessionNumber), .text(decision.by)])
            self.init(study: study.id, sent: sent, intended: intended, since: now, state: .open, askAt: nil, until: now, sentence: sentence)
            round = study.round
            return
        }
        let sentence = Sentence(.correctionNeeded, [.patient(sent.patientID), .patient(intended.patientID), .instant(now + policy.wait)])
        self.init(
            study: study.id, sent: sent, intended: intended, since: now, state: .awaited, askAt: now + policy.every, until: now + policy.wait,
            sentence: sentence)
        round = study.round
    }
}
