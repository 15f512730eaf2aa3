extension Schema {
    /// Patients who are to be looked at again. Birth dates of objects, without blanks around them. All that an earlier program decided is looked at again from the beginning, and what was sent behind that.
    static let version17 = queue + birthdays + ["INSERT OR REPLACE INTO setting(name, content) SELECT 'review', 'ready 0 sent' WHERE EXISTS (SELECT 1 FROM study)"]

    private static let queue = [
        """
        CREATE TABLE patient_queue(
          number INTEGER PRIMARY KEY, patient_id TEXT NOT NULL UNIQUE, after_study INTEGER, is_due_again INTEGER NOT NULL DEFAULT 0) STRICT
        """,
        "CREATE INDEX patient_queue_whole ON patient_queue(number) WHERE after_study IS NULL",
        "CREATE INDEX patient_queue_large ON patient_queue(number) WHERE after_study IS NOT NULL",
        "CREATE TABLE crowded_day(day TEXT PRIMARY KEY) STRICT, WITHOUT ROWID",
    ]

    private static let birthdays = [
        "DROP INDEX study_birth",
        "CREATE INDEX study_birthday ON study(trim(header ->> '$.patient.birthDate', ' '), id) WHERE trim(header ->> '$.patient.birthDate', ' ') <> ''",
        "CREATE INDEX study_without_birthday ON study(patient_id) WHERE trim(header ->> '$.patient.birthDate', ' ') = ''",
    ]
}
