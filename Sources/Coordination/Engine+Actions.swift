import Ledger
import LineProtocol
import Matching
import Migration

extension Engine {
    /// Carries out what an operator wants.
    mutating func carryOut(_ action: OperatorAction, by person: String, in turn: Turn) throws -> Sentence {
        switch action {
        case .invite(let name, let site, let secretDigest, let expires):
            try invite(InvitationRecord(secretDigest: secretDigest, name: name, site: site, expires: expires), in: turn)
        case .importMedia(let media): try importMedia(media, in: turn)
        case .excludeMedium(let label, let reason): try excludeMedium(label, reason, in: turn)
        case .importOrders(let orders, let asOf): try importOrders(orders, asOf: asOf, in: turn)
        case .beginOrderImport(let name): try beginOrderImport(name, by: person, in: turn)
        case .endOrderImport(let name): try endOrderImport(name, by: person, in: turn)
        case .importPatients(let patients): try importPatients(patients, by: person, in: turn)
        case .importLegacyStudies(let studies): try importLegacyStudies(studies, in: turn)
        case .doneFilm(let film, let study): try finishFilm(film, as: study, by: person, in: turn)
        case .cancelFilm(let film, let reason): try cancelFilm(film, reason: reason, by: person, in: turn)
        case .closeOutbound(let order, let reason): try closeOutbound(order, reason: reason, by: person, in: turn)
        case .drain(let worker): try setDraining(true, worker: worker, by: person, in: turn)
        case .resume(let worker): try setDraining(false, worker: worker, by: person, in: turn)
        case .revoke(let worker): try revoke(worker, by: person, in: turn)
        case .assign(let study, let accession, let use, let terms): try assign(study, to: accession, use, terms, by: person, in: turn)
        case .fileAsUnspecified(let study, let terms): try fileAsUnspecified(study, terms, by: person, in: turn)
        case .worklist(let action, let study, let terms): try carryOut(action, on: study, terms, by: person, in: turn)
        case .retry(let study): try retry(study, by: person, in: turn)
        case .approveCorrection(let study, let isContradicting): try approveCorrection(of: study, contradicting: isContradicting, by: person, in: turn)
        case .awaitCorrection(let study): try awaitCorrection(of: study, by: person, in: turn)
        case .request(let subject, let reason): try request(subject, reason: reason, by: person, in: turn)
        case .cancelRequest(let request, let reason): try cancelRequest(request, reason: reason, by: person, in: turn)
        case .noteAuthority(let change, let fingerprint): try note(change, of: fingerprint, by: person, in: turn)
        }
    }

    static func checkCount(_ count: Int) throws {
        guard count <= OperatorAction.importLimit else {
            throw ActionError(.tooMany, "\(count) records at once; at most \(OperatorAction.importLimit) are allowed")
        }
    }

    // MARK: Media

    private mutating func importMedia(_ media: [ExpectedMedium], in turn: Turn) throws -> Sentence {
        try Self.checkCount(media.count)
        var added: Int64 = 0
        var updated: Int64 = 0
        var hasOtherRead = false
        for expected in media {
            guard (1...LineLimits.labelLength).contains(expected.label.count), !expected.label.contains("\u{1F}") else {
                throw ActionError(.badValue, "a medium's label has 1 to \(LineLimits.labelLength) characters")
            }
            guard expected.copyOf != expected.label else {
                throw ActionError(.badValue, "\(expected.label) is listed as a copy of itself")
            }
            if var known = try turn.tx.medium(label: expected.label) {
                guard known.expected != expected else { continue }
                known.expected = expected
                try turn.tx.updateMedium(known)
                updated += 1
                hasOtherRead = hasOtherRead || known.closedGrant != nil
            } else {
                _ = try turn.tx.insertMedium(expected)
                added += 1
            }
        }
        live.mediaRound.begin()
        if hasOtherRead { try reviewPolicies(in: turn) }
        let sentence = Sentence(.mediaImported, [.count(added), .count(updated)])
        try turn.record(sentence)
        return sentence
    }

    private mutating func excludeMedium(_ label: String, _ reason: String, in turn: Turn) throws -> Sentence {
        guard var medium = try turn.tx.medium(label: label) else {
            throw ActionError(.unknown, "no medium labelled \(label) is expected")
        }
        guard medium.closedGrant == nil else { return try giveUp(&medium, reason, in: turn) }
        if let grant = medium.readingGrant, let worker = medium.worker {
            try endReading(medium.id, grant: grant, of: worker, why: .readingTakenBack, in: turn)
            medium.readingGrant = nil
        }
        let sentence = Sentence(.mediumExcluded, [.label(label), .text(reason)])
        try exclude(&medium, why: sentence, in: turn)
        return sentence
    }

    /// No more comes of a medium that was read in part: nothing waits for it any more. What was read of it stays, and so may it be read again.
    private mutating func giveUp(_ medium: inout MediumRecord, _ reason: String, in turn: Turn) throws -> Sentence {
        guard !medium.isWhole, medium.state == .partlyRead || medium.state == .expected else {
            throw ActionError(.notNow, "\(medium.label) \(medium.state == .reading ? "is being read again" : "was read"): its studies are in the ledger")
        }
        let sentence = Sentence(.mediumGivenUp, [.label(medium.label), .text(reason)])
        medium.isGivenUp = true
        medium.sentence = sentence
        try turn.tx.updateMedium(medium)
        try turn.record(sentence, medium: medium.id)
        live.mediaRound.begin()
        live.filmCursor = RequestID(0)
        return sentence
    }

    // MARK: The manual worklist

    private func assign(
        _ uid: String, to accession: String, _ use: OrderUse, _ terms: DecisionTerms, by person: String, in turn: Turn
    ) throws -> Sentence {
        var study = try decidable(uid, terms, by: person, in: turn)
        let order = try order(accession, of: use.patient, in: turn)
        let holders = try checkUse(of: order, by: study, isShared: use.isShared, in: turn)
        let further = try furtherOrders(use.also, beside: order, in: turn)
        let former = try study.order.flatMap { try turn.tx.order($0) }
        let freed = try study.amendmentUnderWay?.former.flatMap { try turn.tx.order($0) }
        var decision = PersonalDecision(by: person, kind: .assigned, settled: study.settledByNow, at: turn.now, reason: terms.reason)
        decision.isShared = use.isShared ? true : nil
        decision.namesPatient = use.patient == nil ? nil : true
        let sentence: Sentence
        if study.progress.state.isFinal {
            sentence = try amend(&study, by: decision, order: order.id, as: SendPlan(matched: order.order, header: study.header), terms, in: turn)
        } else {
            if study.progress.doneCount == 0 {
                study.order = order.id
                study.plan = SendPlan(matched: order.order, header: study.header)
            } else {
                try checkArrived(study, under: accession)
                study.order = study.orderSentUnder
                decision.amendment = study.amendmentUnderWay
            }
            let shared = Sentence(.sharedByPerson, [.accession(accession), .count(Int64(holders.count)), .text(person)])
            sentence = use.isShared ? shared : Sentence(.assignedByPerson, [.accession(accession), .text(person)])
            try settle(&study, decision, sentence, terms, in: turn)
        }
        try clearFlags(of: holders, in: turn)
        if former?.id != order.id { try serveNone(study.id, person: person, in: turn) }
        _ = try serve(further, by: study.id, person: person, in: turn)
        try match([study.id], andPatients: [order, former, freed].compactMap { $0?.order.patient.patientID }, in: turn)
        return sentence
    }

    private func fileAsUnspecified(_ uid: String, _ terms: DecisionTerms, by person: String, in turn: Turn) throws -> Sentence {
        var study = try decidable(uid, terms, by: person, in: turn)
        let former = try study.order.flatMap { try turn.tx.order($0) }
        let sentence = try fileAsUnspecified(&study, terms, by: person, in: turn)
        try serveNone(study.id, person: person, in: turn)
        try match([study.id], andPatients: former.map { [$0.order.patient.patientID] } ?? [], in: turn)
        return sentence
    }

    private func fileAsUnspecified(_ study: inout StudyRecord, _ terms: DecisionTerms, by person: String, in turn: Turn) throws -> Sentence {
        let uid = study.header.studyInstanceUID
        var decision = PersonalDecision(by: person, kind: .unspecified, settled: study.settledByNow, at: turn.now, reason: terms.reason)
        let isFinal = study.progress.state.isFinal
        if study.progress.doneCount > 0, !isFinal {
            let reserved = study.reservedAccession ?? ""
            try checkArrived(study, under: reserved)
            try checkOnePatient(of: study, arrivedUnder: study.plan)
            study.order = study.orderSentUnder
            decision.amendment = study.amendmentUnderWay
            let sentence = Sentence(.unspecifiedByPerson, [.accession(reserved), .text(person)])
            try settle(&study, decision, sentence, terms, in: turn)
            return sentence
        }
        guard !study.conflicts.hasTwoPatients else {
            throw ActionError(.notNow, "study \(uid) is used for two patients: import an order of the right one, and assign the study to it")
        }
        let header = try turn.tx.present(study.header)
        let match = matching.rule.match(
            studies: [MatchableStudy(id: study.id, header: header)],
            orders: try turn.tx.orders(ofPatient: header.patient.patientID).map { MatchableOrder(id: $0.id, order: $0.order) })
        // A contradiction says that the orders of this patient ID are somebody else's: the objects' own identity then stays.
        let isContradiction = match.first?.reason == .contradiction
        let order = try match.first.flatMap { isContradiction ? nil : $0.identityOrder }.flatMap { try turn.tx.order($0) }
        let identity = try isContradiction ? identityOfUnknown(study.header.patient, in: turn) : filedIdentity(of: study, order?.order.patient, in: turn)
        guard let identity else { throw ActionError(.notNow, "study \(uid): \(Sentence(.issuerMissing).text())") }
        guard let plan = try unspecifiedPlan(for: &study, identity: identity, in: turn) else { throw ActionError(.notNow, numbersUsedUp.text()) }
        if isFinal { return try amend(&study, by: decision, order: nil, as: plan, terms, in: turn) }
        study.order = nil
        study.plan = plan
        let sentence = Sentence(.unspecifiedByPerson, [.accession(plan.accessionNumber), .text(person)])
        try settle(&study, decision, sentence, terms, in: turn)
        return sentence
    }

    /// Decides otherwise on a study that was sent: it keeps its plan, and what it should have been sent as is a correction.
    private func amend(
        _ study: inout StudyRecord, by decision: PersonalDecision, order: OrderID?, as intended: SendPlan, _ terms: DecisionTerms, in turn: Turn
    ) throws -> Sentence {
        let uid = study.header.studyInstanceUID
        guard let sent = study.plan else { throw LedgerError(.contradiction, "study \(study.id) was sent without a plan") }
        let known = study.decision?.amendment
        guard intended != (known?.plan ?? sent), order == nil || order != study.order else { throw ActionError(.notNow, "study \(uid) was decided so already") }
        if let correction = try turn.tx.correction(of: study.id), correction.state.isPreparing || correction.state == .sending {
            throw ActionError(.notNow, "study \(uid) is being deleted or rejected at the destination and sent again: decide once that is done")
        }
        var decision = decision
        let former = study.orderSentUnder
        decision.amendment = intended == sent ? nil : PersonalDecision.Amendment(plan: intended, former: former)
        study.decision = decision
        study.order = order
        try turn.tx.updateStudy(study)
        let sentence = Sentence(.amendedByPerson, [.accession(sent.accessionNumber), .accession(intended.accessionNumber), .text(decision.by)])
        try record(sentence, on: study.id, terms, by: decision.by, in: turn)
        return sentence
    }

    /// Where no order gave the identity each object kept its own: the rest would bring another patient into the exam.
    private func checkOnePatient(of study: StudyRecord, arrivedUnder plan: SendPlan?) throws {
        guard study.conflicts.hasTwoPatients, let plan, !DeclaredChanges.namePatient(plan.coercions) else { return }
        throw ActionError(
            .notNow,
            "\(study.progress.doneCount) instances of study \(study.header.studyInstanceUID) have arrived under their own identity, and the rest "
                + "is another patient's: it stays held, and is reported")
    }

    /// A study of which something has arrived is one exam at the destination: a person may only let the rest follow.
    private func checkArrived(_ study: StudyRecord, under accession: String) throws {
        guard let plan = study.plan, plan.accessionNumber != accession else { return }
        throw ActionError(
            .notNow,
            "\(study.progress.doneCount) instances of study \(study.header.studyInstanceUID) have arrived under accession number "
                + "\(plan.accessionNumber): the rest can only follow them")
    }

    /// A study that is linked to an order or filed without one: one that waits, or one that was sent otherwise.
    private func decidable(_ uid: String, _ terms: DecisionTerms, by person: String, in turn: Turn) throws -> StudyRecord {
        let study = try checked(uid, terms, by: person, in: turn)
        return study.progress.state.isFinal ? study : try undecided(study, in: turn)
    }

    /// A study that a person may decide on: it waits, and nothing of it has arrived, or the rest was held after that.
    func undecided(_ study: StudyRecord, in turn: Turn) throws -> StudyRecord {
        let uid = study.header.studyInstanceUID
        let hasArrived = study.progress.doneCount > 0 && study.holdReason?.isConflict != true
        guard study.isWaiting, !hasArrived else {
            throw ActionError(.notNow, "study \(uid) is \(study.progress.state.rawValue): only what waits and has not arrived is decided by hand")
        }
        if let correction = try turn.tx.correction(of: study.id), correction.state.isPreparing {
            throw ActionError(.notNow, "study \(uid) is to be deleted or rejected at the destination and sent again: nothing else is decided meanwhile")
        }
        // Law 2: no other changes while a lease may still send the old ones.
        guard try turn.tx.parts(of: study.id).allSatisfy({ $0.grant == nil }) else {
            throw ActionError(.notNow, "study \(uid) is still being sent in part: decide once that lease has ended")
        }
        return study
    }

    private func settle(
        _ study: inout StudyRecord, _ decision: PersonalDecision, _ sentence: Sentence, _ terms: DecisionTerms, in turn: Turn
    ) throws {
        study.decision = decision
        try noteIntended(of: study, in: turn)
        try flagLegacyLack(of: &study, in: turn)
        try release(&study, sentence, in: turn)
        try record(sentence, on: study.id, terms, by: decision.by, in: turn)
        try tellOrderAnew(of: &study, in: turn)
    }

    /// Before the study goes its way the PACS or RIS may have to be told of its order.
    private func tellOrderAnew(of study: inout StudyRecord, in turn: Turn) throws {
        var parts = try turn.tx.parts(of: study.id)
        try holdForOrder(&study, &parts, isAnew: true, in: turn)
    }

    private func retry(_ uid: String, by person: String, in turn: Turn) throws -> Sentence {
        var study = try checked(uid, DecisionTerms(), by: person, in: turn)
        let isFaulty = study.progress.state == .exception || study.holdReason == .characterSet || study.holdReason == .orderRefused
        guard isFaulty, study.plan != nil, study.holdReason?.isConflict != true else {
            throw ActionError(.notNow, "study \(uid) is \(study.progress.state.rawValue): only exceptions are tried again by hand")
        }
        let sentence = Sentence(.retriedByPerson, [.text(person)])
        try release(&study, sentence, in: turn)
        try record(sentence, on: study.id, DecisionTerms(), by: person, in: turn)
        try tellOrderAnew(of: &study, in: turn)
        return sentence
    }

    /// Lets a study go its way again.
    private func release(_ study: inout StudyRecord, _ sentence: Sentence, in turn: Turn) throws {
        study.holdReason = nil
        study.progress.state = .ready
        study.progress.attempts = 0
        study.progress.category = nil
        study.progress.detail = ""
        study.progress.retryAt = nil
        study.progress.sentence = sentence
        var parts = try turn.tx.parts(of: study.id)
        for index in parts.indices where parts[index].expiries > 0 {
            parts[index].expiries = 0
            try turn.tx.updatePart(parts[index])
        }
        try settle(&study, &parts, in: turn)
        try turn.tx.updateStudy(study)
        try closeFilms(for: study, in: turn)
    }
}

extension PersonalDecision {
    /// Whether the person saw what holds for `reason`, and decided all the same.
    func covers(_ reason: HoldReason) -> Bool { settled.contains(reason) || reason == .accessionTwoPatients && namesPatient == true }
}

extension StudyRecord {
    /// What a decision settles: what holds the study, and what was settled before.
    var settledByNow: Set<HoldReason> { (decision?.settled ?? []).union(holdReason.map { [$0] } ?? []) }
}
