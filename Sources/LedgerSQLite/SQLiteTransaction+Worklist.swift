internal import GRDB
internal import Ledger
internal import Migration

extension SQLiteTransaction {
    func take(of study: StudyID) throws -> TakeRecord? {
        try fetchOne("SELECT study, taken_by, taken_at, until FROM take WHERE study = ?", [study.number]) {
            TakeRecord(study: try $0.id(), by: try $0.text(), at: try $0.instant(), until: try $0.instant())
        }
    }

    func putTake(_ take: TakeRecord) throws {
        try execute(
            "INSERT OR REPLACE INTO take(study, taken_by, taken_at, until) VALUES (?, ?, ?, ?)",
            [take.study.number, take.by, take.at.milliseconds, take.until.milliseconds])
    }

    func removeTake(of study: StudyID) throws { try execute("DELETE FROM take WHERE study = ?", [study.number]) }

    // MARK: Postponements

    private static func postponement(_ fields: inout Fields) throws -> PostponementRecord {
        PostponementRecord(
            study: try fields.id(), by: try fields.text(), at: try fields.instant(), until: try fields.instant(), reason: Identifying(try fields.text()))
    }

    private func postponements(_ condition: String, _ arguments: Arguments) throws -> [PostponementRecord] {
        try fetchAll("SELECT study, put_off_by, put_off_at, until, reason FROM postponement WHERE \(condition)", arguments, Self.postponement)
    }

    func postponement(of study: StudyID) throws -> PostponementRecord? { try postponements("study = ?", [study.number]).first }

    func putPostponement(_ postponement: PostponementRecord) throws {
        try execute(
            "INSERT OR REPLACE INTO postponement(study, put_off_by, put_off_at, until, reason) VALUES (?, ?, ?, ?, ?)",
            [
                postponement.study.number, postponement.by, postponement.at.milliseconds, postponement.until.milliseconds,
                postponement.reason.reveal(),
            ])
    }

    func removePostponement(of study: StudyID) throws { try execute("DELETE FROM postponement WHERE study = ?", [study.number]) }

    func postponementsToEnd(at now: Instant, limit: Int) throws -> [PostponementRecord] {
        try postponements("until <= ? ORDER BY until, study LIMIT ?", [now.milliseconds, limit])
    }

    // MARK: Orders that a study serves beside its own

    private static let served = FrequentStatement("SELECT order_id FROM served_order WHERE study = ? ORDER BY order_id")
    private static let serving = FrequentStatement("SELECT study FROM served_order WHERE order_id = ? ORDER BY study")

    func servedOrders(of study: StudyID) throws -> [OrderID] { try fetchAll(Self.served, { $0.put(study.number) }) { try $0.id() } }

    func studies(serving order: OrderID) throws -> [StudyID] { try fetchAll(Self.serving, { $0.put(order.number) }) { try $0.id() } }

    func putServedOrders(_ orders: [OrderID], of study: StudyID) throws {
        try execute("DELETE FROM served_order WHERE study = ?", [study.number])
        for order in orders { try execute("INSERT OR IGNORE INTO served_order(study, order_id) VALUES (?, ?)", [study.number, order.number]) }
    }

    // MARK: Lists

    func waitingStudies(_ filter: WaitingFilter, at now: Instant, page: Page<StudyID>) throws -> [StudyRow] {
        var query = WaitingQuery(filter)
        if filter.reason == nil { query.leaveOut(HoldReason.allCases.filter(\.passesByItself)) }
        query.add("NOT EXISTS (SELECT 1 FROM postponement p WHERE p.study = s.id AND p.until > ?)", now.milliseconds)
        return try rows(query, "study s", page)
    }

    func postponedStudies(_ filter: WaitingFilter, at now: Instant, page: Page<StudyID>) throws -> [StudyRow] {
        var query = WaitingQuery(filter)
        query.add("p.until > ?", now.milliseconds)
        // Few are put off: they are walked, and their studies looked at.
        return try rows(query, "postponement p CROSS JOIN study s ON s.id = p.study", page, key: "p.study")
    }

    private func rows(_ query: WaitingQuery, _ tables: String, _ page: Page<StudyID>, key: String = "s.id") throws -> [StudyRow] {
        var query = query
        query.add("\(key) > ?", page.after?.number ?? 0)
        return try fetchAll(
            "SELECT \(Self.studyRowColumns) FROM \(tables) WHERE \(query.condition) ORDER BY \(key) LIMIT ?", Arguments(query.arguments + [page.limit]), Self.studyRow)
    }
}

/// The conditions of a list of held studies, with the values in their places.
private struct WaitingQuery {
    private var conditions = ["s.state = 'held'"]
    private(set) var arguments: [(any Bindable)?] = []

    /// A Study Date as the objects write it, in the form YYYYMMDD.
    private static let day = "replace(replace(trim(s.header ->> '$.studyDate'), '.', ''), '-', '')"

    init(_ filter: WaitingFilter) {
        if let reason = filter.reason { add("s.hold_reason = ?", reason.rawValue) }
        // The modalities are a list of strings in JSON.
        if let modality = filter.modality { add("instr(s.header ->> '$.modalities', ?) > 0", "\"\(modality)\"") }
        if let first = filter.first { add("\(Self.day) >= ?", first.description) }
        if let last = filter.last { add("\(Self.day) <= ?", last.description) }
        if filter.first ?? filter.last != nil { conditions.append("length(\(Self.day)) = 8") }
    }

    mutating func leaveOut(_ reasons: [HoldReason]) {
        conditions.append("s.hold_reason NOT IN (\(reasons.map { "'\($0.rawValue)'" }.joined(separator: ", ")))")
    }

    mutating func add(_ condition: String, _ value: any Bindable) {
        conditions.append(condition)
        arguments.append(value)
    }

    var condition: String { conditions.joined(separator: " AND ") }
}
