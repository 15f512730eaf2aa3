/// What the best assignments give a study, all of those that come to the same sum.
enum Lot: Hashable {
    /// All of them this order, the next best way being worse by the margin.
    case certain(order: Int, margin: Int)
    /// One of several orders.
    case torn([Int])
    /// Some of them, or all, no order.
    case none
}

/// Gives each study of a group at most one order, and each order to at most one study, so that the sum of their scores is the greatest.
struct Assignment {
    /// By study, by order: the score; nil where the order cannot be the study's.
    let scores: [[Int?]]
    private let orderCount: Int

    /// Studies, and orders, that are tried in all ways: 2 to the 9th times 9.
    static var limit: Int { 9 }

    /// What a study counts that is given no order: less than one that fits poorly, more than one that something speaks against.
    static var unassigned: Int { -200 }

    /// The scores of each study, by order; nil where the order cannot be the study's.
    init(scores: [[Int?]]) {
        self.scores = scores
        orderCount = scores.first?.count ?? 0
    }

    /// What each study gets. Neither the order of the studies nor that of the orders decides between ways that come to the same.
    func lots() -> [Lot] {
        let best = best()
        return scores.indices.map { study in
            guard let order = best.orders[study] else { return .none }
            let margin = best.sum - self.best { $0 != study || $1 != order }.sum
            if margin > 0 { return .certain(order: order, margin: margin) }
            if self.best(among: { other, _ in other != study }).sum == best.sum { return .none }
            return .torn((0..<orderCount).filter { order in
                scores[study][order] != nil && self.best { $0 != study || $1 == order }.sum == best.sum
            })
        }
    }

    /// The greatest sum, and the order of each study; of equal ones that which gives the first study the first order.
    /// - Parameter mayHave: whether a study may have an order.
    func best(among mayHave: (_ study: Int, _ order: Int) -> Bool = { _, _ in true }) -> (sum: Int, orders: [Int?]) {
        // By the set of orders that the studies behind may still have: what they come to. Filled from the last study to the first.
        var rest = Array(repeating: 0, count: 1 << orderCount)
        var choices: [[Int?]] = []
        for study in scores.indices.reversed() {
            var sums = rest
            var chosen: [Int?] = Array(repeating: nil, count: rest.count)
            for taken in rest.indices {
                sums[taken] = rest[taken] + Self.unassigned
                for order in 0..<orderCount where taken & (1 << order) == 0 {
                    guard let score = scores[study][order], mayHave(study, order) else { continue }
                    let sum = score + rest[taken | 1 << order]
                    if sum > sums[taken] { (sums[taken], chosen[taken]) = (sum, order) }
                }
            }
            rest = sums
            choices.append(chosen)
        }
        var taken = 0
        let orders = choices.reversed().map { chosen in
            let order = chosen[taken]
            if let order { taken |= 1 << order }
            return order
        }
        return (rest[0], orders)
    }
}
