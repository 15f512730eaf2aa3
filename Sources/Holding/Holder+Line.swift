import LineProtocol
import Migration

extension Holder {
    mutating func connected(now: Instant) {
        disconnected()
        link = .greeting
        say(.hello(reading: readingGrants), now: now)
    }

    /// Forgets what was said without an answer; it is said again, except beats and questions for parts.
    mutating func disconnected() {
        link = .down
        outstanding = []
        isRenewalOwed = false
        dropPreviews()
        for index in results.indices { results[index].isSaid = false }
        for index in media.indices {
            switch media[index].stage {
            case .presented: media[index].stage = .presented(isSaid: false)
            case .reading(var inventory):
                inventory.rewind()
                media[index].stage = .reading(inventory)
            case .abandoned(let grant, let sentence, _):
                media[index].stage = .abandoned(grant, sentence, isSaid: false)
            }
        }
    }

    mutating func replied(_ reply: Reply, now: Instant) {
        guard !outstanding.isEmpty else { return lineBroken() }
        let sent = outstanding.removeFirst()
        if case .error(let error) = reply, isFatal(error, to: sent) { return }
        switch sent.saying {
        case .hello: greeted(reply, now: now)
        case .beat(let grants): beaten(grants, reply, sentAt: sent.at)
        case .medium(let request): answered(request, reply, now: now)
        case .piece(let grant, let number): pieceAnswered(grant, number, reply, now: now)
        case .inventoryEnd(let grant): endAnswered(grant, reply, now: now)
        case .abandon(let grant, _): abandonAnswered(grant, reply, now: now)
        case .lease: leased(reply, sentAt: sent.at, now: now)
        case .result(let items): resultsAnswered(items, reply, now: now)
        // After an error the next beat says again that a renewal is due.
        case .renew: if case .renew(let answer) = reply { actions.append(.takeCertificate(answer)) }
        case .preview: previewAnswered(reply)
        }
    }

    /// Asks for a certificate, once at a time.
    mutating func renewIfOwed(now: Instant) {
        guard isRenewalOwed, mayPipeline else { return }
        isRenewalOwed = false
        say(.renew, now: now)
    }

    /// The peer does not keep to the protocol: the connection is of no use.
    mutating func lineBroken() {
        actions.append(.reconnect)
        disconnected()
    }

    /// What the coordinator cannot do now is said again later.
    mutating func beQuiet(now: Instant) { quietUntil = now + HoldingConfiguration.retryDelay }

    private mutating func isFatal(_ error: LineError, to sent: Outstanding) -> Bool {
        switch error.code {
        case .revoked, .certificateSuperseded, .notAuthenticated, .unsupportedVersion:
            end(.refused(error))
            return true
        case .helloMissing, .unknownVerb, .malformedLine, .lineTooLong:
            // Each of these says that the two ends are no longer at the same place of the conversation.
            lineBroken()
            return true
        case .badValue, .tooSoon, .invitationUnknown, .invitationExpired, .invitationUsed, .inventoryMismatch, .previewMismatch, .ledgerUnavailable, .internal:
            return false
        }
    }

    private mutating func greeted(_ reply: Reply, now: Instant) {
        guard case .hello(let hello) = reply, LineLimits.protocolVersions.contains(hello.version) else { return lineBroken() }
        link = .up(hello)
        // The first beat goes out at once: it tells which of the grants that we still hold are live.
        nextBeat = now
    }

    /// The grants that are still worked on, or whose results the coordinator has not taken.
    private var liveGrants: [GrantNumber] {
        (readingGrants + parts.map(\.item.grant) + results.map(\.item.grant)).sorted()
    }

    mutating func beatIfDue(_ hello: HelloReply, now: Instant) {
        guard now >= nextBeat, mayPipeline else { return }
        say(.beat(liveGrants), now: now)
        nextBeat = now + hello.beat
    }

    private mutating func beaten(_ grants: [GrantNumber], _ reply: Reply, sentAt: Instant) {
        guard case .up(let hello) = link, case .beat(let beat) = reply else { return }
        let until = HoldingConfiguration.deadline(from: sentAt, term: hello.term)
        for grant in beat.live { extend(grant, until: until) }
        for grant in beat.stale {
            // What the beat did not name is of our custody, and the coordinator's ledger has never seen it: it was put back from a copy.
            if grants.contains(grant) { fence(grant) } else { actions.append(.dropMedium(grant)) }
        }
        for order in beat.orders { obey(order) }
    }

    private mutating func obey(_ order: WorkerOrder) {
        switch order {
        case .drain: isDrained = true
        case .renew:
            isRenewalOwed = !outstanding.contains { if case .renew = $0.saying { true } else { false } }
        case .resume:
            isDrained = false
            idleSince = nil
        case .erase(let mediumGrant, let study):
            if !isUnderWork(study, mediumGrant) { actions.append(.erase(mediumGrant: mediumGrant, studyInstanceUID: study)) }
        case .evict(let mediumGrant, let study):
            if !isUnderWork(study, mediumGrant) { actions.append(.evict(mediumGrant: mediumGrant, studyInstanceUID: study)) }
        case .preview(let mediumGrant, let study, let instances):
            arePreviewsOrdered = true
            actions.append(.makePreviews(mediumGrant: mediumGrant, studyInstanceUID: study, instances: instances))
        }
    }

    private func isUnderWork(_ study: String, _ mediumGrant: GrantNumber) -> Bool {
        parts.contains { $0.item.mediumGrant == mediumGrant && $0.item.studyInstanceUID == study }
    }
}
