extension Schema {
    /// How far the studies of a request have their places in the order of work: what is many is done some at a time. What is not decided of a patient ID.
    static let version13 = [
        "ALTER TABLE request ADD COLUMN placed INTEGER",
        """
        CREATE INDEX study_undecided ON study(patient_id, id) WHERE was_granted = 0 AND decision IS NULL
          AND (state IN ('inventoried', 'matched', 'ready')
            OR hold_reason IN ('waiting-for-media', 'waiting-for-orders', 'order-not-acknowledged', 'numbers-used-up'))
        """,
        "CREATE INDEX request_placed ON request(id) WHERE placed IS NOT NULL",
    ]
}
