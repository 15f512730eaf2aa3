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
        guard mutant == .noFence || mutant == .fenceByName, case .result(var result) = request, result.items.count == 1 else { return }
        guard let live = Self.liveGrant(insteadOf: result.items[0].grant, witness) else { return }
        guard mutant == .noFence || witness.workers[live.worker]?.name == witness.workers[worker]?.name else { return }
        said[live.number] = result.items[0].grant
        result.items[0].grant = live.number
        self.worker = live.worker
        self.request = .result(result)
    }

    /// The live grant of the part of which `number` was a grant once.
    private static func liveGrant(insteadOf number: GrantNumber, _ witness: Witness) -> GrantRecord? {
        guard let old = witness.grants[number], old.state != .live, case .part(let part, _, _) = old.record.subject,
            let live = witness.parts[part]?.grant, live != number
        else { return nil }
        return witness.grants[live]?.record
    }

    func answered(_ reply: Reply) -> Reply {
        switch reply {
        case .result(var answer) where !said.isEmpty:
            for index in answer.items.indices { answer.items[index].grant = said[answer.items[index].grant] ?? answer.items[index].grant }
            return .result(answer)
        case .beat(var answer) where mutant == .staleHidden:
            answer.live += answer.stale
            answer.stale = []
            return .beat(answer)
        default: return reply
        }
    }
}
