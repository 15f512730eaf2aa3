extension Schema {
    /// All that was rejected of a study, and by which notes; how much of it was let go of; which sending a correction began with.
    static let version18 = [
        "ALTER TABLE correction ADD COLUMN rejections TEXT NOT NULL DEFAULT '[]'",
        "ALTER TABLE correction ADD COLUMN owed INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE correction ADD COLUMN round INTEGER NOT NULL DEFAULT 0",
        // What a note of an earlier program names is not known.
        """
        UPDATE correction SET rejection = json_set(rejection, '$.notes', CASE WHEN rejection ->> '$.note' IS NULL THEN json('[]')
          ELSE json_array(json_object('uid', rejection ->> '$.note', 'named', json('[]'))) END) WHERE rejection IS NOT NULL
        """,
        "UPDATE correction SET rejections = json_array(json(rejection)), rejection = NULL WHERE rejection IS NOT NULL AND state IN ('sending', 'open', 'corrected', 'awaited')",
        "UPDATE correction SET owed = (SELECT instance_count FROM study WHERE id = correction.study) WHERE approved_by IS NOT NULL AND state <> 'corrected'",
        "UPDATE correction SET round = (SELECT round FROM study WHERE id = correction.study) WHERE approved_by IS NULL",
    ]
}
