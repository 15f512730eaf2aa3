import Ledger
import Matching
import Migration

/// Studies that are filed without an order, as unspecified exams.
extension Engine {
    /// The identity that is written into an unspecified exam, of whose patient the hospital said `known`; empty values stay the objects'. Whom the hospital does not
    /// know is never filed under an issuer of the hospital's, nor without one, which the destination would take for that.
    ///
    /// - Returns: nil where that would be so, and nothing says which other issuer is meant.
    func filedIdentity(of study: StudyRecord, _ known: PatientIdentity?, in turn: Turn) throws -> PatientIdentity? {
        let own = study.header.patient
        if let known { return known }
        if try !own.patientID.isBlank && turn.tx.isKnown(turn.tx.current(PatientKey(own))) { return PatientIdentity(patientID: "") }
        return try identityOfUnknown(own, in: turn)
    }

    /// The same, of a patient who is none of the hospital's of that number: the objects' own identity, under an issuer that is not the hospital's.
    func identityOfUnknown(_ own: PatientIdentity, in turn: Turn) throws -> PatientIdentity? {
        if !own.issuer.isBlank {
            // Where nothing says which issuers are the hospital's, this may be one; and strangers of several issuers do not become one another's namesakes.
            guard try !configuration.hospitalIssuers.isEmpty || turn.tx.hasIssuersOfHospital() else { return nil }
            if try !isOfHospital(own.issuer, in: turn) { return PatientIdentity(patientID: "") }
        }
        guard let issuer = configuration.issuerOfUnknownPatients.map({ Identifying($0) }), try !isOfHospital(issuer, in: turn) else { return nil }
        return PatientIdentity(patientID: "", issuer: issuer)
    }

    private func isOfHospital(_ issuer: Identifying, in turn: Turn) throws -> Bool {
        try configuration.hospitalIssuers.contains(issuer.trimmed) || turn.tx.isIssuerOfHospital(issuer)
    }

    /// The plan of an unspecified exam; reserves an accession number at the first time. Nil: none is left.
    func unspecifiedPlan(for study: inout StudyRecord, identity: PatientIdentity?, in turn: Turn) throws -> SendPlan? {
        guard let accession = try study.reservedAccession ?? reserveAccessionNumber(in: turn) else { return nil }
        study.reservedAccession = accession
        return SendPlan(
            coercions: DeclaredChanges.unspecifiedExam(accessionNumber: accession, patient: identity).inTagOrder,
            patientID: identity.map { $0.patientID }.flatMap { $0.isBlank ? nil : $0 } ?? study.header.patient.patientID,
            accessionNumber: accession)
    }
}
