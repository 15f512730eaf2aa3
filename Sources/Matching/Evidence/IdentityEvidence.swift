import Migration

/// Whether a study shows the order's patient. It is never weighed against how well the exam fits (law 13).
struct IdentityEvidence {
    let evidence: [Evidence]
    /// Whether nothing contradicts, and enough agrees: the birth date, and a name that is near or says nothing; the name alone where there is no birth date, or too
    /// many have it. Where the patient ID is another spelling only, the birth date and a name that is near.
    let isConfirmed: Bool
    /// Whether another patient of the birth date has a name that fits as well.
    let hasNamesake: Bool
    /// Whether the birth date or the sex contradicts: then the order is another person's.
    let isOfAnother: Bool
    /// Whether name, birth date or sex contradicts.
    let contradicts: Bool

    init(_ study: StudyTraits, _ order: Order, isSpelling: Bool, _ contemporaries: Contemporaries) {
        let shown = study.header.patient
        var comparison = IdentityComparison(study: shown, order: order.patient)
        let known = PersonName(order.patient.name.reveal())
        let likeness = study.name.likeness(to: known)
        comparison.name = likeness >= .agreeing ? .agrees : likeness == .other && study.name.contradicts(known) ? .contradicts : .silent
        contradicts = comparison.contradicts
        isOfAnother = comparison.birthDate == .contradicts || comparison.sex == .contradicts
        let isMeant = shown.hasBirthDateOfItsOwn && !contemporaries.isCrowded(shown)
        let birthDate = comparison.birthDate == .agrees && isMeant
        let saysNoDay = comparison.birthDate == .silent || comparison.birthDate == .agrees && contemporaries.isCrowded(shown)
        let least: NameLikeness = isSpelling ? .mistyped : .silent
        isConfirmed = !comparison.contradicts && (birthDate ? likeness >= least : likeness >= .agreeing && saysNoDay && !isSpelling)
        hasNamesake = isConfirmed && contemporaries.haveNamesake(of: study.header, beside: order.patient)
        let parts: [(Evidence.Kind, Agreement)] = [(.name, comparison.name), (.birthDate, comparison.birthDate), (.sex, comparison.sex)]
        evidence = (isSpelling ? [Evidence(.spelling, -100)] : []) + parts.compactMap { kind, agreement in
            agreement == .silent ? nil : Evidence(kind, agreement == .agrees ? 100 : -100)
        }
    }
}
