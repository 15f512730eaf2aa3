extension Schema {
    /// Media of which a person expects no more. What waits, and was decided by an earlier program, is looked at again where a medium was read in part.
    static let version16 = [
        "ALTER TABLE medium ADD COLUMN given_up INTEGER NOT NULL DEFAULT 0",
        "CREATE INDEX medium_open ON medium(label) WHERE is_whole = 0 AND given_up = 0 AND state IN ('expected', 'reading', 'partly read')",
        "INSERT OR IGNORE INTO setting(name, content) SELECT 'review', 'ready 0' WHERE EXISTS (SELECT 1 FROM medium WHERE state = 'partly read')",
    ]
}
