import Migration

/// Studies that could have the same orders, and those orders: they are assigned together, one to one.
struct EvidenceGroup {
    /// What evidence comes to for one study.
    struct Finding {
        var pairing: Pairing
        /// The order that fits the study best, were it alone.
        var fittest: Pairing
        /// How much better than any other way this is, in hundredths.
        var margin: Int
        /// Why it is for a person; nil when it is not.
        var bar: EvidenceBar?
        /// The orders that could be the study's as well, though another study has them or would get them.
        var rivalled: Set<OrderID>
        /// See ``EvidenceGroup/reach``.
        var reach: ClosedRange<CalendarDate>?

        /// Whether a person may well find the order to be the study's own.
        var mayFit: Bool {
            switch bar {
            case .identity, .time, .exam, .unassigned: false
            case .competing: true
            case nil, .unconfirmed, .unusual, .otherOrder, .tooMany, .score, .margin: pairing.score >= 0
            }
        }
    }

    /// An open study and the orders that could be its own; one at least.
    struct Member {
        let study: StudyTraits
        let pairings: [Pairing]

        /// A study with what it says of each order. Where it bears the accession number of one and shows another exam of the patient, by a mark of that one's own, the
        /// number may be the last exam's, left in place.
        init(study: StudyTraits, pairings: [Pairing]) {
            self.study = study
            let numbered = pairings.first { $0.score != $0.scoreWithoutNumber }
            let others = pairings.filter { $0.order != numbered?.order && ![.identity, .time, .exam].contains($0.bar) }
            let isDoubtful = numbered.map { own in others.contains { $0.score >= own.scoreWithoutNumber + EvidenceGroup.leastOwn } } ?? false
            self.pairings = isDoubtful ? pairings.map(\.doubtingNumber) : pairings
        }
    }

    private let open: [Member]
    /// The orders of each study whose order is settled.
    private let settled: [[OrderID]]
    private let orders: [OrderID]

    init(open: [Member], settled: [[OrderID]]) {
        self.open = open
        self.settled = settled
        orders = Set(open.flatMap { $0.pairings.map(\.order) }).sorted()
    }

    /// Studies that hang together by orders that could be either's; both in the order that `members` have.
    static func groups(of members: [Member]) -> [[Member]] {
        var groups: [[Int]] = []
        var groupOfOrder: [OrderID: Int] = [:]
        for (index, member) in members.enumerated() {
            var joined: [Int] = []
            for pairing in member.pairings {
                if let known = groupOfOrder[pairing.order], !joined.contains(known) { joined.append(known) }
            }
            let group = joined.first ?? groups.count
            if joined.isEmpty { groups.append([]) }
            for other in joined.dropFirst() {
                for moved in groups[other] { for pairing in members[moved].pairings { groupOfOrder[pairing.order] = group } }
                groups[group] += groups[other]
                groups[other] = []
            }
            groups[group].append(index)
            for pairing in member.pairings { groupOfOrder[pairing.order] = group }
        }
        return groups.filter { !$0.isEmpty }.map { $0.sorted().map { members[$0] } }
    }

    /// The days on which a study could have a say in this: those of its studies and orders, and the ones beside them.
    var reach: ClosedRange<CalendarDate>? {
        let days = open.flatMap { [$0.study.day] + $0.pairings.map(\.day) }.compactMap(\.self)
        guard let first = days.min(), let last = days.max() else { return nil }
        return (first.previous ?? first)...(last.next ?? last)
    }

    /// The finding for each open study.
    func findings(_ policy: EvidencePolicy) -> [Finding] {
        guard open.count + settled.count <= Assignment.limit, orders.count <= Assignment.limit else {
            return open.map { member in
                let fittest = Self.fittest(member.pairings)
                return Finding(pairing: fittest, fittest: fittest, margin: 0, bar: .tooMany, rivalled: Set(member.pairings.map(\.order)))
            }
        }
        let lots = Assignment(scores: open.map { scores($0.pairings) } + settled.map(fixed)).lots()
        return open.indices.map { study in
            let fittest = Self.fittest(open[study].pairings)
            let rivalled = Set(open[study].pairings.filter { isRival(study, $0, lots) }.map(\.order))
            guard case .certain(let order, let least) = lots[study], let pairing = pairing(study, order) else {
                let bar: EvidenceBar = lots[study] != .none ? .margin : fittest.mayBeRival ? .competing : .unassigned
                return Finding(pairing: fittest, fittest: fittest, margin: 0, bar: fittest.bar ?? bar, rivalled: rivalled)
            }
            let margin = min(least, ownMargin(study, order, lots))
            return Finding(pairing: pairing, fittest: fittest, margin: margin, bar: bar(study, order, pairing, margin, lots, policy), rivalled: rivalled)
        }
    }

    /// The pairing with the greatest score, of equal ones one that nothing bars; a member has one at least.
    private static func fittest(_ pairings: [Pairing]) -> Pairing {
        pairings.dropFirst().reduce(pairings[0]) { $1.score > $0.score || $1.score == $0.score && $0.bar != nil && $1.bar == nil ? $1 : $0 }
    }

    private func scores(_ pairings: [Pairing]) -> [Int?] {
        orders.map { order in pairings.first { $0.order == order }?.score }
    }

    /// A settled study has its orders, whatever else would fit.
    private func fixed(_ own: [OrderID]) -> [Int?] { orders.map { own.contains($0) ? Self.settledScore : nil } }

    private func pairing(_ study: Int, _ order: Int) -> Pairing? { open[study].pairings.first { $0.order == orders[order] } }

    /// How much better the order fits the study itself than the next one. Where each study has an order and each order a study, it is enough that it fits
    /// better at all; else it must by the whole margin: by elimination alone a study of an exam that nobody ordered would get the order of one that was lost.
    private func ownMargin(_ study: Int, _ order: Int, _ lots: [Lot]) -> Int {
        let all = open[study].pairings
        guard let own = pairing(study, order)?.score, let next = all.filter({ $0.order != orders[order] }).map(\.score).max() else { return Int.max }
        let isComplete = open.count + settled.count == orders.count && !lots.contains(.none)
        return isComplete && own - next >= Self.leastOwn ? Int.max : own - next
    }

    private func bar(_ study: Int, _ order: Int, _ pairing: Pairing, _ margin: Int, _ lots: [Lot], _ policy: EvidencePolicy) -> EvidenceBar? {
        if let bar = pairing.bar { return bar }
        if hasRival(study, order, pairing, lots) { return .competing }
        if pairing.score < policy.threshold { return .score }
        return margin < max(policy.margin, Self.leastMargin) ? .margin : nil
    }

    /// Whether another open study could be the order's as well.
    private func hasRival(_ study: Int, _ order: Int, _ own: Pairing, _ lots: [Lot]) -> Bool {
        open.indices.contains { other in
            guard other != study, let pairing = pairing(other, order) else { return false }
            return isRival(other, pairing, lots) || fitsAsWell(pairing, as: own)
        }
    }

    /// Whether another study of the order's modality and day fits it no less than one of another's.
    private func fitsAsWell(_ other: Pairing, as own: Pairing) -> Bool { !own.isUsual && other.isUsual && other.claims && other.score >= own.score }

    /// Whether an open study could be an order's that it does not get: one that got none, and fits it; or one that fits it much better than what it got.
    private func isRival(_ study: Int, _ pairing: Pairing, _ lots: [Lot]) -> Bool {
        guard let own = ownScore(study, lots[study]) else { return pairing.mayBeRival }
        return pairing.score >= own + Self.rivalLead
    }

    /// The score of what a study gets at the least; nil: it may get nothing.
    private func ownScore(_ study: Int, _ lot: Lot) -> Int? {
        switch lot {
        case .certain(let order, _): pairing(study, order)?.score
        case .torn(let orders): orders.compactMap { pairing(study, $0)?.score }.min()
        case .none: nil
        }
    }

    private static var settledScore: Int { 10_000 }
    /// Of two orders of a full group one must fit the study better by a mark of its own, such as the side.
    private static var leastOwn: Int { 70 }
    /// Ties are nobody's, whatever the policy.
    private static var leastMargin: Int { 1 }
    private static var rivalLead: Int { 200 }
}
