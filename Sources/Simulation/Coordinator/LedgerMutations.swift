import Ledger
import Migration

/// How a mutant makes the ledger lie. Lives as long as one run of the coordinator.
final class LedgerMutations {
    let mutant: Mutant?
    /// The grant under which an old result is being taken, so that its part is said to be granted under it.
    private var revivedLease: LeaseRecord?
    /// The last grant number told, where numbers are counted in memory.
    private var lastNumber: Int64?

    init(_ mutant: Mutant?) { self.mutant = mutant }

    func next(_ name: CounterName, in base: any LedgerTransaction) throws -> Int64 {
        guard mutant == .numberNotPersisted, name == .grant else { return try base.next(name) }
        let next = try lastNumber.map { $0 + 1 } ?? base.next(name)
        lastNumber = next
        return next
    }

    /// A lease that is over, called live.
    func revived(_ lease: LeaseRecord?) -> LeaseRecord? {
        guard mutant == .oldResultCounts, var lease, lease.state == .expired || lease.state == .withdrawn else { return lease }
        lease.state = .live
        revivedLease = lease
        return lease
    }

    /// `parts` with the part of a lease that was revived, said to be granted under it when nobody else has it.
    func claimed(_ parts: [PartRecord]) -> [PartRecord] {
        guard let revived = revivedLease, let index = parts.firstIndex(where: { $0.id == revived.part }) else { return parts }
        revivedLease = nil
        var parts = parts
        if parts[index].grant == nil { parts[index].grant = revived.number }
        return parts
    }

    func changed(_ part: PartRecord, in base: any LedgerTransaction) throws -> PartRecord {
        var part = part
        if mutant == .custodyKept, part.custody == .lost { part.custody = .held }
        if mutant == .erasedTooEarly, part.custody == .held, part.grant == nil, !part.done.isEmpty, part.erasure == nil {
            part.custody = .released
            part.erasure = try base.next(.erasure)
        }
        return part
    }

    func enrolled(in base: any LedgerTransaction) throws -> [WorkerRecord] {
        switch mutant {
        case .revocationForgotten:
            return try base.workers(page: Page()).map { entry in
                var worker = entry.worker
                if worker.state == .revoked { worker.state = .active }
                return worker
            }
        case .drainForgotten:
            return try base.enrolledWorkers().map { worker in
                var worker = worker
                worker.isDraining = false
                return worker
            }
        default: return try base.enrolledWorkers()
        }
    }
}
