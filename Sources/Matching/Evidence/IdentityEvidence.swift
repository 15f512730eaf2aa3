import Migration

/// Whether a study shows the order's patient. It is never weighed against how well the exam fits (law 13).
struct IdentityEvidence {
    let evidence: [Evidence]
    /// Whether nothing contradicts, and enough agrees: the birth date, or the name where there is no birth date; both where the patient ID is another
    /// spelling only; birth date and sex where the names, in Latin letters, may be ways to write one name. Twins have both: a name that is no way to write the
    /// order's Hangul, but another Korean name, is confirmed by neither.
    let isConfirmed: Bool
    /// Whether the birth date or the sex contradicts: then the order is another person's.
    let isOfAnother: Bool
    /// Whether name, birth date or sex contradicts.
    let contradicts: Bool

    init(_ study: StudyTraits, _ order: Order, isSpelling: Bool) {
        let shown = study.header.patient
        var comparison = IdentityComparison(study: shown, order: order.patient)
        let ordered = PersonName(order.patient.name.reveal())
        let isUncertain = comparison.name == .contradicts && Self.mayBeSame(study.name, ordered)
        let isOther = comparison.name == .silent && study.name.isOtherName(than: ordered)
        let others = Self.others(study, order.patient)
        if isUncertain || comparison.name == .silent { comparison.name = others }
        contradicts = comparison.contradicts
        isOfAnother = comparison.birthDate == .contradicts || comparison.sex == .contradicts
        let birthDate = comparison.birthDate == .agrees && shown.hasBirthDateOfItsOwn
        let name = comparison.name == .agrees
        let sex = comparison.sex == .agrees
        isConfirmed = !comparison.contradicts
            && (isSpelling ? birthDate && name : birthDate && (name || !isOther && (sex || !isUncertain)) || name && comparison.birthDate == .silent)
        let parts: [(Evidence.Kind, Agreement)] = [(.name, comparison.name), (.birthDate, comparison.birthDate), (.sex, comparison.sex)]
        evidence = (isSpelling ? [Evidence(.spelling, -100)] : []) + parts.compactMap { kind, agreement in
            agreement == .silent ? nil : Evidence(kind, agreement == .agrees ? 100 : -100)
        }
    }

    /// Whether names that contradict may be one person's all the same: in Latin letters in two ways, or with one letter that makes it nobody's.
    private static func mayBeSame(_ shown: PersonName, _ ordered: PersonName) -> Bool { shown.maySpellSame(as: ordered) || shown.isMistyped(for: ordered) }

    /// What Other Patient Names say, where the name itself says nothing for sure.
    private static func others(_ study: StudyTraits, _ patient: PatientIdentity) -> Agreement {
        guard !study.header.otherNames.isBlank else { return .silent }
        var other = study.header.patient
        other.name = study.header.otherNames
        return IdentityComparison(study: other, order: patient).name
    }
}
