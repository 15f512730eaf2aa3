import Migration

/// One study and the orders that may be its own.
struct Case {
    /// The study.
    let study: MatchableStudy
    /// The orders under its patient ID and issuer, whatever their status.
    let patientOrders: PatientOrders
    /// Those of them of its day and modality that were not cancelled.
    let candidates: [MatchableOrder]

    /// The case of `study` among `orders`, those of its patient.
    init(study: MatchableStudy, orders: PatientOrders, mapping: ModalityMapping) {
        self.study = study
        patientOrders = orders
        candidates = orders.of(study.header.date).filter { mapping.code($0.order.modality, standsForOneOf: study.header.modalities) }
    }

    /// The orders that the study claims.
    var claimedOrders: [OrderID] {
        switch study.claim {
        case .settled(let orders): orders
        case .filed: []
        case .open: candidates.count == 1 ? [candidates[0].id] : []
        }
    }

    /// The match, when `rivals` claim the same order; `uid` names the Study Instance UID of those that are known.
    /// - Parameter namesakes: The other patients than that of an order who may be meant.
    func decide(rivals: [StudyID], namesakes: (Order) -> [PatientIdentity], uid: (StudyID) -> String?) -> Match {
        let patientID = study.header.patient.patientID
        let comparison = candidates.count == 1 ? IdentityComparison(study: study.header.patient, order: candidates[0].order.patient) : nil
        let verdict = Verdict(
            hasRivals: !rivals.isEmpty, isBlank: trimmed(patientID.reveal()).isEmpty, isKnown: !patientOrders.all.isEmpty,
            hasDay: study.header.date != nil, candidates: candidates.count,
            contradicts: comparison?.contradicts ?? false, hasNamesake: !namesakes(candidates[0].order).isEmpty)
        switch verdict {
        case .competing: return competing(rivals, comparison, uid)
        case .patientIDBlank: return match(.patientLevelFailed, .patientIDBlank, Sentence(HoldReason.patientIDBlank.rawValue))
        case .patientUnknown: return match(.patientLevelFailed, .patientUnknown, Sentence(HoldReason.patientUnknown.rawValue, [.patient(patientID)]))
        case .studyDateMissing: return examLevelFailed(.studyDateMissing, Sentences.studyDateMissing(study.header), namesakes)
        case .noOrder: return examLevelFailed(.noOrder, Sentences.noOrder(study.header), namesakes)
        case .namesake: return mayShow(namesakes(candidates[0].order), .manualMatch)
        case .severalOrders: return match(.manualMatch, .severalOrders, Sentences.severalOrders(candidates.map(\.order)))
        case .contradiction, .matched:
            guard let comparison else { preconditionFailure("only a study with one candidate is compared with it") }
            return only(candidates[0], comparison)
        }
    }

    private func only(_ candidate: MatchableOrder, _ comparison: IdentityComparison) -> Match {
        let support = Support(comparison: comparison, study: study.header, order: candidate.order)
        var result: Match
        if comparison.contradicts {
            let sentence = Sentences.contradiction(comparison, study.header.patient, candidate.order)
            result = match(.manualMatch, .contradiction, sentence)
        } else {
            result = match(.matched, nil, Sentences.matched(candidate.order, support))
            result.order = candidate.id
            result.identityOrder = candidate.id
        }
        result.isCorroborated = !support.isEmpty
        return result
    }

    private func competing(_ rivals: [StudyID], _ comparison: IdentityComparison?, _ uid: (StudyID) -> String?) -> Match {
        let accessions = patientOrders.among(claimedOrders).map(\.order.accessionNumber)
        let sentence = Sentences.competing(accessions, rivals: rivals.count, known: rivals.compactMap(uid))
        var result = match(.manualMatch, .competingStudies, sentence)
        result.rivals = rivals
        if let comparison { result.isCorroborated = !Support(comparison: comparison, study: study.header, order: candidates[0].order).isEmpty }
        return result
    }

    /// No order of the day and modality. A contradiction with any of the patient's orders forbids to file the study under that patient: one ID
    /// may stand for two people, and which of them the study shows is for a person to say.
    private func examLevelFailed(_ reason: HoldReason, _ sentence: Sentence, _ namesakes: (Order) -> [PatientIdentity]) -> Match {
        let patient = study.header.patient
        let contradicted = patientOrders.contradicted(by: patient)
        var result: Match
        if let contradicted {
            let comparison = IdentityComparison(study: patient, order: contradicted.order.patient)
            result = match(.examLevelFailed, .contradiction, Sentences.contradiction(comparison, patient, contradicted.order))
        } else if let others = patientOrders.latestOrder.map(namesakes), !others.isEmpty {
            result = mayShow(others, .examLevelFailed)
        } else {
            result = match(.examLevelFailed, reason, sentence)
        }
        result.identityOrder = patientOrders.latest
        return result
    }

    private func mayShow(_ others: [PatientIdentity], _ outcome: Outcome) -> Match {
        match(outcome, .namesake, Sentence(namesakes: others))
    }

    private func match(_ outcome: Outcome, _ reason: HoldReason?, _ sentence: Sentence) -> Match {
        Match(
            study: study.id, outcome: outcome, order: nil, identityOrder: nil, reason: reason, isCorroborated: false,
            candidates: candidates.map(\.id), rivals: [], sentence: sentence)
    }
}
