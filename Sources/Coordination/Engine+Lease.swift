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
        let allowed = allowance(request.count, at: turn.now)
        let room = roomAtDestination(at: turn.now)
        let limit = min(allowed, room ?? allowed)
        let wanted = max(limit, allowed > 0 ? 1 : 0)
        guard wanted > 0, let parts = try leasable(by: worker, limit: wanted, in: turn) else {
            return LeaseReply(items: [], delay: idle, sentence: idleSentence(allowed))
        }
        if limit == 0 { return wait(Sentence(.associationsInUse, [.count(Int64(configuration.associations?.atDestination ?? 0))]), in: turn) }
        guard try giveTitle(to: worker, in: turn) else {
            return wait(Sentence(.titlesInUse, [.count(Int64(configuration.callingTitles.count))]), in: turn)
        }
        live.workers[worker]?.lastLease = turn.now
        var items: [LeaseItem] = []
        for part in parts {
            // Another part of the study may be granted by this very line.
            let isFirst = !parts.prefix(items.count).contains { $0.part.study == part.part.study }
            items.append(try grant(part, isFirstOfLine: isFirst, to: worker, in: turn))
        }
        return LeaseReply(items: items, delay: idle, sentence: items.count < request.count ? idleSentence(limit) : nil)
    }

    /// There is work, and something else is in its way.
    private mutating func wait(_ sentence: Sentence, in turn: Turn) -> LeaseReply {
        live.waiting = (sentence, turn.now)
        return LeaseReply(items: [], delay: configuration.terms.idle, sentence: sentence)
    }

    private func leasable(by worker: WorkerID, limit: Int, in turn: Turn) throws -> [LeasablePart]? {
        let parts = try turn.tx.leasableParts(of: worker, at: turn.now, limit: limit)
        return parts.isEmpty ? nil : parts
    }

    /// How many parts may be granted now: while the destination is in trouble one at a time, as a probe.
    private func allowance(_ count: Int, at now: Instant) -> Int {
        guard let trouble = live.trouble else { return count }
        return trouble.probe == nil && now >= trouble.nextProbe ? 1 : 0
    }

    private func idleSentence(_ limit: Int) -> Sentence {
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
        watch(grant, until: turn.now + configuration.terms.grant)
        if live.trouble != nil { live.trouble?.probe = number }
        part.grant = number
        part.queue.isOpen = false
        try turn.tx.updatePart(part)
        let sentence = Sentence(.partGranted, [.count(Int64(positions.count)), .worker(name(of: worker))])
        var granted = leasable.progress
        granted.state = .leased
        granted.wasGranted = true
        granted.sentence = sentence
        try turn.tx.updateProgress(granted, of: part.study)
        try turn.record(sentence, study: part.study, medium: part.medium, worker: worker, grant: number)
        // What was sent after the copy that the ledger was put back from, nobody here knows.
        let mayHaveBeenSent = leasable.progress.wasGranted || !isFirstOfLine || live.restoration.number > 0
        return LeaseItem(
            grant: number, mediumGrant: part.mediumGrant, studyInstanceUID: leasable.studyInstanceUID, instances: positions,
            coercions: leasable.plan.coercions,
            expected: ExpectedStudy(patientID: leasable.plan.patientID, accessionNumber: leasable.plan.accessionNumber),
            destination: destination(for: worker), level: configuration.level, mayHaveBeenSent: mayHaveBeenSent)
    }
}
