extension Schema {
    /// The first schema. Each index is there for a query of the stores and names its columns in the query's order.
    static let version1 = media + studies + parts + orders + workers + chain

    private static let media = [
        """
        CREATE TABLE medium(
          id INTEGER PRIMARY KEY, label TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, date_from INTEGER, date_to INTEGER,
          shelf TEXT NOT NULL, copy_of TEXT NOT NULL, state TEXT NOT NULL, fingerprint TEXT, contents TEXT, worker INTEGER,
          reading_grant INTEGER, closed_grant INTEGER, is_whole INTEGER NOT NULL, sentence TEXT) STRICT
        """,
        "CREATE INDEX medium_fingerprint ON medium(fingerprint, id) WHERE fingerprint IS NOT NULL",
        "CREATE INDEX medium_copy ON medium(copy_of, id) WHERE copy_of <> ''",
        "CREATE INDEX medium_state ON medium(state, id)",
        "CREATE INDEX medium_unread ON medium(label) WHERE closed_grant IS NULL AND state IN ('expected', 'reading')",
        """
        CREATE TABLE inventory_piece(
          grant_number INTEGER NOT NULL, number INTEGER NOT NULL, digest BLOB NOT NULL, content BLOB NOT NULL,
          PRIMARY KEY(grant_number, number)) STRICT
        """,
        """
        CREATE TABLE unreadable(
          id INTEGER PRIMARY KEY, medium INTEGER NOT NULL REFERENCES medium(id), grant_number INTEGER NOT NULL,
          path TEXT NOT NULL, code TEXT NOT NULL, detail TEXT NOT NULL, study_uid TEXT NOT NULL, instance_uid TEXT NOT NULL,
          is_resolved INTEGER NOT NULL) STRICT
        """,
        "CREATE INDEX unreadable_medium ON unreadable(medium, id) WHERE is_resolved = 0",
        "CREATE INDEX unreadable_study ON unreadable(study_uid, id) WHERE is_resolved = 0 AND study_uid <> ''",
    ]

    private static let studies = [
        """
        CREATE TABLE study(
          id INTEGER PRIMARY KEY, uid TEXT NOT NULL UNIQUE, patient_id TEXT NOT NULL, header TEXT NOT NULL,
          state TEXT NOT NULL, attempts INTEGER NOT NULL, retry_at INTEGER, category TEXT, detail TEXT NOT NULL,
          was_granted INTEGER NOT NULL, done_count INTEGER NOT NULL, sentence TEXT,
          outcome TEXT, hold_reason TEXT, order_id INTEGER, is_corroborated INTEGER NOT NULL, decision TEXT, plan TEXT,
          plan_accession TEXT, plan_patient TEXT, reserved_accession TEXT, flags TEXT NOT NULL,
          two_patients INTEGER NOT NULL, instance_conflict INTEGER NOT NULL, two_contents INTEGER NOT NULL,
          instance_count INTEGER NOT NULL, byte_count INTEGER NOT NULL, unreadable_count INTEGER NOT NULL,
          beyond TEXT NOT NULL) STRICT
        """,
        "CREATE INDEX study_patient ON study(patient_id, id)",
        "CREATE INDEX study_state ON study(state, id, instance_count, byte_count, done_count)",
        "CREATE INDEX study_outcome ON study(outcome, id)",
        "CREATE INDEX study_hold ON study(hold_reason, patient_id, id) WHERE hold_reason IS NOT NULL",
        "CREATE INDEX study_order ON study(order_id, id) WHERE order_id IS NOT NULL",
        "CREATE INDEX study_retry ON study(retry_at, id) WHERE retry_at IS NOT NULL",
        "CREATE INDEX study_accession ON study(plan_accession, plan_patient) WHERE plan_accession IS NOT NULL",
        "CREATE INDEX study_flagged ON study(id) WHERE flags <> ''",
        """
        CREATE TABLE instance_key(key INTEGER NOT NULL, study INTEGER NOT NULL, PRIMARY KEY(key, study)) STRICT, WITHOUT ROWID
        """,
    ]

    private static let parts = [
        """
        CREATE TABLE part(
          id INTEGER PRIMARY KEY, study INTEGER NOT NULL REFERENCES study(id), medium INTEGER NOT NULL REFERENCES medium(id),
          worker INTEGER NOT NULL, medium_grant INTEGER NOT NULL, custody TEXT NOT NULL, instance_count INTEGER NOT NULL,
          byte_count INTEGER NOT NULL, wanted TEXT NOT NULL, done TEXT NOT NULL, is_done INTEGER NOT NULL, grant_number INTEGER,
          fence_until INTEGER, fence_plan TEXT, is_open INTEGER NOT NULL, not_before INTEGER NOT NULL,
          work_class INTEGER NOT NULL, work_order INTEGER NOT NULL, expiries INTEGER NOT NULL, erasure INTEGER) STRICT
        """,
        "CREATE INDEX part_study ON part(study, id)",
        "CREATE INDEX part_medium ON part(medium, id)",
        "CREATE INDEX part_medium_open ON part(medium) WHERE is_done = 0",
        "CREATE INDEX part_medium_grant ON part(medium_grant, id)",
        "CREATE INDEX part_custody ON part(worker, custody, medium_grant)",
        "CREATE INDEX part_lease ON part(worker, work_class, work_order, id, not_before) WHERE is_open = 1",
        "CREATE INDEX part_erasure ON part(worker, erasure) WHERE erasure IS NOT NULL",
        "CREATE INDEX part_away ON part(study) WHERE custody IN ('lost', 'evicted') AND is_done = 0",
        "CREATE TABLE manifest(part INTEGER PRIMARY KEY REFERENCES part(id), content BLOB NOT NULL) STRICT",
    ]

    private static let orders = [
        """
        CREATE TABLE hospital_order(
          id INTEGER PRIMARY KEY, accession TEXT NOT NULL, patient_id TEXT NOT NULL, content TEXT NOT NULL) STRICT
        """,
        "CREATE INDEX order_patient ON hospital_order(patient_id, id)",
        "CREATE INDEX order_accession ON hospital_order(accession, id)",
    ]

    private static let workers = [
        """
        CREATE TABLE worker(
          id INTEGER PRIMARY KEY, name TEXT NOT NULL, site TEXT NOT NULL, identity TEXT NOT NULL UNIQUE, state TEXT NOT NULL,
          is_draining INTEGER NOT NULL, spool TEXT, program TEXT NOT NULL, enrolled_at INTEGER NOT NULL, sentence TEXT) STRICT
        """,
        "CREATE UNIQUE INDEX worker_name ON worker(name) WHERE state <> 'revoked'",
        """
        CREATE TABLE invitation(
          secret BLOB PRIMARY KEY, name TEXT NOT NULL, site TEXT NOT NULL, expires INTEGER NOT NULL, used_at INTEGER) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE lease_grant(
          number INTEGER PRIMARY KEY, medium INTEGER, part INTEGER, positions TEXT, plan TEXT, worker INTEGER NOT NULL,
          granted_at INTEGER NOT NULL, state TEXT NOT NULL, answered BLOB) STRICT
        """,
        "CREATE INDEX grant_live ON lease_grant(number) WHERE state = 'live'",
    ]

    private static let chain = [
        "CREATE TABLE counter(name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID",
        """
        CREATE TABLE event(
          seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, code TEXT NOT NULL, arguments TEXT NOT NULL, study INTEGER, medium INTEGER,
          worker INTEGER, grant_number INTEGER, previous BLOB NOT NULL, hash BLOB NOT NULL) STRICT
        """,
        "CREATE INDEX event_study ON event(study, seq) WHERE study IS NOT NULL",
        "CREATE INDEX event_medium ON event(medium, seq) WHERE medium IS NOT NULL",
        "CREATE INDEX event_worker ON event(worker, seq) WHERE worker IS NOT NULL",
        "CREATE TRIGGER event_is_kept BEFORE DELETE ON event BEGIN SELECT RAISE(ABORT, 'events are append-only'); END",
        "CREATE TRIGGER event_is_fixed BEFORE UPDATE ON event BEGIN SELECT RAISE(ABORT, 'events are append-only'); END",
    ]
}
