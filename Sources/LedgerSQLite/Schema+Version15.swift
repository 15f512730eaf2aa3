extension Schema {
    /// Who was born when, as orders, messages and objects say. Studies that an earlier program matched without that are looked at again.
    static let version15 = [
        "CREATE INDEX order_birth ON hospital_order(content ->> '$.patient.birthDate') WHERE content ->> '$.patient.birthDate' <> ''",
        "CREATE INDEX identity_birth ON patient_identity(content ->> '$.birthDate[0]') WHERE content ->> '$.birthDate[0]' <> ''",
        "CREATE INDEX study_birth ON study(header ->> '$.patient.birthDate', id) WHERE header ->> '$.patient.birthDate' <> ''",
        "INSERT OR IGNORE INTO setting(name, content) SELECT 'review', 'ready 0' WHERE EXISTS (SELECT 1 FROM study)",
    ]
}
