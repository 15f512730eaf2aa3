extension Schema {
    /// When an order was last told of by its sender's clock; identities and merges of patients that messages told of.
    static let version4 = [
        "ALTER TABLE hospital_order ADD COLUMN said_at INTEGER",
        """
        CREATE TABLE patient_identity(
          patient_id TEXT NOT NULL, issuer TEXT NOT NULL, content TEXT NOT NULL, said_at INTEGER, PRIMARY KEY(patient_id, issuer)) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE patient_merge(
          patient_id TEXT NOT NULL, issuer TEXT NOT NULL, survivor_id TEXT NOT NULL, survivor_issuer TEXT NOT NULL, said_at INTEGER,
          PRIMARY KEY(patient_id, issuer)) STRICT, WITHOUT ROWID
        """,
    ]
}
