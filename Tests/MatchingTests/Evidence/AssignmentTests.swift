import Testing

@testable import Matching

@Suite("Assignment of studies to orders") struct AssignmentTests {
    /// All ways, one by one.
    private func greatest(_ scores: [[Int?]], without pair: (study: Int, order: Int)?, study: Int = 0, taken: Set<Int> = []) -> Int {
        guard study < scores.count else { return 0 }
        var best = Assignment.unassigned + greatest(scores, without: pair, study: study + 1, taken: taken)
        for (order, score) in scores[study].enumerated() where !taken.contains(order) {
            guard let score, pair?.study != study || pair?.order != order else { continue }
            best = max(best, score + greatest(scores, without: pair, study: study + 1, taken: taken.union([order])))
        }
        return best
    }

    @Test("The sum is the greatest of all ways, also without a pair, and is that of the orders that are given")
    func all() {
        var random = SeededGenerator(state: 7)
        for _ in 0..<300 {
            let (studies, orders) = (Int.random(in: 1...5, using: &random), Int.random(in: 1...5, using: &random))
            let scores: [[Int?]] = (0..<studies).map { _ in
                (0..<orders).map { _ in Bool.random(using: &random) ? Int.random(in: -500...900, using: &random) : nil }
            }
            let assignment = Assignment(scores: scores)
            let best = assignment.best()
            #expect(best.sum == greatest(scores, without: nil))
            let given = best.orders.compactMap(\.self)
            #expect(Set(given).count == given.count)
            var counted = 0
            for (study, order) in best.orders.enumerated() { counted += order.map { scores[study][$0] ?? .min } ?? Assignment.unassigned }
            #expect(counted == best.sum)
            let pair = (study: Int.random(in: 0..<studies, using: &random), order: Int.random(in: 0..<orders, using: &random))
            #expect(assignment.best { $0 != pair.study || $1 != pair.order }.sum == greatest(scores, without: pair))
        }
    }

    @Test("What a study gets depends on neither order: certain only where every best way has it so")
    func lots() {
        #expect(Assignment(scores: [[100, 0], [0, 100]]).lots() == [.certain(order: 0, margin: 200), .certain(order: 1, margin: 200)])
        // Two studies of two orders that fit alike, and one that fits none.
        #expect(Assignment(scores: [[100, 100], [100, 100], [nil, nil]]).lots() == [.torn([0, 1]), .torn([0, 1]), .none])
        // Two studies of one order: either may get nothing.
        #expect(Assignment(scores: [[100], [100]]).lots() == [.none, .none])
        #expect(Assignment(scores: [[300], [100]]).lots() == [.certain(order: 0, margin: 200), .none])
    }

    @Test("A study without any order that could be its own is given none")
    func none() {
        #expect(Assignment(scores: [[], []]).best().orders == [nil, nil])
        #expect(Assignment(scores: [[-201]]).best().orders == [nil])
        #expect(Assignment(scores: [[-199]]).best().orders == [0])
    }
}
