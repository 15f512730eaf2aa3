extension Schema {
    /// Birth dates of objects that say nothing, as those that are empty: all that was decided is looked at again by them. What is being sent again as a person
    /// decided is known as such.
    static let version19 = [
        "DROP INDEX study_without_birthday",
        "CREATE INDEX study_without_birthday ON study(patient_id) WHERE \(lacksBirthday)",
        """
        UPDATE study SET decision = json_set(decision, '$.amendment.isBeingSent', json('true'))
          WHERE decision ->> '$.amendment' IS NOT NULL AND decision -> '$.amendment.plan' = json(plan)
        """,
        "INSERT OR REPLACE INTO setting(name, content) SELECT 'review', 'ready 0 sent' WHERE EXISTS (SELECT 1 FROM study)",
    ]

    /// A birth date in objects that is not written with eight digits, is no day, or everybody's: queries say it as the index does. That of a leap day is taken for
    /// one too, as is one with separators: its study is then looked at once more.
    static let lacksBirthday = """
        (trim(header ->> '$.patient.birthDate', ' ') NOT GLOB '[0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]'
          OR trim(header ->> '$.patient.birthDate', ' ') IN ('19000101', '19010101', '19111111', '18000101')
          OR substr(trim(header ->> '$.patient.birthDate', ' '), 5, 2) NOT BETWEEN '01' AND '12'
          OR substr(trim(header ->> '$.patient.birthDate', ' '), 7) NOT BETWEEN '01' AND '31'
          OR substr(trim(header ->> '$.patient.birthDate', ' '), 5) IN ('0229', '0230', '0231', '0431', '0631', '0931', '1131'))
        """
}
