import Ledger
import Migration

/// The rules of selection and of the order of work may be others after a restart: what waits is then looked at again, some at a time.
extension Engine {
    /// Studies of one tick: bounds the writer's time (law 1).
    private static var studiesPerReview: Int { 100 }
    /// The states in which a study waits, in the order in which they are looked at.
    private static var waitingStates: [StudyState] { [.ready, .leased, .failed, .held, .exception, .excluded] }

    /// Notes under which rules the studies are decided from now on.
    mutating func takeUpRules(in turn: Turn) throws {
        let standard = MigrationConfiguration(destination: "").rules
        if try turn.tx.setting(.rules) ?? standard != configuration.rules {
            try turn.tx.writeSetting(configuration.rules, as: .rules)
            try turn.tx.writeSetting(Review(state: Self.waitingStates[0], after: StudyID(0)).text, as: .review)
        }
        live.review = try turn.tx.setting(.review).flatMap(Review.init)
    }

    /// Looks at the next studies again.
    mutating func review(in turn: Turn) throws {
        guard var review = live.review else { return }
        let page = Page(after: review.after, limit: Self.studiesPerReview)
        let rows = try turn.tx.studies(StudyFilter(state: review.state), page: page)
        for row in rows {
            try step("looking at study \(row.study.id) under other rules", in: turn) { engine in
                // One before it may have had to do with this one.
                guard let study = try turn.tx.study(row.study.id), study.progress.state == review.state else { return }
                if study.progress.wasGranted || study.decision != nil { try engine.settle(study.id, in: turn) } else { try engine.match([study.id], in: turn) }
            }
        }
        if let last = rows.last, rows.count == Self.studiesPerReview {
            review.after = last.study.id
            live.review = review
        } else {
            let rest = Self.waitingStates.drop { $0 != review.state }.dropFirst()
            live.review = rest.first.map { Review(state: $0, after: StudyID(0)) }
        }
        try turn.tx.writeSetting(live.review?.text, as: .review)
    }
}

/// How far the studies were looked at under other rules.
struct Review: Sendable {
    var state: StudyState
    /// The last study of that state that was looked at.
    var after: StudyID

    init(state: StudyState, after: StudyID) {
        self.state = state
        self.after = after
    }

    /// What ``text`` wrote; nil: it is none.
    init?(_ text: String) {
        let words = text.split(separator: " ")
        guard words.count == 2, let state = StudyState(rawValue: String(words[0])), let number = Int64(words[1]) else { return nil }
        self.init(state: state, after: StudyID(number))
    }

    var text: String { "\(state.rawValue) \(after)" }
}
