extension Schema {
    /// How often a study was sent again, and by what its UIDs became others; how it is rejected at the destination. What tells this migration from all others.
    static let version14 = [
        "ALTER TABLE study ADD COLUMN round INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE study ADD COLUMN uids TEXT",
        "ALTER TABLE correction ADD COLUMN rejection TEXT",
        "INSERT INTO setting(name, content) VALUES ('identity', lower(hex(randomblob(16))))",
    ]
}
