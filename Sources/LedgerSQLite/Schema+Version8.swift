extension Schema {
    /// Orders of unspecified exams that are told to the PACS or RIS; what finds a reserved accession number.
    static let version8 = [
        """
        CREATE TABLE outbound_order(
          id INTEGER PRIMARY KEY, study INTEGER NOT NULL REFERENCES study(id), kind TEXT NOT NULL, control_id TEXT NOT NULL, accession TEXT NOT NULL,
          content TEXT NOT NULL, made_at INTEGER NOT NULL, state TEXT NOT NULL, attempts INTEGER NOT NULL, settled_at INTEGER, sentence TEXT) STRICT
        """,
        "CREATE INDEX outbound_state ON outbound_order(state, id)",
        "CREATE INDEX outbound_study ON outbound_order(study, id)",
        "CREATE INDEX outbound_accession ON outbound_order(accession, id)",
        "CREATE INDEX study_reserved ON study(reserved_accession) WHERE reserved_accession IS NOT NULL",
    ]
}
