extension Schema {
    /// Films that are to be digitised. Which issuers of patient IDs the hospital names. Studies that an earlier program let go are looked at again, where the legacy index may list them otherwise.
    static let version12 = [
        """
        CREATE TABLE film(
          id INTEGER PRIMARY KEY, request INTEGER NOT NULL REFERENCES request(id), study_uid TEXT NOT NULL, order_id INTEGER REFERENCES hospital_order(id),
          reason TEXT NOT NULL, made_at INTEGER NOT NULL, after_study INTEGER NOT NULL, digitised TEXT NOT NULL DEFAULT '', closing TEXT, closed_at INTEGER) STRICT
        """,
        "CREATE INDEX film_request ON film(request, id)",
        "CREATE INDEX film_open ON film(id) WHERE closed_at IS NULL",
        "CREATE INDEX film_study ON film(study_uid, id) WHERE closed_at IS NULL AND study_uid <> ''",
        "CREATE INDEX film_order ON film(order_id, id) WHERE closed_at IS NULL AND order_id IS NOT NULL",
        "CREATE INDEX order_issuer ON hospital_order(content ->> '$.patient.issuer') WHERE content ->> '$.patient.issuer' <> ''",
        "CREATE INDEX identity_issuer ON patient_identity(issuer) WHERE issuer <> ''",
        "INSERT OR IGNORE INTO setting(name, content) SELECT 'review', 'ready 0' WHERE EXISTS (SELECT 1 FROM legacy_study)",
    ]
}
