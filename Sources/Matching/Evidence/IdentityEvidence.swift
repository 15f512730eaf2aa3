import Migration

/// Whether a study shows the order's patient. It is never weighed against how well the exam fits (law 13).
struct IdentityEvidence {
    let evidence: [Evidence]
    /// Whether nothing contradicts, and enough agrees: the birth date, or the name where there is no birth date; both where the patient ID is another
    /// spelling only.
    let isConfirmed: Bool

    init(_ study: StudyTraits, _ order: OrderTraits, isSpelling: Bool) {
        let shown = study.header.patient
        let patient = order.order.patient
        var comparison = IdentityComparison(study: shown, order: patient)
        if comparison.name == .silent, !study.header.otherNames.isBlank {
            var other = shown
            other.name = study.header.otherNames
            // Another name may confirm; it is another one, so that it contradicts nothing.
            if IdentityComparison(study: other, order: patient).name == .agrees { comparison.name = .agrees }
        }
        let birthDate = comparison.birthDate == .agrees
        let name = comparison.name == .agrees
        isConfirmed = !comparison.contradicts && (isSpelling ? birthDate && name : birthDate || (name && comparison.birthDate == .silent))
        let parts: [(Evidence.Kind, Agreement)] = [(.name, comparison.name), (.birthDate, comparison.birthDate), (.sex, comparison.sex)]
        evidence = (isSpelling ? [Evidence(.spelling, -100)] : []) + parts.compactMap { kind, agreement in
            agreement == .silent ? nil : Evidence(kind, agreement == .agrees ? 100 : -100)
        }
    }
}
