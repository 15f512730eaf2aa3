public import Migration

/// One order that may be a study's own, with what speaks for it and against it: what the matcher that decides goes by.
public struct Candidate: Hashable, Sendable {
    /// How one thing bears on the order.
    public enum Bearing: String, Hashable, Sendable, Codable, CaseIterable {
        /// It forbids an automatic match.
        case contradicts
        /// It speaks against the order.
        case against
        /// It speaks for the order.
        case speaksFor = "for"
    }

    /// One thing that is compared.
    public struct Fact: Hashable, Sendable {
        /// What is compared, in the words of ``Evidence/Kind``, or `patient ID`, `issuer`, `status`.
        public var what: String
        /// How it bears on the order.
        public var bearing: Bearing
        /// How much it says, as ``Evidence/weight``; nil where nothing is weighed.
        public var weight: Int?
        /// What the objects say.
        public var shown: Identifying
        /// What the order says.
        public var ordered: Identifying

        /// A fact of these values.
        public init(_ what: String, _ bearing: Bearing, weight: Int? = nil, shown: Identifying, ordered: Identifying) {
            self.what = what
            self.bearing = bearing
            self.weight = weight
            self.shown = shown
            self.ordered = ordered
        }
    }

    /// The order.
    public var order: OrderID
    /// Whether the paper's rule counts it: of the patient ID, issuer, day and modality, and not cancelled.
    public var isCandidate: Bool
    /// Whether it is the order that the study is matched with, or that evidence finds the most fitting.
    public var isBest: Bool
    /// What bears on it: contradictions first, then what speaks against it, then what speaks for it; what weighs more first.
    public var facts: [Fact]
    /// The sum of what evidence weighs, in hundredths; nil where evidence is not asked, or does not look at orders of that day.
    public var score: Int?
    /// Why evidence leaves it to a person; nil where it does not.
    public var bar: EvidenceBar?
    /// The other studies that have the order or would get it, in the order of their IDs.
    public var claimants: [StudyID]

    /// Whether something forbids an automatic match.
    public var isContradicted: Bool { facts.contains { $0.bearing == .contradicts } }
}

/// What is decided of a study, and all the orders that a person may choose among.
public struct Assessment: Hashable, Sendable {
    /// The decision.
    public var match: Match
    /// The orders: the most fitting first.
    public var candidates: [Candidate]
}

extension MatchingPolicy {
    /// What is decided of one of `studies`, and how each order bears on it.
    ///
    /// - Parameters:
    ///   - id: The study.
    ///   - studies: As in ``match(studies:orders:known:)``.
    ///   - orders: Likewise.
    ///   - known: Likewise.
    ///   - contemporaries: Likewise.
    ///   - others: Orders of other patient IDs that a person may choose all the same; they decide nothing.
    /// - Returns: Nil where `studies` do not hold the study.
    public func assess(
        _ id: StudyID, among studies: [MatchableStudy], orders: [MatchableOrder], known: Set<Identifying> = [], contemporaries: Contemporaries = Contemporaries(),
        others: [MatchableOrder] = []
    ) -> Assessment? {
        let matches = match(studies: studies, orders: orders, known: known, contemporaries: contemporaries)
        guard let study = studies.first(where: { $0.id == id }), let match = matches.first(where: { $0.study == id }) else { return nil }
        let pairings = pairings(of: study, among: studies, orders: orders, known: known, contemporaries)
        var claimants = rule.claimants(studies: studies, orders: orders + others)
        for match in matches { if let order = match.order { claimants[order, default: []].append(match.study) } }
        let candidates = (orders + others).map { order in
            let pairing = pairings.first { $0.order == order.id }
            return Ranked(
                candidate: Candidate(
                    order: order.id, isCandidate: match.candidates.contains(order.id),
                    isBest: order.id == (match.order ?? match.weighing?.order),
                    facts: FactFinder(study, order.order, pairing, rule.mapping).facts, score: pairing?.score,
                    bar: match.weighing?.order == order.id ? match.weighing?.bar : pairing?.bar,
                    claimants: Set(claimants[order.id] ?? []).subtracting([id]).sorted()),
                order: order.order, day: study.header.date)
        }
        return Assessment(match: match, candidates: candidates.sorted(by: Ranked.isBefore).map(\.candidate))
    }
}

/// A candidate with what its place in the list goes by.
private struct Ranked {
    let candidate: Candidate
    private let distance: Int
    private let numbers: Int
    private let contradictions: Int
    private let isCancelled: Bool
    private let accessionNumber: String

    init(candidate: Candidate, order: Order, day: CalendarDate?) {
        self.candidate = candidate
        distance = order.examDate.flatMap { examDate in day.map { abs($0.ordinal - examDate.ordinal) } } ?? Int.max
        numbers = candidate.facts.count { $0.bearing == .speaksFor && FactFinder.numbers.contains($0.what) }
        contradictions = candidate.facts.count { $0.bearing == .contradicts }
        isCancelled = order.isCancelled
        accessionNumber = order.accessionNumber
    }

    /// What decides goes first, then what forbids, then what evidence weighs; where nothing is weighed, the day and how much speaks against it.
    static func isBefore(_ left: Ranked, _ right: Ranked) -> Bool {
        let (one, other) = (left.candidate, right.candidate)
        if one.isBest != other.isBest { return one.isBest }
        if left.isCancelled != right.isCancelled { return right.isCancelled }
        if (left.contradictions == 0) != (right.contradictions == 0) { return left.contradictions == 0 }
        if left.numbers != right.numbers { return left.numbers > right.numbers }
        if one.isCandidate != other.isCandidate { return one.isCandidate }
        if one.score != other.score { return (one.score ?? Int.min) > (other.score ?? Int.min) }
        if left.distance != right.distance { return left.distance < right.distance }
        let against = (one.facts.count { $0.bearing != .speaksFor }, other.facts.count { $0.bearing != .speaksFor })
        if against.0 != against.1 { return against.0 < against.1 }
        return (left.accessionNumber, one.order) < (right.accessionNumber, other.order)
    }
}
