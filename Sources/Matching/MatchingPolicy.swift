public import Migration

/// How studies are matched: by the paper's rule alone, or with evidence beside it.
public struct MatchingPolicy: Sendable {
    /// The paper's rule.
    public let rule: Matcher
    private let evidence: (matcher: EvidenceMatcher, spelling: PatientIDSpelling)?

    /// The paper's rule with the hospital's modality codes; with `evidence`, what that says counts too, by the words of `vocabulary`.
    public init(mapping: ModalityMapping, evidence: EvidencePolicy? = nil, vocabulary: ExamVocabulary = ExamVocabulary()) {
        rule = Matcher(mapping: mapping)
        self.evidence = evidence.map { (EvidenceMatcher(mapping: mapping, policy: $0, vocabulary: vocabulary), $0.spelling) }
    }

    /// Whether evidence counts: then a match depends on what else is read of the patient around its day.
    public var weighsEvidence: Bool { evidence != nil }

    /// The patient IDs that may stand for the number that `patientID` stands for, in growing order: their studies and orders are matched together.
    public func family(of patientID: Identifying) -> [Identifying] {
        evidence.map { $0.spelling.family(of: patientID.reveal()).map { Identifying($0) } } ?? [Identifying(trimmed(patientID.reveal()))]
    }

    /// Matches `studies`, all of a family of patient IDs, with `orders`, all of theirs, whatever their status.
    ///
    /// - Parameter known: The patient IDs of the family that the hospital knows beside those of the orders: nobody else's spellings.
    /// - Parameter contemporaries: Other patients than those of the family, by the birth dates that ``birthdays(of:orders:)`` tells.
    /// - Returns: One match a study, in the order of the study IDs.
    public func match(
        studies: [MatchableStudy], orders: [MatchableOrder], known: Set<Identifying> = [], contemporaries: Contemporaries = Contemporaries()
    ) -> [Match] {
        evidence.map { $0.matcher.match(studies: studies, orders: orders, known: known, contemporaries: contemporaries) }
            ?? rule.match(studies: studies, orders: orders, contemporaries: contemporaries)
    }

    /// The birth dates by which other patients are to be looked up, in their order: with evidence all, by the rule alone those of studies whose name does not agree
    /// with an order's as it is written.
    public func birthdays(of studies: [MatchableStudy], orders: [MatchableOrder]) -> [CalendarDate] {
        evidence.map { $0.matcher.birthdays(of: studies, orders: orders) } ?? rule.birthdays(of: studies, orders: orders)
    }

    /// Whether as much of `study` agrees with what the hospital told of its patient as a match wants; the rule alone wants nothing. `contemporaries` are those of the
    /// birth dates that ``birthdays(of:orders:)`` tells, where ``asOrder(_:)`` is among the orders.
    public func confirms(_ study: MatchableStudy, as told: PatientIdentity, _ contemporaries: Contemporaries) -> Bool {
        evidence == nil || IdentityEvidence(StudyTraits(study), Self.asOrder(told).order, isSpelling: false, contemporaries).isConfirmed
    }

    /// The other patients who may be meant by a study that is filed under what the hospital told of its patient, a name at least, without an order; likewise.
    public func namesakes(of study: MatchableStudy, asTold told: PatientIdentity, _ contemporaries: Contemporaries) -> [PatientIdentity] {
        let isInDoubt = weighsEvidence || !study.header.isPlainly(told)
        return isInDoubt && !trimmed(told.name.reveal()).isEmpty ? contemporaries.namesakes(of: study.header, beside: told) : []
    }

    /// What the hospital told of a patient, in the form of an order that no study can have.
    public static func asOrder(_ told: PatientIdentity) -> MatchableOrder {
        MatchableOrder(id: OrderID(0), order: Order(patient: told, accessionNumber: "", examDate: nil, modality: ""))
    }

    /// What evidence says of each order that could be the study's; none where it does not count.
    func pairings(
        of study: MatchableStudy, among studies: [MatchableStudy], orders: [MatchableOrder], known: Set<Identifying>, _ contemporaries: Contemporaries
    ) -> [Pairing] {
        evidence.map { $0.matcher.pairings(of: study, among: studies, orders: orders, known: known, contemporaries) } ?? []
    }
}
