import Ledger
import Migration

extension Engine {
    /// What `worker` read under `grants` is gone: the media are asked for again (law 5).
    ///
    /// All of it is gone before anything is decided: of two copies that are lost together neither makes up for the other. What was to be sent
    /// from here may also be wanted now from a medium of which nobody has anything since long.
    mutating func loseCustody(of grants: [GrantNumber], from worker: WorkerID, in turn: Turn) throws {
        var lost: [PartRecord] = []
        for grant in grants {
            for var part in try turn.tx.parts(under: grant) where part.custody == .held {
                if let lease = part.grant { try withdraw(lease, from: &part, of: worker, in: turn) }
                part.custody = .lost
                try turn.tx.updatePart(part)
                lost.append(part)
            }
        }
        var media = lost.map(\.medium)
        for study in Self.distinct(lost.map(\.study)) {
            try placeAndSettle(study, in: turn)
            try reviewGathered(study, in: turn)
            media += try turn.tx.parts(of: study).filter { $0.isGone && !$0.remaining.isEmpty }.map(\.medium)
        }
        for medium in Self.distinct(media) { try expectAgain(medium, from: worker, in: turn) }
    }

    func expectAgain(_ id: MediumID, from worker: WorkerID, in turn: Turn) throws {
        let isResting: Set<MediumState> = [.read, .partlyRead, .drained]
        guard var medium = try turn.tx.medium(id), isResting.contains(medium.state), try restState(of: medium, in: turn) == .expected
        else { return }
        medium.state = .expected
        medium.sentence = Sentence(.custodyLost, [.label(medium.label), .worker(name(of: worker))])
        try turn.tx.updateMedium(medium)
        try turn.record(
            .custodyLost, [.label(medium.label), .worker(name(of: worker))], medium: id, worker: worker, grant: medium.closedGrant)
    }

    /// A worker has again what it read under `grant`: it is taken up unless the medium was read again meanwhile.
    mutating func takeUpCustody(of grant: GrantNumber, by worker: WorkerID, in turn: Turn) throws {
        let parts = try turn.tx.parts(under: grant).filter { $0.custody == .lost && $0.worker == worker }
        guard let first = parts.first, let medium = try turn.tx.medium(first.medium) else { return }
        let isCurrent = medium.closedGrant == grant
        for var part in parts {
            part.custody = isCurrent ? .held : .released
            part.erasure = isCurrent ? nil : try turn.tx.next(.erasure)
            try turn.tx.updatePart(part)
        }
        guard isCurrent else { return }
        for part in parts { try placeAndSettle(part.study, in: turn) }
        let sentence = Sentence(.custodyResumed, [.label(medium.label), .worker(name(of: worker))])
        try turn.record(sentence, medium: first.medium, worker: worker, grant: grant)
        guard var medium = try turn.tx.medium(first.medium), medium.state == .expected else { return }
        // Something else of the medium may be needed still: a study that left this spool, or another worker's, before.
        medium.state = try restState(of: medium, in: turn)
        guard medium.state != .expected else { return }
        medium.sentence = sentence
        try turn.tx.updateMedium(medium)
    }

    /// Takes a live lease back; its worker may go on sending for a while, hence the fence.
    mutating func withdraw(_ lease: GrantNumber, from part: inout PartRecord, of worker: WorkerID, in turn: Turn) throws {
        try turn.tx.endGrant(lease, as: .withdrawn, answered: nil)
        try fence(&part, after: lease, in: turn)
        part.grant = nil
        live.remove(lease, of: worker)
        try turn.record(.grantWithdrawn, [.worker(name(of: worker))], study: part.study, worker: worker, grant: lease)
    }

    /// Notes how long the worker of `lease`, which ends without an answer, may go on sending, and what.
    mutating func fence(_ part: inout PartRecord, after lease: GrantNumber, in turn: Turn) throws {
        guard case .part(_, _, let plan)? = try turn.tx.grant(lease)?.subject else { return }
        let ended = live.workers[part.worker]?.grants.first { $0.number == lease }
        let until = max(ended?.deadline ?? turn.now, turn.now) + configuration.terms.association
        part.fence = Fence(until: until, plan: plan)
        live.workers[part.worker]?.unanswered.removeAll { $0.until <= turn.now }
        live.workers[part.worker]?.unanswered.append(UnansweredLease(until: until, source: ended?.source))
    }

    /// Ends all live grants of `worker`: it was lost, revoked, or its spool is a new one.
    mutating func endAllGrants(of worker: WorkerID, in turn: Turn) throws {
        for grant in live.workers[worker]?.grants ?? [] {
            guard let record = try turn.tx.grant(grant.number) else { continue }
            switch record.subject {
            case .medium(let medium): try endReading(medium, grant: grant.number, of: worker, why: .readingTakenBack, in: turn)
            case .part(let id, _, _):
                guard var part = try turn.tx.part(id) else { continue }
                try withdraw(grant.number, from: &part, of: worker, in: turn)
                try turn.tx.updatePart(part)
                try settle(part.study, in: turn)
                try reviewStopped(part.study, in: turn)
            }
        }
    }

    /// Declares a worker lost and asks for its media again.
    mutating func declareLost(_ worker: LiveWorker, in turn: Turn) throws {
        guard var record = try turn.tx.worker(worker.id) else { return }
        let sentence = Sentence(.workerLost, [.worker(worker.name), .interval(turn.now.since(worker.lastHeard))])
        record.state = .lost
        record.sentence = sentence
        try turn.tx.updateWorker(record)
        try turn.record(sentence, worker: worker.id)
        live.workers[worker.id]?.isLost = true
        live.workers[worker.id]?.drives = []
        live.workers[worker.id]?.paused = nil
        try endAllGrants(of: worker.id, in: turn)
        try loseCustody(of: try turn.tx.custodyGrants(of: worker.id, andLost: false), from: worker.id, in: turn)
    }

    /// `values`, each once, in the order in which they first occur.
    static func distinct<Value: Hashable>(_ values: [Value]) -> [Value] {
        var seen = Set<Value>()
        return values.filter { seen.insert($0).inserted }
    }
}
