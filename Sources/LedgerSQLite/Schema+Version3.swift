extension Schema {
    /// The legacy archive's own index, and what matching compares, in indices by patient ID: a walk over all studies and orders reads them alone.
    /// Of studies and orders it is computed from the JSON that is kept: no row is written anew, and what leases and results change computes nothing.
    static let version3 = legacyIndex + comparedOfOrders + comparedOfStudies

    private static let legacyIndex = [
        """
        CREATE TABLE legacy_study(
          uid TEXT PRIMARY KEY, patient_id TEXT NOT NULL, issuer TEXT NOT NULL, name TEXT NOT NULL, birth_date TEXT NOT NULL, sex TEXT NOT NULL,
          study_day INTEGER, study_time TEXT NOT NULL, modalities TEXT NOT NULL, accession TEXT NOT NULL, description TEXT NOT NULL,
          instance_count INTEGER, medium_label TEXT NOT NULL) STRICT, WITHOUT ROWID
        """,
        "CREATE INDEX legacy_matching ON legacy_study(patient_id, uid, study_day, modalities, issuer, name, birth_date, sex)",
    ]

    private static let comparedOfOrders = [
        // It does what order_patient did, and more.
        "DROP INDEX order_patient",
        """
        CREATE INDEX order_matching ON hospital_order(
          patient_id, id, CAST(content ->> '$.examDate' AS INTEGER), content ->> '$.status', content ->> '$.modality', content ->> '$.patient.issuer',
          content ->> '$.patient.name', content ->> '$.patient.birthDate', content ->> '$.patient.sex')
        """,
    ]

    private static let comparedOfStudies = [
        // It does what study_patient did, and more.
        "DROP INDEX study_patient",
        """
        CREATE INDEX study_matching ON study(
          patient_id, id, header ->> '$.studyDate', header ->> '$.modalities', header ->> '$.patient.issuer', header ->> '$.patient.name',
          header ->> '$.patient.birthDate', header ->> '$.patient.sex')
        """,
    ]
}
