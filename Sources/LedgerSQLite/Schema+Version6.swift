extension Schema {
    /// Studies that lie at the destination otherwise than the hospital says by now; the names that patients had before; digests of the messages that were
    /// outdated when they came; the numbers that placers and fillers gave orders.
    static let version6 = [
        """
        CREATE TABLE correction(
          study INTEGER PRIMARY KEY REFERENCES study(id), sent TEXT NOT NULL, intended TEXT NOT NULL, since INTEGER NOT NULL, state TEXT NOT NULL,
          ask_at INTEGER, until INTEGER NOT NULL, sentence TEXT NOT NULL, approved_by TEXT) STRICT
        """,
        "CREATE INDEX correction_ask ON correction(ask_at, study) WHERE ask_at IS NOT NULL",
        "CREATE INDEX correction_present ON correction(study) WHERE state <> 'corrected'",
        "ALTER TABLE patient_identity ADD COLUMN former_names TEXT NOT NULL DEFAULT '[]'",
        """
        CREATE TABLE order_number(
          number TEXT NOT NULL, order_id INTEGER NOT NULL REFERENCES hospital_order(id), PRIMARY KEY(number, order_id)) STRICT, WITHOUT ROWID
        """,
        "CREATE TABLE outdated_message(digest BLOB PRIMARY KEY) STRICT, WITHOUT ROWID",
    ]
}
