import Ledger
import LineProtocol
import Migration

extension Engine {
    /// `HELLO`: settles what the worker still has in its custody.
    mutating func hello(_ request: HelloRequest, of worker: WorkerID, in turn: Turn) throws -> HelloReply {
        let version = try Self.version(among: request.versions)
        guard var record = try turn.tx.worker(worker) else {
            throw LineError(.notAuthenticated, "worker \(worker) is not enrolled")
        }
        let isNewSpool = record.spool.map { $0 != request.spool } ?? false
        if isNewSpool {
            try turn.record(.workerGreeted, [.worker(record.name)], worker: worker)
            try endAllGrants(of: worker, in: turn)
        }
        let present = isNewSpool ? [] : request.custody
        let unknown = try neverSeen(among: request.custody, in: turn)
        try endReadings(of: worker, except: present, in: turn)
        let missing = try turn.tx.custodyGrants(of: worker, andLost: false).filter { !present.contains($0) }
        try loseCustody(of: missing, from: worker, in: turn)
        for grant in try turn.tx.erasedGrants(of: worker) where !present.contains(grant) {
            try turn.tx.confirmErasures(of: worker, under: grant)
        }
        if record.spool != request.spool || record.program != request.program {
            record.spool = request.spool
            record.program = request.program
            try turn.tx.updateWorker(record)
        }
        try comeBack(worker, with: present, in: turn)
        let strange = try strangeCustody(in: request.custody, of: worker, in: turn)
        live.workers[worker]?.hasGreeted = true
        live.workers[worker]?.version = version
        live.workers[worker]?.toldErasure = 0
        live.workers[worker]?.unknownCustody = unknown
        live.workers[worker]?.isOwedResume = true
        live.workers[worker]?.hasHoldingStore = request.hasHoldingStore ?? false
        live.workers[worker]?.toldEviction = PartID(0)
        live.workers[worker]?.strangeCustody = strange
        live.workers[worker]?.toldStrange = 0
        return HelloReply(
            version: version, worker: record.name, term: configuration.terms.grant,
            beat: configuration.terms.beat)
    }

    /// The newest version that both ends speak.
    private static func version(among offered: [Int]) throws -> Int {
        let spoken = LineLimits.protocolVersions
        if let common = spoken.first(where: offered.contains) { return common }
        let older = spoken.dropFirst().reversed().map(String.init).joined(separator: ", ")
        let words = "the coordinator speaks versions \(older) and \(spoken[0]) of the line protocol"
        guard let newest = offered.max() else { throw LineError(.unsupportedVersion, "\(words), the worker names none") }
        let behind = newest > spoken.max() ?? 0 ? "coordinator" : "worker"
        throw LineError(.unsupportedVersion, "\(words), the worker none of these and \(newest) at most: update the \(behind)")
    }

    /// What lies in the spool from another enrolment, such as one that was revoked on the same machine: nobody can be leased it any more, and it
    /// takes the room that its own media need to be read again. What that enrolment still has in its custody stays.
    private func strangeCustody(in custody: [GrantNumber], of worker: WorkerID, in turn: Turn) throws -> [StrangeStudy] {
        var studies: [StrangeStudy] = []
        for grant in custody.sorted() {
            guard let record = try turn.tx.grant(grant), record.worker != worker else { continue }
            for part in try turn.tx.parts(under: grant) where part.custody != .held {
                guard let study = try turn.tx.study(part.study) else { continue }
                studies.append(StrangeStudy(mediumGrant: grant, studyInstanceUID: study.header.studyInstanceUID))
            }
        }
        return studies
    }

    /// A worker that started anew knows nothing of the media that it was reading: they may be read again at once.
    private mutating func endReadings(of worker: WorkerID, except present: [GrantNumber], in turn: Turn) throws {
        for grant in live.workers[worker]?.grants ?? [] where grant.isMedium && !present.contains(grant.number) {
            guard case .medium(let medium)? = try turn.tx.grant(grant.number)?.subject else { continue }
            try endReading(medium, grant: grant.number, of: worker, why: .readingTakenBack, in: turn)
        }
    }

    /// A worker that was declared lost is there again, with the parts that it read under `grants`; nil: with all that it had.
    mutating func comeBack(_ worker: WorkerID, with grants: [GrantNumber]?, in turn: Turn) throws {
        guard live.workers[worker]?.isLost == true, var record = try turn.tx.worker(worker) else { return }
        let sentence = Sentence(.workerReturned, [.worker(record.name)])
        record.state = .active
        record.sentence = sentence
        try turn.tx.updateWorker(record)
        try turn.record(sentence, worker: worker)
        live.workers[worker]?.isLost = false
        for grant in try turn.tx.custodyGrants(of: worker, andLost: true) where grants?.contains(grant) ?? true {
            try takeUpCustody(of: grant, by: worker, in: turn)
        }
    }

    /// `BEAT`: the grants it names live on. Writes nothing (law 1).
    mutating func beat(_ request: BeatRequest, of worker: WorkerID, in turn: Turn) throws -> BeatReply {
        for progress in request.grants where progress.done?.ranges.count ?? 0 > LineLimits.resumePairs {
            throw LineError(.badValue, "BEAT: done of grant \(progress.grant) has more than \(LineLimits.resumePairs) pairs")
        }
        guard var known = live.workers[worker] else { return BeatReply(live: [], stale: [], orders: []) }
        known.drives = request.drives
        known.spoolBytes = request.spoolBytes
        known.spoolLimit = request.spoolLimit
        known.paused = request.paused
        var reply = BeatReply(live: [], stale: [], orders: [])
        for progress in request.grants {
            guard let index = known.grants.firstIndex(where: { $0.number == progress.grant }) else {
                reply.stale.append(progress.grant)
                continue
            }
            known.grants[index].deadline = turn.now + configuration.terms.grant
            known.grants[index].items = progress.items
            known.grants[index].bytes = progress.bytes
            known.grants[index].done = progress.done ?? InstanceRanges()
            reply.live.append(progress.grant)
        }
        reply.stale += known.unknownCustody.prefix(Self.unknownPerBeat)
        known.unknownCustody.removeFirst(min(Self.unknownPerBeat, known.unknownCustody.count))
        reply.orders = try orders(for: &known, in: turn)
        live.workers[worker] = known
        return reply
    }

    /// What was read after the copy that the ledger was put back from: its media are expected again, and nobody will ask for what is staged.
    private func neverSeen(among custody: [GrantNumber], in turn: Turn) throws -> [GrantNumber] {
        guard live.restoration.number > 0 else { return [] }
        return try custody.filter { try turn.tx.grant($0) == nil }
    }

    /// Unknown grants in one reply to a beat: about 20 bytes each.
    private static var unknownPerBeat: Int { 256 }

    /// What the worker is to do, said with the reply to a beat.
    private func orders(for worker: inout LiveWorker, in turn: Turn) throws -> [WorkerOrder] {
        var orders: [WorkerOrder] = []
        if worker.isDraining {
            orders.append(.drain)
            worker.isOwedResume = true
        } else if worker.isOwedResume {
            orders.append(.resume)
            worker.isOwedResume = false
        }
        try tellAgain(&worker, in: turn)
        let strange = worker.strangeCustody.dropFirst(worker.toldStrange).prefix(Self.erasuresPerBeat)
        orders += strange.map { .erase(mediumGrant: $0.mediumGrant, studyInstanceUID: $0.studyInstanceUID) }
        worker.toldStrange += strange.count
        let erasures = try turn.tx.erasures(of: worker.id, above: worker.toldErasure, limit: Self.erasuresPerBeat - strange.count)
        for erasure in erasures {
            orders.append(.erase(mediumGrant: erasure.part.mediumGrant, studyInstanceUID: erasure.studyInstanceUID))
            worker.toldErasure = max(worker.toldErasure, erasure.part.erasure ?? 0)
        }
        if !strange.isEmpty || !erasures.isEmpty { worker.nextTelling = turn.now + configuration.terms.grant }
        return try orders + evictions(for: &worker, in: turn)
    }

    /// A worker that waits for room is told all its erasures again, a term after it was told the last of them: an order may have gone to a
    /// connection that it had given up, whose last beat came late.
    private func tellAgain(_ worker: inout LiveWorker, in turn: Turn) throws {
        guard isFull(worker), turn.now >= worker.nextTelling, worker.toldStrange >= worker.strangeCustody.count,
            try turn.tx.erasures(of: worker.id, above: worker.toldErasure, limit: 1).isEmpty
        else { return }
        worker.toldErasure = 0
        worker.toldStrange = 0
    }

    /// Erasures in one reply to a beat, of either kind: about 120 bytes each, so all well within a line of 64 KiB.
    private static var erasuresPerBeat: Int { 256 }
}
