extension Schema {
    /// The manual worklist: who has taken a study, until when one is put off, the orders that one serves beside its own; what finds held studies by reason, and studies that were sent
    /// otherwise than a person decided since.
    static let version9 = [
        """
        CREATE TABLE take(
          study INTEGER PRIMARY KEY REFERENCES study(id), taken_by TEXT NOT NULL, taken_at INTEGER NOT NULL, until INTEGER NOT NULL) STRICT
        """,
        """
        CREATE TABLE postponement(
          study INTEGER PRIMARY KEY REFERENCES study(id), put_off_by TEXT NOT NULL, put_off_at INTEGER NOT NULL, until INTEGER NOT NULL,
          reason TEXT NOT NULL) STRICT
        """,
        "CREATE INDEX postponement_end ON postponement(until, study)",
        """
        CREATE TABLE served_order(
          study INTEGER NOT NULL REFERENCES study(id), order_id INTEGER NOT NULL REFERENCES hospital_order(id),
          PRIMARY KEY(study, order_id)) STRICT, WITHOUT ROWID
        """,
        "CREATE INDEX served_order_order ON served_order(order_id, study)",
        "CREATE INDEX study_waiting ON study(hold_reason, id) WHERE state = 'held'",
        "CREATE INDEX study_amended ON study(plan_accession, id) WHERE decision ->> '$.amendment' IS NOT NULL",
    ]
}
