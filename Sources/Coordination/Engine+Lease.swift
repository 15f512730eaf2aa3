import Ledger
import LineProtocol
import Migration

extension Engine {
    /// `LEASE`: parts in the worker's custody, in the order of work. Never waits.
    mutating func lease(_ request: LeaseRequest, to worker: WorkerID, in turn: Turn) throws -> LeaseReply {
        guard (1...LineLimits.itemsPerLine).contains(request.count) else {
            throw LineError(.badValue, "LEASE: count is \(request.count); 1 to \(LineLimits.itemsPerLine) are allowed")
        }
        let idle = configuration.terms.idle
        if live.workers[worker]?.isDraining == true {
            return LeaseReply(items: [], delay: idle, sentence: Sentence(.workerDraining, [.worker(name(of: worker))]))
        }
        if turn.now < live.quietUntil {
            return LeaseReply(items: [], delay: idle, sentence: Sentence(.afterRestoration, [.instant(live.quietUntil)]))
        }
        try reviewAhead(of: worker, request.count, in: turn)
        try matchAhead(of: worker, request.count, in: turn)
        var choice = try choose(allowance(request.count, at: turn.now), for: worker, in: turn)
        if !choice.parts.isEmpty, try !giveTitle(to: worker, in: turn) {
            choice = LeaseChoice()
            choice.wait(for: Sentence(.titlesInUse, [.count(Int64(configuration.callingTitles.count))]))
        }
        let items = try grant(choice.parts, to: worker, in: turn)
        if let obstacle = choice.obstacle { live.waiting = (obstacle, turn.now) }
        return LeaseReply(items: items, delay: idle, sentence: items.count < request.count ? choice.obstacle ?? idleSentence : nil)
    }

    /// The next parts in the order of work, up to `allowed`, as far as the caps on associations and on readers let them go.
    private func choose(_ allowed: Int, for worker: WorkerID, in turn: Turn) throws -> LeaseChoice {
        let room = min(allowed, roomAtDestination(at: turn.now) ?? allowed)
        // One more than may go shows whether any has to wait.
        let choice = try choose(room, among: min(allowed, room + 1), for: worker, in: turn)
        guard room > 0, choice.parts.isEmpty, choice.obstacle != nil || choice.hasPassedOver else { return choice }
        return try choose(room, among: Self.partsBehindSource, for: worker, in: turn)
    }

    /// Parts looked at for some that need not wait for a source when the next ones have to: bounds the writer's time to some milliseconds.
    private static var partsBehindSource: Int { 256 }

    private func choose(_ room: Int, among count: Int, for worker: WorkerID, in turn: Turn) throws -> LeaseChoice {
        var choice = LeaseChoice()
        for part in try turn.tx.leasableParts(of: worker, at: turn.now, limit: count) {
            guard try isReviewed(part), try !isQueued(part.part.study, in: turn) else {
                choice.hasPassedOver = true
                continue
            }
            guard choice.parts.count < room else {
                choice.wait(for: Sentence(.associationsInUse, [.count(Int64(configuration.associations?.atDestination ?? 0))]))
                break
            }
            guard try mayGoBeforeOrder(part, in: turn) else { continue }
            guard part.uids == nil || (live.workers[worker]?.version ?? 1) >= LineLimits.membersVersion else {
                choice.wait(for: Sentence(.workerOutdated, [.worker(name(of: worker)), .count(Int64(LineLimits.membersVersion))]))
                continue
            }
            let source = try source(of: part.part.medium, in: turn.tx)
            choice.offer(part, from: source, room: source.map { self.room(at: $0, now: turn.now) } ?? 0)
        }
        return choice
    }

    private mutating func grant(_ parts: [LeasablePart], to worker: WorkerID, in turn: Turn) throws -> [LeaseItem] {
        if !parts.isEmpty { live.workers[worker]?.lastLease = turn.now }
        var items: [LeaseItem] = []
        for part in parts {
            // Another part of the study may be granted by this very line.
            let isFirst = !parts.prefix(items.count).contains { $0.part.study == part.part.study }
            items.append(try grant(part, isFirstOfLine: isFirst, to: worker, in: turn))
        }
        return items
    }

    /// How many parts may be granted now: while the destination is in trouble one at a time, as a probe.
    private func allowance(_ count: Int, at now: Instant) -> Int {
        guard let trouble = live.trouble else { return count }
        return trouble.probe == nil && now >= trouble.nextProbe ? 1 : 0
    }

    private var idleSentence: Sentence {
        guard let trouble = live.trouble else { return Sentence(.noWork) }
        return Sentence(
            .destinationTrouble, [.text(trouble.category.rawValue), .instant(trouble.since), .instant(trouble.nextProbe)])
    }

    private mutating func grant(
        _ leasable: LeasablePart, isFirstOfLine: Bool, to worker: WorkerID, in turn: Turn
    ) throws -> LeaseItem {
        let number = GrantNumber(try turn.tx.next(.grant))
        var part = leasable.part
        let positions = part.remaining
        let grant = GrantRecord(
            number: number, subject: .part(part.id, positions, leasable.plan), worker: worker, grantedAt: turn.now)
        try turn.tx.insertGrant(grant)
        watch(grant, from: try source(of: part.medium, in: turn.tx), until: turn.now + configuration.terms.grant)
        if live.trouble != nil { live.trouble?.probe = number }
        part.grant = number
        part.queue.isOpen = false
        try turn.tx.updatePart(part)
        let sentence = Sentence(.partGranted, [.count(Int64(positions.count)), .worker(name(of: worker))])
        try turn.tx.noteLease(of: part.study, sentence)
        try turn.record(sentence, study: part.study, medium: part.medium, worker: worker, grant: number)
        // What was sent after the copy that the ledger was put back from, nobody here knows.
        let mayHaveBeenSent = leasable.wasGranted || !isFirstOfLine || live.restoration.number > 0
        return LeaseItem(
            grant: number, mediumGrant: part.mediumGrant, studyInstanceUID: leasable.studyInstanceUID, instances: positions,
            coercions: leasable.plan.coercions,
            expected: ExpectedStudy(patientID: leasable.plan.patientID, accessionNumber: leasable.plan.accessionNumber),
            destination: destination(for: worker), level: configuration.level, mayHaveBeenSent: mayHaveBeenSent,
            round: leasable.round == 0 ? nil : leasable.round, uids: leasable.uids)
    }
}
