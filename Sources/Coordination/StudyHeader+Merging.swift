import Matching
import Migration

extension StudyHeader {
    /// Whether the two are of one patient: the same patient ID, spaces around it aside, no two different issuers, and no name, birth date or
    /// sex that contradicts the other's.
    func isOfSamePatient(as other: StudyHeader) -> Bool {
        let issuers = [patient.issuer.trimmed, other.patient.issuer.trimmed]
        return patient.patientID.trimmed == other.patient.patientID.trimmed
            && (issuers[0] == issuers[1] || issuers.contains(""))
            && !IdentityComparison(study: patient, order: other.patient).contradicts
    }

    /// One header for both; which of them was read first does not matter. Of two different values the smaller one stays, an empty one never.
    func merged(with other: StudyHeader) -> StudyHeader {
        let first = isOrdered(before: other) ? self : other
        let second = isOrdered(before: other) ? other : self
        var merged = first
        merged.patient = first.patient.patientID.trimmed == second.patient.patientID.trimmed
            ? first.patient.completed(by: second.patient) : first.patient
        merged.studyDate = Self.smaller(studyDate, other.studyDate)
        merged.studyTime = Self.smaller(studyTime, other.studyTime)
        merged.accessionNumber = Self.smaller(accessionNumber, other.accessionNumber)
        merged.studyDescription = Self.smaller(studyDescription, other.studyDescription)
        merged.addCodes(of: second)
        merged.otherNames = Identifying(Self.smaller(first.otherNames.reveal(), second.otherNames.reveal()))
        return merged
    }

    private func isOrdered(before other: StudyHeader) -> Bool {
        let (one, two) = (patient.patientID.trimmed, other.patient.patientID.trimmed)
        if one.isEmpty != two.isEmpty { return two.isEmpty }
        return one <= two
    }

    static func smaller(_ one: String, _ two: String) -> String {
        one.isEmpty ? two : two.isEmpty ? one : min(one, two)
    }
}

extension PatientIdentity {
    /// This identity, with values of `other` where that is smaller or only there.
    func completed(by other: PatientIdentity) -> PatientIdentity {
        func one(_ ours: Identifying, _ theirs: Identifying) -> Identifying {
            Identifying(StudyHeader.smaller(ours.reveal(), theirs.reveal()))
        }
        return PatientIdentity(
            patientID: one(patientID, other.patientID), issuer: one(issuer, other.issuer), name: one(name, other.name),
            birthDate: one(birthDate, other.birthDate), sex: one(sex, other.sex))
    }
}
