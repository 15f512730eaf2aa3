extension Schema {
    /// The legacy archive's own index, and the columns that matching compares, in indices by patient ID: a walk over all studies and orders reads them
    /// alone. Of studies and orders those columns are computed from the JSON that is kept, so that no row is written anew, and no value stands twice.
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
        "ALTER TABLE hospital_order ADD COLUMN exam_day INTEGER GENERATED ALWAYS AS (CAST(content ->> '$.examDate' AS INTEGER)) VIRTUAL",
        "ALTER TABLE hospital_order ADD COLUMN status TEXT GENERATED ALWAYS AS (content ->> '$.status') VIRTUAL",
        "ALTER TABLE hospital_order ADD COLUMN modality TEXT GENERATED ALWAYS AS (content ->> '$.modality') VIRTUAL",
        "ALTER TABLE hospital_order ADD COLUMN issuer TEXT GENERATED ALWAYS AS (content ->> '$.patient.issuer') VIRTUAL",
        "ALTER TABLE hospital_order ADD COLUMN name TEXT GENERATED ALWAYS AS (content ->> '$.patient.name') VIRTUAL",
        "ALTER TABLE hospital_order ADD COLUMN birth_date TEXT GENERATED ALWAYS AS (content ->> '$.patient.birthDate') VIRTUAL",
        "ALTER TABLE hospital_order ADD COLUMN sex TEXT GENERATED ALWAYS AS (content ->> '$.patient.sex') VIRTUAL",
        // It does what order_patient did, and more.
        "DROP INDEX order_patient",
        "CREATE INDEX order_matching ON hospital_order(patient_id, id, exam_day, status, modality, issuer, name, birth_date, sex)",
    ]

    private static let comparedOfStudies = [
        "ALTER TABLE study ADD COLUMN study_date TEXT GENERATED ALWAYS AS (header ->> '$.studyDate') VIRTUAL",
        "ALTER TABLE study ADD COLUMN modalities TEXT GENERATED ALWAYS AS (header ->> '$.modalities') VIRTUAL",
        "ALTER TABLE study ADD COLUMN issuer TEXT GENERATED ALWAYS AS (header ->> '$.patient.issuer') VIRTUAL",
        "ALTER TABLE study ADD COLUMN name TEXT GENERATED ALWAYS AS (header ->> '$.patient.name') VIRTUAL",
        "ALTER TABLE study ADD COLUMN birth_date TEXT GENERATED ALWAYS AS (header ->> '$.patient.birthDate') VIRTUAL",
        "ALTER TABLE study ADD COLUMN sex TEXT GENERATED ALWAYS AS (header ->> '$.patient.sex') VIRTUAL",
        // It does what study_patient did, and more.
        "DROP INDEX study_patient",
        "CREATE INDEX study_matching ON study(patient_id, id, study_date, modalities, issuer, name, birth_date, sex)",
    ]
}
