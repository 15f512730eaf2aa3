internal import GRDB
internal import Ledger
internal import Migration

extension SQLiteTransaction {
    private static let correctionColumns =
        "c.study, c.sent, c.intended, c.since, c.state, c.ask_at, c.until, c.sentence, c.approved_by, c.listed_at, c.empty_at, c.arrived, c.rejection, "
        + "c.rejections, c.owed, c.round"

    /// One part of what had arrived.
    private struct ArrivedPart: Codable {
        var part: Int64
        var done: String
    }

    private static func correction(_ fields: inout Fields) throws -> CorrectionRecord {
        let (study, sent, intended): (StudyID, SendPlan, SendPlan) = (try fields.id(), try fields.json(), try fields.json())
        let (since, state): (Instant, CorrectionState) = (try fields.instant(), try fields.word())
        var correction = CorrectionRecord(
            study: study, sent: sent, intended: intended, since: since, state: state, askAt: try fields.instantIfPresent(),
            until: try fields.instant(), sentence: try fields.json())
        correction.approvedBy = try fields.textIfPresent()
        correction.listedAt = try fields.instantIfPresent()
        correction.emptyAt = try fields.instantIfPresent()
        let arrived: [ArrivedPart] = try fields.json()
        correction.rejection = try fields.jsonIfPresent()
        correction.rejections = try fields.json()
        (correction.owed, correction.round) = (try fields.count(), try fields.count())
        for one in arrived { correction.arrived[PartID(one.part)] = try Coding.ranges(one.done) }
        return correction
    }

    func correction(of study: StudyID) throws -> CorrectionRecord? {
        try fetchOne("SELECT \(Self.correctionColumns) FROM correction c WHERE c.study = ?", [study.number], Self.correction)
    }

    func putCorrection(_ correction: CorrectionRecord) throws {
        let arrived = correction.arrived.sorted { $0.key < $1.key }.map { ArrivedPart(part: $0.key.number, done: Coding.text($0.value)) }
        try execute(
            """
            INSERT OR REPLACE INTO correction(
              study, sent, intended, since, state, ask_at, until, sentence, approved_by, listed_at, empty_at, arrived, rejection, rejections, owed, round)
              VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                correction.study.number, try Coding.json(correction.sent), try Coding.json(correction.intended), correction.since.milliseconds,
                correction.state.rawValue, correction.askAt?.milliseconds, correction.until.milliseconds, try Coding.json(correction.sentence),
                correction.approvedBy, correction.listedAt?.milliseconds, correction.emptyAt?.milliseconds, try Coding.json(arrived),
                try Coding.jsonIfPresent(correction.rejection), try Coding.json(correction.rejections), correction.owed, correction.round,
            ])
    }

    func removeCorrection(of study: StudyID) throws { try execute("DELETE FROM correction WHERE study = ?", [study.number]) }

    private func rows(_ condition: String, _ arguments: Arguments) throws -> [CorrectionRow] {
        try fetchAll(
            "SELECT \(Self.correctionColumns), \(Self.studyColumns) FROM correction c JOIN study s ON s.id = c.study WHERE \(condition)", arguments
        ) {
            CorrectionRow(correction: try Self.correction(&$0), study: try Self.study(&$0))
        }
    }

    func corrections(includingCorrected: Bool, page: Page<StudyID>) throws -> [CorrectionRow] {
        let state = includingCorrected ? "" : "AND c.state <> 'corrected'"
        return try rows("c.study > ? \(state) ORDER BY c.study LIMIT ?", [page.after?.number ?? 0, page.limit])
    }

    /// What ``MigrationProgress`` has of them.
    func addCorrections(to progress: inout MigrationProgress) throws {
        let tallies: [(CorrectionState, Int)] = try fetchAll("SELECT state, count(*) FROM correction GROUP BY state", []) { (try $0.word(), try $0.count()) }
        progress.corrections = Dictionary(uniqueKeysWithValues: tallies)
        let stopped = "c.state = 'sending' AND s.state IN ('held', 'exception', 'excluded')"
        let present = "SELECT count(*) FROM correction c JOIN study s ON s.id = c.study WHERE c.state <> 'corrected'"
        progress.correctionsUnderWay = try count("\(present) AND c.state <> 'open' AND NOT (\(stopped))")
        let lies = "c.state IN ('approved', 'deleting', 'rejecting')"
        progress.deletedNotSent = try count("\(present) AND NOT (\(lies)) AND s.done_count < c.owed AND s.state IN ('held', 'exception', 'excluded')")
    }

    private func count(_ sql: String) throws -> Int { try fetchOne(sql, []) { try $0.count() } ?? 0 }

    func corrections(dueAt now: Instant, limit: Int) throws -> [CorrectionRow] {
        try rows("c.ask_at <= ? ORDER BY c.ask_at, c.study LIMIT ?", [now.milliseconds, limit])
    }
}
