import LineProtocol
import Migration

/// Verdicts gathered from several associations at once.
actor VerdictBook {
    private(set) var ledger = VerdictLedger()
    /// Positions that are at the destination as far as its own word goes.
    private(set) var arrivedPositions: Set<Int> = []
    private var readBack: Set<Int> = []

    func begin(with ledger: VerdictLedger) { self.ledger = ledger }

    /// The destination acknowledged them, or gave back equal objects.
    func arrived(_ positions: [Int], isReadBack: Bool = false) {
        arrivedPositions.formUnion(positions)
        if isReadBack { readBack.formUnion(positions) }
    }

    /// Takes the destination's word for what arrived; what was read back is verified.
    func acknowledge() {
        ledger.set(arrivedPositions.subtracting(readBack).sorted(), .acknowledged)
        ledger.set(readBack.sorted(), .verified)
    }

    func verify(_ positions: [Int]) { ledger.set(positions, .verified) }

    func fail(_ positions: [Int], _ category: ExceptionCategory, _ detail: String) { ledger.set(positions, .failed(category), detail) }
}
