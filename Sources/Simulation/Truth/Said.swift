import LineProtocol
import Migration

/// An event as it was said, before a mutant had its hands on it.
enum Said {
    case line(WorkerID, Request)
    case other

    /// What it says that it ends.
    var reports: [Witness.Report] {
        switch self {
        case .line(let worker, .result(let result)): return result.items.map { Witness.Report(grant: $0.grant, worker: worker) }
        case .line(let worker, .inventory(let inventory)):
            if case .piece = inventory.matter { return [] }
            return [Witness.Report(grant: inventory.grant, worker: worker)]
        case .line, .other: return []
        }
    }
}

/// An answer as it leaves.
enum Answered {
    case reply(Reply)
    case other(String?)
}
