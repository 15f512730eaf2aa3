import Ledger
import LineProtocol
import Migration

/// How a mutant twists a line on its way to the engine, and the reply on its way back.
struct LineMutation {
    private(set) var worker: WorkerID
    private(set) var request: Request
    /// What a grant was called before, by what it is called now.
    private var said: [GrantNumber: GrantNumber] = [:]
    private let mutant: Mutant?

    init(_ request: Request, of worker: WorkerID, mutant: Mutant?, _ witness: Witness) {
        self.worker = worker
        self.request = request
        self.mutant = mutant
        guard mutant == .noFence || mutant == .fenceByName, case .result(var result) = request else { return }
        for index in result.items.indices { revive(&result.items[index], isAlone: result.items.count == 1, witness) }
        self.request = .result(result)
    }

    /// Puts the live grant of its part in the place of an item's own. Another worker's needs a line of its own: that is then said by that worker.
    private mutating func revive(_ item: inout ResultItem, isAlone: Bool, _ witness: Witness) {
        guard let live = Self.liveGrant(insteadOf: item.grant, witness), said[live.number] == nil, isAlone || live.worker == worker else { return }
        guard mutant == .noFence || witness.workers[live.worker]?.name == witness.workers[worker]?.name else { return }
        said[live.number] = item.grant
        item.grant = live.number
        worker = live.worker
    }

    /// The live grant of the part of which `number` was a grant once.
    private static func liveGrant(insteadOf number: GrantNumber, _ witness: Witness) -> GrantRecord? {
        guard let old = witness.grants[number], old.state != .live, case .part(let part, _, _) = old.record.subject,
            let live = witness.parts[part]?.grant, live != number
        else { return nil }
        return witness.grants[live]?.record
    }

    /// The reply as it leaves.
    func answered(_ reply: Reply) -> Reply {
        switch reply {
        case .result(var answer) where !said.isEmpty:
            for index in answer.items.indices { answer.items[index].grant = said[answer.items[index].grant] ?? answer.items[index].grant }
            return .result(answer)
        case .beat(var answer) where mutant == .staleHidden:
            answer.live += answer.stale
            answer.stale = []
            return .beat(answer)
        case .lease(var answer) where mutant == .titleShared:
            for index in answer.items.indices { answer.items[index].destination = withOneTitle(answer.items[index].destination) }
            return .lease(answer)
        default: return reply
        }
    }

    /// The destination under the title of all; what else the lease says of it stays.
    private func withOneTitle(_ destination: String) -> String {
        Scenario.destination + (destination.firstIndex(of: "&").map { String(destination[$0...]) } ?? "")
    }
}
