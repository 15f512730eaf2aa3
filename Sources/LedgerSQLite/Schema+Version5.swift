extension Schema {
    /// Requests for studies to be sent ahead of all others and what finds their studies; what studies were last decided under.
    static let version5 = [
        """
        CREATE TABLE request(
          id INTEGER PRIMARY KEY, subject TEXT NOT NULL, patient_id TEXT NOT NULL, issuer TEXT NOT NULL, day INTEGER, study_uid TEXT NOT NULL,
          accession TEXT NOT NULL, is_automatic INTEGER NOT NULL, made_by TEXT NOT NULL, reason TEXT NOT NULL, made_at INTEGER NOT NULL,
          expires INTEGER, ended_at INTEGER) STRICT
        """,
        "CREATE INDEX request_open ON request(is_automatic, id) WHERE ended_at IS NULL",
        "CREATE INDEX request_patient ON request(patient_id, id) WHERE ended_at IS NULL AND patient_id <> ''",
        "CREATE INDEX request_study ON request(study_uid, id) WHERE ended_at IS NULL AND study_uid <> ''",
        "CREATE INDEX request_accession ON request(accession, id) WHERE ended_at IS NULL AND accession <> ''",
        "CREATE INDEX request_end ON request(expires, id) WHERE ended_at IS NULL AND expires IS NOT NULL",
        "CREATE INDEX study_header_accession ON study(header ->> '$.accessionNumber', id) WHERE header ->> '$.accessionNumber' <> ''",
        "CREATE INDEX legacy_accession ON legacy_study(accession, uid) WHERE accession <> ''",
        "CREATE INDEX merge_survivor ON patient_merge(survivor_id, patient_id, issuer)",
        "CREATE TABLE setting(name TEXT PRIMARY KEY, content TEXT NOT NULL) STRICT, WITHOUT ROWID",
    ]
}
