internal import GRDB
internal import Ledger
internal import Migration

extension SQLiteTransaction {
    func workers(page: Page<WorkerID>) throws -> [WorkerRow] {
        let sql = """
            SELECT \(Self.workerColumns),
              (SELECT count(*) FROM part p WHERE p.worker = w.id AND p.custody = 'held' AND p.is_done = 0),
              (SELECT count(*) FROM lease_grant g WHERE g.state = 'live' AND g.worker = w.id AND g.part IS NOT NULL)
            FROM worker w WHERE w.id > ? ORDER BY w.id LIMIT ?
            """
        return try fetchAll(sql, [page.after?.number ?? 0, page.limit]) {
            WorkerRow(worker: try Self.worker(&$0), openParts: try $0.count(), leasedParts: try $0.count())
        }
    }

    func media(state: MediumState?, page: Page<MediumID>) throws -> [MediumRow] {
        let sql = """
            SELECT \(Self.mediumColumns), (SELECT name FROM worker w WHERE w.id = m.worker),
              (SELECT count(DISTINCT study) FROM part p WHERE p.medium = m.id AND p.medium_grant = m.closed_grant),
              (SELECT coalesce(sum(instance_count), 0) FROM part p WHERE p.medium = m.id AND p.medium_grant = m.closed_grant),
              (SELECT count(*) FROM unreadable u WHERE u.medium = m.id AND u.is_resolved = 0)
            FROM medium m WHERE m.id > ? \(state == nil ? "" : "AND m.state = ?") ORDER BY m.id LIMIT ?
            """
        var arguments: [(any Bindable)?] = [page.after?.number ?? 0]
        if let state { arguments.append(state.rawValue) }
        arguments.append(page.limit)
        return try fetchAll(sql, Arguments(arguments)) {
            MediumRow(
                medium: try Self.medium(&$0), workerName: try $0.textIfPresent(), studies: try $0.count(),
                instances: try $0.count(), unreadable: try $0.count())
        }
    }

    /// Labels are kept apart by the unit separator (ASCII 31), which no typed label contains.
    private static let labels = """
        (SELECT group_concat(label, char(31)) FROM
          (SELECT DISTINCT m.label AS label FROM part p JOIN medium m ON m.id = p.medium WHERE p.study = s.id ORDER BY m.label))
        """

    /// The accession numbers of the orders that a study serves beside its own, kept apart likewise.
    private static let served = """
        (SELECT group_concat(accession, char(31)) FROM
          (SELECT o.accession AS accession FROM served_order v CROSS JOIN hospital_order o ON o.id = v.order_id WHERE v.study = s.id ORDER BY v.order_id))
        """

    static let studyRowColumns = "\(studyColumns), \(labels), \(served)"

    static func studyRow(_ fields: inout Fields) throws -> StudyRow {
        let study = try study(&fields)
        func list(_ text: String?) -> [String] { text?.split(separator: "\u{1F}").map(String.init) ?? [] }
        return StudyRow(study: study, labels: list(try fields.textIfPresent()), served: list(try fields.textIfPresent()))
    }

    func studies(_ filter: StudyFilter, page: Page<StudyID>) throws -> [StudyRow] {
        var conditions = ["s.id > ?"]
        var arguments: [(any Bindable)?] = [page.after?.number ?? 0]
        let equalities: [(String, String?)] = [
            ("s.state", filter.state?.rawValue), ("s.outcome", filter.outcome?.rawValue),
            ("s.hold_reason", filter.holdReason?.rawValue), ("s.patient_id", filter.patientID.map(Coding.key)),
        ]
        for case (let column, let value?) in equalities {
            conditions.append("\(column) = ?")
            arguments.append(value)
        }
        if filter.isFlagged { conditions.append("s.flags <> ''") }
        arguments.append(page.limit)
        let condition = conditions.joined(separator: " AND ")
        return try fetchAll(
            "SELECT \(Self.studyRowColumns) FROM study s WHERE \(condition) ORDER BY s.id LIMIT ?",
            Arguments(arguments), Self.studyRow)
    }

    func studyRow(uid: String) throws -> StudyRow? {
        try fetchOne("SELECT \(Self.studyRowColumns) FROM study s WHERE s.uid = ?", [uid], Self.studyRow)
    }

    func instances(of study: StudyID) throws -> [PlacedInstance] {
        let sql = "SELECT p.id, m.label FROM part p JOIN medium m ON m.id = p.medium WHERE p.study = ? ORDER BY p.id"
        let parts: [(PartID, String)] = try fetchAll(sql, [study.number]) { (try $0.id(), try $0.text()) }
        return try parts.flatMap { part, label in
            try instances(of: part).map { PlacedInstance(instance: $0, label: label) }
        }
    }

    func arrivedInstances(of study: StudyID) throws -> [InstanceRecord] {
        let before = try correction(of: study)?.arrived ?? [:]
        return try parts(of: study).flatMap { part in
            let arrived = InstanceRanges(joining: [part.done, before[part.id] ?? InstanceRanges()])
            return arrived.isEmpty ? [] : try instances(of: part.id).enumerated().filter { arrived.contains($0.offset) }.map(\.element)
        }
    }

    func unreadableFiles(includingResolved: Bool, page: Page<Int64>) throws -> [UnreadableRow] {
        let sql = """
            SELECT \(Self.unreadableColumns), m.label FROM unreadable u JOIN medium m ON m.id = u.medium
            WHERE u.id > ? AND (u.is_resolved = 0 OR ?) ORDER BY u.id LIMIT ?
            """
        return try fetchAll(sql, [page.after ?? 0, includingResolved, page.limit]) {
            UnreadableRow(record: try Self.unreadable(&$0), label: try $0.text())
        }
    }

    func progress() throws -> MigrationProgress {
        let studies: [StudyTally] = try fetchAll(
            "SELECT state, count(*), sum(instance_count), sum(byte_count) FROM study GROUP BY state ORDER BY state", []
        ) { StudyTally(state: try $0.word(), count: try $0.count(), instances: try $0.count(), bytes: try $0.integer()) }
        let media: [MediumTally] = try fetchAll("SELECT state, count(*) FROM medium GROUP BY state ORDER BY state", []) {
            MediumTally(state: try $0.word(), count: try $0.count())
        }
        let held: [HoldTally] = try fetchAll(
            "SELECT hold_reason, count(*) FROM study WHERE hold_reason IS NOT NULL GROUP BY hold_reason ORDER BY hold_reason", []
        ) { HoldTally(reason: try $0.word(), count: try $0.count()) }
        var progress = MigrationProgress(
            studies: StudyState.allCases.flatMap { state in studies.filter { $0.state == state } },
            media: MediumState.allCases.flatMap { state in media.filter { $0.state == state } },
            held: HoldReason.allCases.flatMap { reason in held.filter { $0.reason == reason } },
            doneInstances: try sum("SELECT coalesce(sum(done_count), 0) FROM study"),
            orders: try sum("SELECT count(*) FROM hospital_order"),
            unreadableFiles: try sum("SELECT count(*) FROM unreadable WHERE is_resolved = 0"),
            studiesWithoutCustody: try sum(
                """
                SELECT count(DISTINCT p.study) FROM part p JOIN study s ON s.id = p.study WHERE p.custody IN ('lost', 'evicted')
                  AND p.is_done = 0 AND s.state <> 'excluded' AND (p.custody = 'lost' OR s.state = 'ready')
                """))
        progress.openCorrections = try sum("SELECT count(*) FROM correction WHERE state <> 'corrected' AND state IN ('open', 'approved', 'deleting', 'rejecting')")
        progress.mediaReadInPart = try mediaReadInPart(limit: MigrationProgress.mediaLimit).map(\.label)
        try addOutbound(to: &progress)
        try addFlags(to: &progress)
        try addCorrections(to: &progress)
        progress.isUnderReview = try setting(.review) != nil || exists(Self.anyQueued, [])
        return progress
    }

    private func addFlags(to progress: inout MigrationProgress) throws {
        let combinations: [(flags: String, count: Int)] = try fetchAll("SELECT flags, count(*) FROM study WHERE flags <> '' GROUP BY flags", []) {
            (try $0.text(), try $0.count())
        }
        progress.flaggedStudies = combinations.reduce(0) { $0 + $1.count }
        progress.flagged = HoldReason.allCases.compactMap { reason in
            let count = combinations.filter { $0.flags.split(separator: " ").contains(Substring(reason.rawValue)) }.reduce(0) { $0 + $1.count }
            return count > 0 ? HoldTally(reason: reason, count: count) : nil
        }
    }

    private func sum(_ sql: String) throws -> Int { try fetchOne(sql, []) { try $0.count() } ?? 0 }
}
