extension Schema {
    /// What of the legacy index is evidence beside the paper's rule.
    static let version7 = [
        "ALTER TABLE legacy_study ADD COLUMN body_part TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE legacy_study ADD COLUMN laterality TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE legacy_study ADD COLUMN other_names TEXT NOT NULL DEFAULT ''",
    ]
}
