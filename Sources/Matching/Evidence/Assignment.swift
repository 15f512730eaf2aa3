/// Gives each study of a group at most one order, and each order to at most one study, so that the sum of their scores is the greatest.
struct Assignment {
    /// By study, by order: the score; nil where the order cannot be the study's.
    let scores: [[Int?]]
    private let orderCount: Int

    /// Studies, and orders, that are tried in all ways: 2 to the 9th times 9.
    static var limit: Int { 9 }

    /// What a study counts that is given no order: less than one that fits poorly, more than one that something speaks against.
    static var unassigned: Int { -200 }

    init(scores: [[Int?]]) {
        self.scores = scores
        orderCount = scores.first?.count ?? 0
    }

    /// The greatest sum, and the order of each study; of equal ones that which gives the first study the first order.
    /// - Parameter pair: a study and an order that are not to be given each other; nil: none.
    func best(without pair: (study: Int, order: Int)? = nil) -> (sum: Int, orders: [Int?]) {
        // By the set of orders that the studies behind may still have: what they come to. Filled from the last study to the first.
        var rest = Array(repeating: 0, count: 1 << orderCount)
        var choices: [[Int?]] = []
        for study in scores.indices.reversed() {
            var sums = rest
            var chosen: [Int?] = Array(repeating: nil, count: rest.count)
            for taken in rest.indices {
                sums[taken] = rest[taken] + Self.unassigned
                for order in 0..<orderCount where taken & (1 << order) == 0 {
                    guard let score = scores[study][order], pair?.study != study || pair?.order != order else { continue }
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
