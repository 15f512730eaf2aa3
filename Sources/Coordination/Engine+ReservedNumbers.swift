import Ledger
import Migration

/// Accession numbers of the reserved range.
extension Engine {
    /// Numbers in a row that one exam finds in use before it is held: bounds the writer's time (law 1). The next exam goes on behind them.
    private static var triesPerExam: Int { 1000 }

    /// Notes in which range numbers are given out from now on.
    func takeUpReservedRange(in turn: Turn) throws {
        let known = try reservedNumbers(in: turn)
        guard known.range != configuration.reservedRange else { return }
        let moved = known.moved(to: configuration.reservedRange, at: try turn.tx.value(of: .unspecifiedExam))
        try turn.tx.writeSetting(moved.text, as: .reservedRange)
    }

    private func reservedNumbers(in turn: Turn) throws -> ReservedNumbers {
        try turn.tx.setting(.reservedRange).flatMap(ReservedNumbers.init) ?? .standard
    }

    /// The next accession number that nobody uses; nil: none is left, or none was found among the next thousand.
    func reserveAccessionNumber(in turn: Turn) throws -> String? {
        let numbers = try reservedNumbers(in: turn)
        for _ in 0..<Self.triesPerExam {
            guard numbers.left(at: try turn.tx.value(of: .unspecifiedExam)) > 0 else { return nil }
            let accession = numbers.range.text(of: try turn.tx.next(.unspecifiedExam) - numbers.base)
            if try !isInUse(accession, in: turn) { return accession }
        }
        return nil
    }

    /// Whether an order, the objects or the plan of a study, the legacy index, or an earlier unspecified exam has this accession number.
    private func isInUse(_ accession: String, in turn: Turn) throws -> Bool {
        try !turn.tx.orders(accessionNumber: accession).isEmpty || !turn.tx.studies(accessionNumber: accession, limit: 1).isEmpty
            || !turn.tx.legacyStudies(accessionNumber: accession, limit: 1).isEmpty || turn.tx.isReserved(accession)
            || !turn.tx.outbound(accessionNumber: accession).isEmpty
    }

    /// What is said when none is left.
    var numbersUsedUp: Sentence {
        let range = configuration.reservedRange
        return Sentence(.numbersUsedUp, [.count(range.count), .accession(range.text(of: range.first)), .accession(range.text(of: range.last))])
    }
}
