extension Schema {
    /// Which issuers of patient IDs the hospital names. Studies that an earlier program let go are looked at again, where the legacy index may list them otherwise.
    static let version8 = [
        "CREATE INDEX order_issuer ON hospital_order(content ->> '$.patient.issuer') WHERE content ->> '$.patient.issuer' <> ''",
        "CREATE INDEX identity_issuer ON patient_identity(issuer) WHERE issuer <> ''",
        "INSERT OR IGNORE INTO setting(name, content) SELECT 'review', 'ready 0' WHERE EXISTS (SELECT 1 FROM legacy_study)",
    ]
}
