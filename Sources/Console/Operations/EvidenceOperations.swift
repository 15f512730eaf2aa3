internal import Coordination
internal import Dispatch
internal import Ledger
public import Matching
internal import Migration

/// Learns what consoles call the hospital's procedures, from all studies that are known; nothing is changed.
public struct LearnVocabulary: ConsoleOperation {
    public static let path = "/v1/matching/vocabulary"
    public static let isReading = true
    /// As long as a simulation of the matching, for each round.
    public static var timeLimit: Duration { .seconds(3600 * VocabularyLearner.rounds) }

    /// What it came to.
    public struct Output: Codable, Hashable, Sendable {
        /// Studies whose order the paper's rule alone found, with the birth date agreeing.
        public var studies: Int
        /// What was learned.
        public var vocabulary: ExamVocabulary
    }

    /// The learning.
    public init() {}

    public func perform(at desk: Desk) async throws -> Output {
        try await SimulateMatching.queued {
            try desk.ledger.read { reader in
                let mapping = desk.matching.rule.mapping
                var learner = VocabularyLearner(mapping: mapping)
                func round() throws {
                    try reader.walkFamilies(behind: "", { [$0] }) { family in
                        learner.add(studies: family.matchable(mapping), orders: family.matchableOrders)
                        return true
                    }
                }
                try round()
                for _ in 1..<VocabularyLearner.rounds {
                    learner.beginNextRound()
                    try round()
                }
                return Output(studies: learner.studies, vocabulary: learner.vocabulary())
            }
        }
    }
}

/// What matching would say of each study that is known, if all were open: a page at a time; nothing is changed.
public struct ListSimulatedMatches: ConsoleOperation {
    public static let path = "/v1/matching/matches"
    public static let isReading = false
    public static var timeLimit: Duration { .seconds(600) }

    /// Where to go on, as the page before said it; empty at the beginning.
    public var behind: String

    /// What would be decided of one study.
    public struct Row: Codable, Hashable, Sendable {
        /// Study Instance UID.
        public var studyInstanceUID: String
        /// The outcome, in the paper's words.
        public var outcome: String
        /// Why it is for a person, or not matched; a code.
        @OrNull public var reason: String?
        /// The order that it is matched with, or that evidence finds the most fitting.
        @OrNull public var accessionNumber: String?
        /// What evidence says; nil where it is not asked or finds nothing.
        @OrNull public var weighing: Weighing?
    }

    /// A page.
    public struct Output: Codable, Hashable, Sendable {
        /// Studies, patient by patient.
        public var rows: [Row]
        /// Where to go on; nil when all were listed.
        @OrNull public var next: String?
    }

    /// Studies after which a page ends, with those of the patient at hand.
    private static var pageLength: Int { 5000 }

    /// A page from `behind` on.
    public init(behind: String = "") { self.behind = behind }

    public func perform(at desk: Desk) async throws -> Output {
        try await SimulateMatching.queued {
            try desk.ledger.read { reader in
                var page = Output(rows: [], next: nil)
                try reader.walkFamilies(behind: Identifying(behind), { try reader.family(of: $0, by: desk.matching).members }) { family in
                    page.rows += try family.rows(desk.matching, reader)
                    if page.rows.count >= Self.pageLength { page.next = family.leader.reveal() }
                    return page.next == nil
                }
                return page
            }
        }
    }
}

extension PatientFamily {
    /// The studies as matching sees them: all open, and numbered as they come.
    func matchable(_ mapping: ModalityMapping) -> [MatchableStudy] {
        studies.enumerated().map { number, study in
            var header = study.header
            if study.isLegacy { header.modalities = Set(header.modalities.flatMap { mapping.modalities(of: $0) }).sorted() }
            return MatchableStudy(id: StudyID(Int64(number)), header: header, images: study.images)
        }
    }

    /// The orders as matching sees them.
    var matchableOrders: [MatchableOrder] { orders.map { MatchableOrder(id: $0.id, order: $0.order) } }

    /// What is decided of them, with the patients that their objects mean by now.
    fileprivate func rows(_ matching: MatchingPolicy, _ ledger: any LedgerLookup) throws -> [ListSimulatedMatches.Row] {
        var present = matchable(matching.rule.mapping)
        for place in present.indices { present[place].header = try ledger.present(present[place].header) }
        let family = try ledger.family(of: leader, by: matching)
        let contemporaries = try ledger.contemporaries(of: present, matchableOrders, besides: family.members, by: matching)
        let matches = matching.match(studies: present, orders: matchableOrders, known: family.told, contemporaries: contemporaries)
        let numbers = Dictionary(orders.map { ($0.id, $0.order.accessionNumber) }, uniquingKeysWith: { first, _ in first })
        return zip(studies, matches).map { study, match in
            ListSimulatedMatches.Row(
                studyInstanceUID: study.header.studyInstanceUID, outcome: match.outcome.rawValue, reason: match.reason?.rawValue,
                accessionNumber: (match.order ?? match.weighing?.order).flatMap { numbers[$0] }, weighing: match.weighing)
        }
    }
}
