internal import Ledger
internal import Migration

extension SQLiteTransaction {
    private func legacyStudies(_ condition: String, _ arguments: Arguments) throws -> [LegacyStudy] {
        try fetchAll("SELECT \(Self.legacyColumns) FROM legacy_study WHERE \(condition)", arguments, Self.legacyStudy)
    }

    func legacyStudy(uid: String) throws -> LegacyStudy? { try legacyStudies("uid = ?", [uid]).first }

    func legacyStudies(ofPatient patientID: Identifying, limit: Int) throws -> [LegacyStudy] {
        try legacyStudies("patient_id = ? ORDER BY uid LIMIT ?", [Coding.key(patientID), limit])
    }

    func legacyStudies(accessionNumber: String, limit: Int) throws -> [LegacyStudy] {
        try legacyStudies("accession <> '' AND accession = ? ORDER BY uid LIMIT ?", [accessionNumber, limit])
    }

    static var legacyColumns: String {
        """
        uid, patient_id, issuer, name, birth_date, sex, study_day, study_time, modalities, accession, description, body_part, laterality, other_names,
        instance_count, medium_label
        """
    }

    static func legacyStudy(_ fields: inout Fields) throws -> LegacyStudy {
        let uid = try fields.text()
        let patient = PatientIdentity(
            patientID: Identifying(try fields.text()), issuer: Identifying(try fields.text()), name: Identifying(try fields.text()),
            birthDate: Identifying(try fields.text()), sex: Identifying(try fields.text()))
        var header = StudyHeader(studyInstanceUID: uid, patient: patient)
        header.studyDate = try fields.day()?.description ?? ""
        header.studyTime = try fields.text()
        header.modalities = try fields.text().split(separator: modalitySeparator).map(String.init)
        header.accessionNumber = try fields.text()
        header.studyDescription = try fields.text()
        header.bodyParts = try fields.text().split(separator: modalitySeparator).map(String.init)
        header.lateralities = try fields.text().split(separator: modalitySeparator).map(String.init)
        header.otherNames = Identifying(try fields.text())
        return LegacyStudy(header: header, instanceCount: try fields.integerIfPresent().map { Int($0) }, mediumLabel: try fields.text())
    }

    func writeLegacyStudy(_ study: LegacyStudy) throws {
        let header = study.header
        try execute(
            """
            INSERT OR REPLACE INTO legacy_study(\(Self.legacyColumns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                header.studyInstanceUID, Coding.key(header.patient.patientID), header.patient.issuer.reveal(), header.patient.name.reveal(),
                header.patient.birthDate.reveal(), header.patient.sex.reveal(), header.date?.number, header.studyTime,
                header.modalities.joined(separator: Self.modalitySeparator), header.accessionNumber, header.studyDescription,
                header.bodyParts.joined(separator: Self.modalitySeparator), header.lateralities.joined(separator: Self.modalitySeparator),
                header.otherNames.reveal(), study.instanceCount, study.mediumLabel,
            ])
    }

    /// Parts the values of an element (PS3.5 §6.2).
    static var modalitySeparator: String { "\\" }
}
