public import Migration

extension DeclaredChanges {
    /// The patient as objects bear it after `changes`, whose own identity is `own`: a value that is not changed is theirs.
    public static func identity(after changes: [Coercion], of own: PatientIdentity) -> PatientIdentity {
        func value(_ tag: String, _ own: Identifying) -> Identifying { changes.first { $0.tag == tag }?.value ?? own }
        return PatientIdentity(
            patientID: value(Tag.patientID, own.patientID), issuer: value(Tag.issuerOfPatientID, own.issuer), name: value(Tag.patientName, own.name),
            birthDate: value(Tag.patientBirthDate, own.birthDate), sex: value(Tag.patientSex, own.sex))
    }

    /// `changes` with the identity of `patient` in place of the one that they write, in the order of their tags; what `patient` leaves empty stays.
    public static func renamed(_ changes: [Coercion], to patient: PatientIdentity) -> [Coercion] {
        guard let rule = changes.first?.rule else { return changes }
        let identity = Self.changes(identity(patient), rule: rule)
        let others = changes.filter { change in !identity.contains { $0.tag == change.tag } }
        return (others + identity).sorted { $0.tag < $1.tag }
    }
}

extension PatientIdentity {
    /// What of `other` is said otherwise here: an empty value says nothing, and names that agree in one of their scripts are the same.
    public func differences(from other: PatientIdentity) -> Set<IdentityElement> {
        let comparison = IdentityComparison(study: other, order: self)
        func isOther(_ mine: Identifying, _ theirs: Identifying, _ agreement: Agreement) -> Bool { !mine.isBlank && !theirs.isBlank && agreement != .agrees }
        var found: Set<IdentityElement> = []
        if !patientID.isBlank, patientID.trimmed != other.patientID.trimmed { found.insert(.patientID) }
        if !issuer.isBlank, !other.issuer.isBlank, issuer.trimmed != other.issuer.trimmed { found.insert(.issuer) }
        if isOther(name, other.name, comparison.name) { found.insert(.name) }
        if isOther(birthDate, other.birthDate, comparison.birthDate) { found.insert(.birthDate) }
        if !sex.isBlank, !other.sex.isBlank, sex.trimmed != other.sex.trimmed { found.insert(.sex) }
        return found
    }
}

/// What an identity is made of.
public enum IdentityElement: Hashable, Sendable {
    /// Patient ID (0010,0020).
    case patientID
    /// Issuer of Patient ID (0010,0021).
    case issuer
    /// Patient's Name (0010,0010).
    case name
    /// Patient's Birth Date (0010,0030).
    case birthDate
    /// Patient's Sex (0010,0040).
    case sex
}
