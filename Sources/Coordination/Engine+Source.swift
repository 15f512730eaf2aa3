import Ledger
import LineProtocol
import Migration

/// What a source that several gateways reach is spared: too many of them at once.
extension Engine {
    /// The cap on readers that concerns `medium`; nil: its source has none, or it is in a drive of the worker's own.
    func source(of medium: MediumRecord) -> SourceCap? {
        medium.contents?.isOnline == true ? cap(of: medium.expected.shelf) : nil
    }

    /// The cap on readers of the media that stand on `shelf`.
    func cap(of shelf: String) -> SourceCap? { configuration.sources.first { $0.shelf == shelf } }

    func source(of medium: MediumID, in tx: any LedgerTransaction) throws -> SourceCap? {
        guard !configuration.sources.isEmpty else { return nil }
        return try tx.medium(medium).flatMap(source)
    }

    /// The source that is read from under `grant`.
    func source(of grant: GrantRecord, in tx: any LedgerTransaction) throws -> SourceCap? {
        guard !configuration.sources.isEmpty else { return nil }
        switch grant.subject {
        case .medium(let medium): return try source(of: medium, in: tx)
        case .part(let part, _, _): return try tx.part(part).flatMap { try source(of: $0.medium, in: tx) }
        }
    }

    /// How many more may begin to read from `source` now.
    func room(at source: SourceCap, now: Instant) -> Int {
        let readers = live.workers.values.reduce(0) { count, worker in
            let live = worker.grants.count { $0.source?.shelf == source.shelf }
            return count + live + worker.unanswered.count { $0.until > now && $0.source?.shelf == source.shelf }
        }
        return max(0, source.readers - readers)
    }

    /// Why a medium that a worker reaches online is not to be read now; nil: it may be.
    func obstacle(to request: MediumRequest, of medium: MediumRecord, in turn: Turn) -> Sentence? {
        guard request.isOnline, medium.state != .reading, let source = cap(of: medium.expected.shelf), room(at: source, now: turn.now) == 0
        else { return nil }
        return source.isFull
    }
}

extension SourceCap {
    /// What those hear who have to wait.
    var isFull: Sentence { Sentence(.readersInUse, [.text(shelf), .count(Int64(readers))]) }
}

/// The parts that one `LEASE` grants, out of those that could be.
struct LeaseChoice {
    /// To be granted, in the order of work.
    private(set) var parts: [LeasablePart] = []
    /// What the first one that has to wait waits for; nil: none has to.
    private(set) var obstacle: Sentence?
    /// Whether there was one whose study is to be matched anew first: others behind it need not wait for that.
    var hasPassedOver = false
    private var taken: [String: Int] = [:]

    /// Whether `part`, which is read from `source`, goes too; `room` is left at the source.
    mutating func offer(_ part: LeasablePart, from source: SourceCap?, room: Int) {
        if let source {
            guard taken[source.shelf, default: 0] < room else { return wait(for: source.isFull) }
            taken[source.shelf, default: 0] += 1
        }
        parts.append(part)
    }

    /// A part has to wait for what `sentence` says.
    mutating func wait(for sentence: Sentence) { obstacle = obstacle ?? sentence }
}
