extension Schema {
    /// What is known of a study that a person approved to be deleted and sent again: when the destination listed it, since when it does not, and what had
    /// arrived of it.
    static let version10 = [
        "ALTER TABLE correction ADD COLUMN listed_at INTEGER",
        "ALTER TABLE correction ADD COLUMN empty_at INTEGER",
        "ALTER TABLE correction ADD COLUMN arrived TEXT NOT NULL DEFAULT '[]'",
    ]
}
