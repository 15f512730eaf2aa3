import Ledger
import LineProtocol
import Migration

extension Engine {
    /// `RESULT`: what became of leased parts; one word an item.
    mutating func result(_ request: ResultRequest, of worker: WorkerID, in turn: Turn) throws -> ResultReply {
        guard (1...LineLimits.itemsPerLine).contains(request.items.count) else {
            throw LineError(.badValue, "RESULT: \(request.items.count) items; 1 to \(LineLimits.itemsPerLine) are allowed")
        }
        var reply = ResultReply(items: [])
        for item in request.items {
            reply.items.append(ResultItemReply(grant: item.grant, word: try take(item, from: worker, in: turn)))
        }
        return reply
    }

    private mutating func take(_ item: ResultItem, from worker: WorkerID, in turn: Turn) throws -> ResultItemReply.Word {
        guard let lease = try turn.tx.lease(item.grant), lease.worker == worker else { return .stale }
        let digest = turn.tx.digest(of: item.canonicalBytes)
        if lease.answered == digest { return lease.state == .answered ? .ok : .stale }
        guard lease.state == .live, let leased = try leased(under: lease, in: turn) else {
            try takeStale(item, lease, digest: digest, in: turn)
            return .stale
        }
        let verdicts = try Verdicts(item, granted: lease.positions)
        try turn.tx.endGrant(lease.number, as: .answered, answered: digest)
        let wasProbe = live.trouble?.probe == lease.number
        live.remove(lease.number, of: worker)
        var parts = leased.parts
        parts[leased.index].grant = nil
        parts[leased.index].expiries = 0
        parts[leased.index].done = parts[leased.index].done.union(verdicts.good(for: configuration.level))
        let part = parts[leased.index]
        try record(item, verdicts, of: part, lease, in: turn)
        if !item.beyond.isEmpty { try note(item.beyond, beyond: part.study, in: turn) }
        if verdicts.hasUnreadable, try mayBeErasedSinceCopy(part, in: turn) {
            try loseErased(part, in: turn)
            return .ok
        }
        var study = leased.study
        try judge(&study, verdicts, wasProbe: wasProbe, in: turn)
        try settle(&study, &parts, stored: leased.parts, of: nil, in: turn)
        try write(study, insteadOf: leased.study, in: turn)
        if study.progress.doneCount == 0 { try reviewStopped(study.id, in: turn) }
        return .ok
    }

    /// The part that is leased under `lease`, as one of all parts of its study; nil when it is leased otherwise.
    private func leased(under lease: LeaseRecord, in turn: Turn) throws -> (study: StudyStanding, parts: [PartRecord], index: Int)? {
        let parts = try turn.tx.parts(beside: lease.part)
        guard let index = parts.firstIndex(where: { $0.id == lease.part }), parts[index].grant == lease.number,
            let study = try turn.tx.standing(of: parts[index].study)
        else { return nil }
        return (study, parts, index)
    }

    /// A result mostly changes a study's progress alone: the rest, with all the indexes over it, is then left as it is.
    private func write(_ study: StudyStanding, insteadOf before: StudyStanding, in turn: Turn) throws {
        guard study.holdReason != before.holdReason, var whole = try turn.tx.study(study.id) else {
            return try turn.tx.updateStanding(study)
        }
        let sentence = study.progress.sentence ?? whole.progress.sentence
        whole.progress = study.progress
        whole.progress.sentence = sentence
        whole.holdReason = study.holdReason
        try turn.tx.updateStudy(whole)
    }

    /// Notes which instances the destination has in a study beyond ours.
    private func note(_ beyond: [String], beyond study: StudyID, in turn: Turn) throws {
        guard var whole = try turn.tx.study(study) else { return }
        whole.beyond = Array(beyond.prefix(ResultItem.beyondLimit))
        try turn.tx.updateStudy(whole)
    }

    private func record(_ item: ResultItem, _ verdicts: Verdicts, of part: PartRecord, _ lease: LeaseRecord, in turn: Turn) throws {
        let counts = [verdicts.verified.count, verdicts.acknowledged.count, verdicts.failedCount, verdicts.untried.count]
        try turn.record(
            .partResult, counts.map { .count(Int64($0)) }, study: part.study, medium: part.medium, worker: lease.worker,
            grant: lease.number)
        for remark in verdicts.remarks {
            try turn.record(
                .destinationRemarked, [.count(Int64(remark.count)), .text(remark.detail)], study: part.study, grant: lease.number)
        }
        if !item.changed.isEmpty {
            let changes = item.changed.map { SentenceArgument.text("\($0.tag) \($0.instances)") }
            try turn.record(.elementsChanged, changes, study: part.study, grant: lease.number)
        }
        if !item.beyond.isEmpty {
            let listed = item.beyond.prefix(ResultItem.beyondLimit).map { SentenceArgument.text($0) }
            try turn.record(.beyondOurs, [.count(Int64(item.beyond.count))] + listed, study: part.study, grant: lease.number)
        }
    }

    /// What a live result means for its study.
    private mutating func judge(_ study: inout StudyStanding, _ verdicts: Verdicts, wasProbe: Bool, in turn: Turn) throws {
        guard let failure = verdicts.failure(at: configuration.level) else {
            if !verdicts.good(for: configuration.level).isEmpty {
                study.progress.attempts = 0
                live.trouble = nil
            }
            if !verdicts.untried.isEmpty {
                study.progress.sentence = Sentence(.interrupted)
            }
            return
        }
        study.progress.category = failure.category
        study.progress.detail = failure.detail
        switch failure.category.remedy {
        case .person(let reason):
            try turn.record(.characterSet, study: study.id)
            study.progress.state = .held
            // A conflict that came up meanwhile is the graver reason: settling this one must not let it go.
            guard study.holdReason?.isConflict != true else { return }
            study.holdReason = reason
            study.progress.sentence = Sentence(.characterSet)
        case .none:
            study.progress.attempts += 1
            try giveUp(&study, failure, in: turn)
        case .destination where live.trouble != nil && !wasProbe:
            // Law 10 in spirit: the destination's trouble was known when this part was under way; it is no fault of the study.
            study.progress.sentence = Sentence(.attemptSpared, [.text(failure.category.rawValue)])
            try turn.record(.attemptSpared, [.text(failure.category.rawValue)], study: study.id)
        case .destination:
            noteTrouble(failure.category, at: turn.now)
            try countFailure(&study, failure, in: turn)
        case .time:
            live.trouble = wasProbe ? nil : live.trouble
            try countFailure(&study, failure, in: turn)
        }
    }

    private mutating func noteTrouble(_ category: ExceptionCategory, at now: Instant) {
        let failures = (live.trouble?.failures ?? 0) + 1
        live.trouble = DestinationTrouble(
            category: category, since: live.trouble?.since ?? now, failures: failures,
            nextProbe: now + configuration.retries.delay(afterFailure: failures))
    }

    private func countFailure(_ study: inout StudyStanding, _ failure: Verdicts.Failure, in turn: Turn) throws {
        study.progress.attempts += 1
        guard study.progress.attempts < configuration.retries.attempts else { return try giveUp(&study, failure, in: turn) }
        let delay = configuration.retries.delay(afterFailure: study.progress.attempts)
        let sentence = Sentence(
            .attemptFailed,
            [.text(failure.category.rawValue), .count(Int64(study.progress.attempts)), .interval(delay), .text(failure.detail)])
        study.progress.retryAt = turn.now + delay
        study.progress.state = .failed
        study.progress.sentence = sentence
        try turn.record(sentence, study: study.id)
    }

    private func giveUp(_ study: inout StudyStanding, _ failure: Verdicts.Failure, in turn: Turn) throws {
        let sentence = Sentence(
            .gaveUp, [.text(failure.category.rawValue), .count(Int64(study.progress.attempts)), .text(failure.detail)])
        study.progress.state = .exception
        study.progress.retryAt = nil
        study.progress.sentence = sentence
        try turn.record(sentence, study: study.id)
    }

    /// A result under an old grant counts for nothing; but it may tell of sends, so the study is verified again (law 2).
    private mutating func takeStale(_ item: ResultItem, _ lease: LeaseRecord, digest: [UInt8], in turn: Turn) throws {
        guard lease.state != .live, let part = try turn.tx.part(lease.part), let grant = try turn.tx.grant(lease.number),
            case .part(_, _, let plan) = grant.subject
        else { return }
        try turn.tx.endGrant(lease.number, as: lease.state, answered: digest)
        let told = item.verdicts.reduce(0) { sum, group in if case .failed = group.verdict { sum } else { sum + group.instances.count } }
        try turn.record(
            .resultStale, [.worker(name(of: lease.worker)), .count(Int64(told))], study: part.study, worker: lease.worker, grant: lease.number)
        guard told > 0, let study = try turn.tx.study(part.study) else { return }
        if study.progress.state == .excluded { return try noteSentThoughLeftOut(study, lease.worker, in: turn) }
        // With the same plan the same objects were sent twice, and what nobody has any more need not be read again for that; with another plan the
        // destination may hold the old ones.
        let isOtherPlan = study.plan != plan
        for var sibling in try turn.tx.parts(of: study.id) where sibling.custody == .held || isOtherPlan {
            sibling.done = InstanceRanges()
            // Erased, or about to be: unlike what was lost, it does not come back with its worker.
            if sibling.custody == .released { sibling.custody = .evicted }
            try turn.tx.updatePart(sibling)
        }
        try placeAndSettle(study.id, in: turn)
        for part in try turn.tx.parts(of: study.id) where part.custody == .lost {
            try expectAgain(part.medium, from: part.worker, in: turn)
        }
    }

    // MARK: After the ledger was put back from a copy

    /// Whether a part was read before the ledger was put back: its worker may have been told to erase it after the copy was made.
    func mayBeErasedSinceCopy(_ part: PartRecord, in turn: Turn) throws -> Bool {
        guard part.mediumGrant < live.restoration else { return false }
        return try turn.tx.medium(part.medium)?.contents?.isOnline == false
    }

    /// The worker has not all of a part any more: its medium is asked for again, and no attempt is counted.
    func loseErased(_ part: PartRecord, in turn: Turn) throws {
        var part = part
        part.custody = .lost
        try turn.tx.updatePart(part)
        try placeAndSettle(part.study, in: turn)
        try reviewGathered(part.study, in: turn)
        // Another copy may have been lost before, and be what is needed now.
        for gone in try turn.tx.parts(of: part.study) where gone.isGone {
            try expectAgain(gone.medium, from: gone.worker, in: turn)
        }
    }
}
