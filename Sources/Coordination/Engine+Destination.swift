import Ledger
import LineProtocol
import Migration

/// What a PACS in a hospital's network asks of a fleet: known AE titles, and not too many associations at once.
extension Engine {
    /// How many leases may be granted now under the cap on associations; nil: there is none.
    func roomAtDestination(at now: Instant) -> Int? {
        guard let cap = configuration.associations else { return nil }
        let live = live.workers.values.reduce(0) { $0 + $1.leaseCount(at: now) }
        return max(0, cap.leases - live)
    }

    /// The address that a lease names: with the worker's title where there is a pool, and with the associations that it may open where there is a cap.
    func destination(for worker: WorkerID) -> String {
        var address = configuration.destination
        if let title = live.workers[worker]?.callingTitle, let query = address.firstIndex(of: "?") {
            address = address[..<query] + "?calling=\(title)"
        }
        guard let cap = configuration.associations, (live.workers[worker]?.version ?? 1) > 1 else { return address }
        return address + "&associations=\(cap.perLease)"
    }

    /// Takes up the leases that ended without an answer before the coordinator stopped: their workers may still be sending, even those that were
    /// revoked. Of two such leases of one part in a row the later one is known.
    mutating func takeUpUnanswered(in turn: Turn) throws {
        for part in try turn.tx.fencedParts(after: turn.now) {
            guard let fence = part.fence else { continue }
            if live.workers[part.worker] == nil, let record = try turn.tx.worker(part.worker) {
                live.workers[part.worker] = LiveWorker(record, at: turn.now)
            }
            let lease = UnansweredLease(until: fence.until, source: try source(of: part.medium, in: turn.tx))
            live.workers[part.worker]?.unanswered.append(lease)
        }
        live.workers.sort { $0.key < $1.key }
    }

    /// Gives `worker` a calling AE title of the pool, unless it has one: a free one, or that of a worker that has had no lease for the longest time.
    /// A revoked worker keeps its own while it may still send.
    ///
    /// - Returns: whether it may send: it has a title, or there is no pool.
    mutating func giveTitle(to worker: WorkerID, in turn: Turn) throws -> Bool {
        let pool = configuration.callingTitles
        guard !pool.isEmpty else { return true }
        if let title = live.workers[worker]?.callingTitle, pool.contains(title) { return true }
        let owners = live.workers.values.filter { $0.callingTitle != nil && (!$0.isRevoked || $0.leaseCount(at: turn.now) > 0) }
        let taken = Set(owners.compactMap(\.callingTitle))
        if let free = pool.first(where: { !taken.contains($0) }) {
            try setTitle(free, of: worker, in: turn)
            return true
        }
        let idle = owners.filter { $0.leaseCount(at: turn.now) == 0 && pool.contains($0.callingTitle ?? "") }
        guard let last = idle.min(by: { ($0.lastLease, $0.id) < ($1.lastLease, $1.id) }), let title = last.callingTitle else { return false }
        try setTitle(nil, of: last.id, in: turn)
        try setTitle(title, of: worker, in: turn)
        return true
    }

    private mutating func setTitle(_ title: String?, of worker: WorkerID, in turn: Turn) throws {
        guard var record = try turn.tx.worker(worker) else { return }
        record.callingTitle = title
        try turn.tx.updateWorker(record)
        live.workers[worker]?.callingTitle = title
        if let title { try turn.record(.titleGiven, [.worker(record.name), .text(title)], worker: worker) }
    }
}

extension LiveWorker {
    /// Its live leases, and those that ended without an answer so lately that it may still send under them.
    func leaseCount(at now: Instant) -> Int {
        grants.reduce(0) { $0 + ($1.isMedium ? 0 : 1) } + unanswered.reduce(0) { $0 + ($1.until > now ? 1 : 0) }
    }
}
