import Ledger
import Migration

/// The rules of matching, selection and the order of work may be others after a restart: what waits is then looked at again, some at a time, and nothing is
/// leased before it was.
extension Engine {
    /// Studies of one tick: bounds the writer's time (law 1).
    private static var studiesPerReview: Int { 100 }
    /// The states in which a study waits, in the order in which they are looked at.
    private static var waitingStates: [StudyState] { [.ready, .leased, .failed, .held, .exception, .excluded] }
    /// Those in which it was sent: what an earlier program did not see is flagged.
    private static var sentStates: [StudyState] { [.sent, .verified, .verifiedIncomplete] }

    /// Notes under which rules the studies are decided from now on.
    mutating func takeUpRules(in turn: Turn) throws {
        let standard = MigrationConfiguration(destination: "").rules
        if try turn.tx.setting(.rules) ?? standard != configuration.rules {
            try turn.tx.writeSetting(configuration.rules, as: .rules)
            try beginReview(in: turn)
        }
        live.review = try turn.tx.setting(.review).flatMap(Review.init)
    }

    /// All that waits is looked at again. Where nothing was read yet, nothing was decided under other rules.
    private func beginReview(in turn: Turn) throws {
        guard try !turn.tx.studies(StudyFilter(), page: Page(limit: 1)).isEmpty else { return }
        let isWithSent = try turn.tx.setting(.review).flatMap(Review.init)?.isWithSent ?? false
        try turn.tx.writeSetting(Review(state: Self.waitingStates[0], after: StudyID(0), isWithSent: isWithSent).text, as: .review)
    }

    /// A medium that was read stands in the list otherwise now: other policies may be for its studies.
    mutating func reviewPolicies(in turn: Turn) throws {
        guard !configuration.policies.sources.isEmpty else { return }
        try beginReview(in: turn)
        live.review = try turn.tx.setting(.review).flatMap(Review.init)
        live.reviewed = ReviewedAlready()
    }

    /// Looks at the next studies again.
    mutating func review(in turn: Turn) throws {
        guard var review = live.review else { return }
        let page = Page(after: review.after, limit: Self.studiesPerReview)
        let rows = try turn.tx.studies(StudyFilter(state: review.state), page: page)
        for row in rows {
            let patient = Identifying(row.study.header.patient.patientID.trimmed)
            guard live.reviewed.isNew(patient) else { continue }
            try step("looking at study \(row.study.id) under other rules", in: turn) { try $0.match([row.study.id], in: turn) }
        }
        if let last = rows.last, rows.count == Self.studiesPerReview {
            review.after = last.study.id
            live.review = review
        } else {
            let states = Self.waitingStates + (review.isWithSent ? Self.sentStates : [])
            live.review = states.drop { $0 != review.state }.dropFirst().first.map { Review(state: $0, after: StudyID(0), isWithSent: review.isWithSent) }
            if live.review == nil { live.reviewed = ReviewedAlready() }
        }
        try turn.tx.writeSetting(live.review?.text, as: .review)
    }

    /// Matches what a worker could be leased next and the review has not come to.
    mutating func reviewAhead(of worker: WorkerID, _ count: Int, in turn: Turn) throws {
        guard live.review?.state == Self.waitingStates[0] else { return }
        let next = try turn.tx.leasableParts(of: worker, at: turn.now, limit: count).filter { !isReviewed($0) }.map(\.part.study)
        for study in Self.distinct(next) {
            // One that cannot be matched stays where it is, and keeps no other from its worker.
            try step("looking at study \(study) under other rules", in: turn) { engine in
                try engine.match([study], in: turn)
                engine.live.reviewed.studies.insert(study)
            }
        }
    }

    /// Whether a part that may be leased was decided under the rules that hold: of one that was leased before, nothing is decided anew.
    func isReviewed(_ part: LeasablePart) -> Bool {
        guard let review = live.review, review.state == Self.waitingStates[0], !part.wasGranted else { return true }
        return part.part.study <= review.after || live.reviewed.studies.contains(part.part.study)
    }
}

/// What a review need not look at again. A restart forgets it, which costs time alone.
struct ReviewedAlready: Sendable {
    /// Studies that were matched ahead of the review.
    var studies: Set<StudyID> = []
    private var patients: Set<Identifying> = []

    /// Patients that are remembered: one with many studies comes again and again, and is matched as a whole each time.
    private static var patientLimit: Int { 100_000 }

    /// Whether the patient was not seen yet, as far as is remembered; a blank one is nobody, and always new.
    mutating func isNew(_ patient: Identifying) -> Bool {
        guard !patient.isBlank else { return true }
        if patients.count >= Self.patientLimit { patients = [] }
        return patients.insert(patient).inserted
    }
}

/// How far the studies were looked at under other rules.
struct Review: Sendable {
    var state: StudyState
    /// The last study of that state that was looked at.
    var after: StudyID
    /// Whether what was sent is looked at as well, behind all that waits: an earlier program may have sent it.
    var isWithSent: Bool

    init(state: StudyState, after: StudyID, isWithSent: Bool) {
        self.state = state
        self.after = after
        self.isWithSent = isWithSent
    }

    /// What ``text`` wrote; nil: it is none.
    init?(_ text: String) {
        let words = text.split(separator: " ")
        guard words.count == 2 || words.count == 3 && words[2] == "sent", let state = StudyState(rawValue: String(words[0])), let number = Int64(words[1]) else { return nil }
        self.init(state: state, after: StudyID(number), isWithSent: words.count == 3)
    }

    var text: String { "\(state.rawValue) \(after)\(isWithSent ? " sent" : "")" }
}
