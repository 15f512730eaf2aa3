import Migration

/// What a study and an order say of each other: what evidence weighs where it looks at the order, and what the paper's rule compares.
struct FactFinder {
    /// The facts, in the order of ``Candidate/facts``.
    let facts: [Candidate.Fact]

    /// What is compared that is a number of the order itself.
    static var numbers: [String] { [Evidence.Kind.accessionNumber.rawValue, Evidence.Kind.studyInstanceUID.rawValue] }

    init(_ study: StudyHeader, _ order: Order, _ pairing: Pairing?, _ mapping: ModalityMapping) {
        let values = Values(study: study, order: order)
        let weighed = (pairing?.evidence ?? []).map { values.fact($0) }
        var ruled = Self.identity(study, order, isWeighed: pairing != nil, values) + Self.exam(study, order, mapping, values)
        let known = Set(weighed.map(\.what))
        ruled.removeAll { known.contains($0.what) || known.contains(Evidence.Kind.spelling.rawValue) && $0.what == Values.patientID }
        facts = (weighed + ruled).enumerated().sorted { left, right in
            let places = (Self.place(left.element), Self.place(right.element))
            return places.0 == places.1 ? left.offset < right.offset : places.0 < places.1
        }.map(\.element)
    }

    /// Contradictions first, then what speaks against the order; what weighs more first.
    private static func place(_ fact: Candidate.Fact) -> (Int, Int) {
        let group = Candidate.Bearing.allCases.firstIndex(of: fact.bearing) ?? 0
        return (group, -abs(fact.weight ?? 0))
    }

    private static func identity(_ study: StudyHeader, _ order: Order, isWeighed: Bool, _ values: Values) -> [Candidate.Fact] {
        let comparison = IdentityComparison(study: study.patient, order: order.patient)
        var facts: [Candidate.Fact] = []
        func add(_ what: String, _ agreement: Agreement) {
            guard agreement != .silent else { return }
            // Evidence lets names pass that the rule holds; they do not speak for the order.
            let other: Candidate.Bearing = isWeighed ? .against : .contradicts
            facts.append(values.fact(what, agreement == .agrees ? .speaksFor : other))
        }
        add(Evidence.Kind.name.rawValue, comparison.name)
        add(Evidence.Kind.birthDate.rawValue, comparison.birthDate)
        add(Evidence.Kind.sex.rawValue, comparison.sex)
        let isSame = trimmed(study.patient.patientID.reveal()) == trimmed(order.patient.patientID.reveal())
        facts.append(values.fact(Values.patientID, isSame ? .speaksFor : .against))
        if !Verdict.isSameIssuer(trimmed(study.patient.issuer.reveal()), trimmed(order.patient.issuer.reveal())) {
            facts.append(values.fact(Values.issuer, .against))
        }
        return facts
    }

    private static func exam(_ study: StudyHeader, _ order: Order, _ mapping: ModalityMapping, _ values: Values) -> [Candidate.Fact] {
        var facts: [Candidate.Fact] = []
        if order.isCancelled { facts.append(values.fact(Values.status, .contradicts)) }
        let isOfDay = Verdict.isCandidate(day: order.examDate, isCancelled: false, of: study.date)
        facts.append(values.fact(Evidence.Kind.day.rawValue, isOfDay ? .speaksFor : .against))
        let isOfModality = mapping.code(order.modality, standsForOneOf: study.modalities)
        facts.append(values.fact(Evidence.Kind.modality.rawValue, isOfModality ? .speaksFor : .against))
        for (what, shown, ordered) in [
            (Evidence.Kind.accessionNumber, study.accessionNumber, order.accessionNumber), (.studyInstanceUID, study.studyInstanceUID, order.studyInstanceUID),
        ] where !trimmed(shown).isEmpty && trimmed(shown) == trimmed(ordered) { facts.append(values.fact(what.rawValue, .speaksFor)) }
        return facts
    }
}

/// What a study and an order say, by what is compared.
private struct Values {
    let study: StudyHeader
    let order: Order

    static var patientID: String { "patient ID" }
    static var issuer: String { "issuer" }
    static var status: String { "status" }

    func fact(_ what: String, _ bearing: Candidate.Bearing, weight: Int? = nil) -> Candidate.Fact {
        let (shown, ordered) = values(what)
        return Candidate.Fact(what, bearing, weight: weight, shown: shown, ordered: ordered)
    }

    func fact(_ evidence: Evidence) -> Candidate.Fact {
        let isIdentity = [.name, .birthDate, .sex].contains(evidence.kind)
        let bearing: Candidate.Bearing = evidence.weight > 0 ? .speaksFor : isIdentity ? .contradicts : .against
        return fact(evidence.kind.rawValue, bearing, weight: isIdentity ? nil : evidence.weight)
    }

    private func values(_ what: String) -> (Identifying, Identifying) {
        let (shown, ordered) = (study.patient, order.patient)
        switch what {
        case Self.patientID, Evidence.Kind.spelling.rawValue: return (shown.patientID, ordered.patientID)
        case Self.issuer: return (shown.issuer, ordered.issuer)
        case Self.status: return ("", Identifying(order.status))
        case Evidence.Kind.name.rawValue: return (shown.name, ordered.name)
        case Evidence.Kind.birthDate.rawValue: return (shown.birthDate, ordered.birthDate)
        case Evidence.Kind.sex.rawValue: return (shown.sex, ordered.sex)
        default: return exam(what)
        }
    }

    private func exam(_ what: String) -> (Identifying, Identifying) {
        let procedure = order.procedureDescription.isEmpty ? order.procedureCode : order.procedureDescription
        let pair: (String, String) =
            switch what {
            case Evidence.Kind.accessionNumber.rawValue: (study.accessionNumber, order.accessionNumber)
            case Evidence.Kind.studyInstanceUID.rawValue: (study.studyInstanceUID, order.studyInstanceUID)
            case Evidence.Kind.day.rawValue: (study.studyDate, order.examDate?.description ?? "")
            case Evidence.Kind.time.rawValue: (study.studyTime, order.examTime)
            case Evidence.Kind.modality.rawValue: (study.modalities.joined(separator: ", "), order.modality)
            case Evidence.Kind.bodyPart.rawValue: (study.bodyParts.joined(separator: ", "), procedure)
            case Evidence.Kind.side.rawValue: ((study.lateralities + [study.studyDescription]).filter { !$0.isEmpty }.joined(separator: ", "), procedure)
            default: (study.studyDescription, procedure)
            }
        return (Identifying(pair.0), Identifying(pair.1))
    }
}
