import DICOM
import LineProtocol
import Migration

/// Verdicts gathered from several associations at once.
actor VerdictBook {
    private(set) var ledger = VerdictLedger()
    /// Positions that are at the destination as far as its own word goes.
    private(set) var arrivedPositions: Set<Int> = []
    private var readBack: Set<Int> = []
    /// The warnings with which the destination took instances, by position.
    private(set) var warnings: [Int: String] = [:]

    /// Elements that were changed because an instance was written in another transfer syntax, by position.
    private(set) var transcoded: [Int: [Tag]] = [:]

    func begin(with ledger: VerdictLedger) { self.ledger = ledger }

    /// The destination acknowledged them, or gave back equal objects.
    func arrived(_ positions: [Int], isReadBack: Bool = false) {
        arrivedPositions.formUnion(positions)
        if isReadBack { readBack.formUnion(positions) }
    }

    /// Takes the destination's word for what arrived; what was read back is verified.
    func acknowledge() {
        accept(arrivedPositions.subtracting(readBack).sorted(), .acknowledged)
        accept(readBack.sorted(), .verified)
    }

    /// The destination's word counts for this one as far as it went.
    func acknowledge(_ position: Int, remark: String) { ledger.set([position], .acknowledged, warnings[position] ?? remark) }

    func verify(_ positions: [Int]) { accept(positions, .verified) }

    /// The destination took an instance with a warning, which its verdict is to tell.
    func warn(_ position: Int, _ warning: String) { warnings[position] = warning }

    /// An instance was written in another transfer syntax, which changed these elements.
    func transcode(_ position: Int, changing tags: [Tag]) { transcoded[position] = tags }

    private func accept(_ positions: [Int], _ verdict: VerdictGroup.Verdict) {
        for position in positions { ledger.set([position], verdict, warnings[position] ?? "") }
    }

    func fail(_ positions: [Int], _ category: ExceptionCategory, _ detail: String) { ledger.set(positions, .failed(category), detail) }
}
