import LineProtocol
import Migration

extension Holder {
    // MARK: Leases

    mutating func askForParts(now: Instant) {
        let isAsking = outstanding.contains { if case .lease = $0.saying { true } else { false } }
        let room = configuration.parts - parts.count
        guard !isDrained, !isDiskFull, stopDeadline == nil, !isAsking, custodyCount > 0, room > 0, now >= nextLease, mayPipeline else { return }
        say(.lease(room), now: now)
    }

    mutating func leased(_ reply: Reply, sentAt: Instant, now: Instant) {
        switch reply {
        case .lease(let lease):
            guard case .up(let hello) = link else { return }
            nextLease = lease.items.isEmpty ? now + lease.delay : now
            let until = HoldingConfiguration.deadline(from: sentAt, term: hello.term)
            for item in lease.items { take(item, until: until) }
        case .error:
            nextLease = now + HoldingConfiguration.leaseDelay
        default: lineBroken()
        }
    }

    private mutating func take(_ item: LeaseItem, until: Instant) {
        let isKnown = parts.contains { $0.item.grant == item.grant } || results.contains { $0.item.grant == item.grant }
        guard !isKnown else { return }
        guard stopDeadline == nil else {
            results.append(WaitingResult(item: ResultItem(grant: item.grant, verdicts: [])))
            return
        }
        parts.append(HeldPart(item: item, sendUntil: until))
        actions.append(.startPart(item, sendUntil: until))
    }

    mutating func extend(_ grant: GrantNumber, until: Instant) {
        guard let index = parts.firstIndex(where: { $0.item.grant == grant }), until > parts[index].sendUntil, !parts[index].isStopped
        else { return }
        parts[index].sendUntil = until
        actions.append(.extendPart(grant, sendUntil: until))
    }

    /// The grant is not ours any more. A part ends with what was sent until now: the coordinator records even a stale result.
    mutating func fence(_ grant: GrantNumber) {
        stopPart(grant)
        // A beat and the end of an inventory may cross: the coordinator that has closed it calls its grant stale, and has the parts
        // in our custody. Of a complete inventory only the replies to its own lines decide.
        if !isInventoryComplete(of: grant) { dropStaleMedium(grant) }
    }

    private mutating func stopPart(_ grant: GrantNumber) {
        guard let index = parts.firstIndex(where: { $0.item.grant == grant }), !parts[index].isStopped else { return }
        parts[index].isStopped = true
        actions.append(.stopPart(grant))
    }

    // MARK: Results

    mutating func endPart(_ item: ResultItem) {
        guard let index = parts.firstIndex(where: { $0.item.grant == item.grant }) else { return }
        parts.remove(at: index)
        results.append(WaitingResult(item: item))
    }

    mutating func sayResults(now: Instant) {
        while mayPipeline {
            let batch = nextBatch()
            guard !batch.isEmpty else { return }
            say(.result(batch), now: now)
        }
    }

    /// Results that fit into one line, by count and by bytes; at least one where any waits.
    private mutating func nextBatch() -> [ResultItem] {
        let codec = LineCodec()
        var batch: [ResultItem] = []
        for index in results.indices where !results[index].isSaid && batch.count < LineLimits.itemsPerLine {
            guard batch.isEmpty || !results[index].isAlone else { continue }
            let candidate = batch + [results[index].item]
            let byteCount = (try? codec.encode(.result(ResultRequest(items: candidate))).count) ?? 0
            guard batch.isEmpty || byteCount < LineLimits.lineByteCount else { break }
            batch = candidate
            results[index].isSaid = true
            if results[index].isAlone { return batch }
        }
        return batch
    }

    mutating func resultsAnswered(_ items: [ResultItem], _ reply: Reply, now: Instant) {
        switch reply {
        case .result(let answer):
            for item in answer.items where items.contains(where: { $0.grant == item.grant }) {
                results.removeAll { $0.item.grant == item.grant }
                actions.append(.resultTaken(item.grant, isStale: item.word == .stale))
            }
        case .stale(let grant):
            results.removeAll { $0.item.grant == grant }
            actions.append(.resultTaken(grant, isStale: true))
        case .error(let error) where error.code == .ledgerUnavailable || error.code == .internal:
            beQuiet(now: now)
        case .error where items.count > 1:
            // One of them is wrong; the others are not to be lost with it.
            for index in results.indices where items.contains(where: { $0.grant == results[index].item.grant }) { results[index].isAlone = true }
        case .error:
            // The coordinator will never take this one; its grant expires there, and the journal remembers what was sent.
            for item in items {
                results.removeAll { $0.item.grant == item.grant }
                actions.append(.resultTaken(item.grant, isStale: true))
            }
        default: return lineBroken()
        }
        for item in items {
            guard let index = results.firstIndex(where: { $0.item.grant == item.grant }) else { continue }
            results[index].isSaid = false
        }
    }

    // MARK: The end

    mutating func stop(now: Instant) {
        guard stopDeadline == nil else { return }
        stopDeadline = now + HoldingConfiguration.stopGrace
        for part in parts { stopPart(part.item.grant) }
        media.removeAll { $0.grant == nil }
        for medium in media {
            guard case .reading(let inventory) = medium.stage, inventory.total == nil else { continue }
            abandon(inventory.grant, Sentence("worker-stopped"))
        }
    }

    mutating func endIfDone(now: Instant) {
        let isIdle = parts.isEmpty && results.isEmpty && media.isEmpty
        if let stopDeadline {
            let isUnheard = !isConnected && parts.isEmpty
            if isIdle || isUnheard || now >= stopDeadline { end(.stopped) }
        } else if isDrained, isIdle, custodyCount == 0 {
            let since = idleSince ?? now
            idleSince = since
            if now.since(since) >= HoldingConfiguration.drainGrace { end(.drained) }
        } else {
            idleSince = nil
        }
    }

    mutating func end(_ ending: Ending) {
        isOver = true
        actions.append(.end(ending))
    }
}
