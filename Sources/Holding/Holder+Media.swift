import LineProtocol
import Migration

extension Holder {
    mutating func present(_ request: MediumRequest) {
        guard !isDrained, stopDeadline == nil else {
            return actions.append(.refuseMedium(drive: request.drive, Sentence("worker-drained")))
        }
        withdraw(drive: request.drive)
        media.append(HeldMedium(request: request, stage: .presented(isSaid: false)))
    }

    /// A disc that leaves its drive before it was read wholly is given up; one whose inventory is complete goes on without the drive.
    mutating func withdraw(drive: String) {
        media.removeAll { medium in
            guard medium.request?.drive == drive, case .presented = medium.stage else { return false }
            return true
        }
        for medium in media where medium.request?.drive == drive {
            guard case .reading(let inventory) = medium.stage, inventory.total == nil else { continue }
            abandon(inventory.grant, Sentence("ejected-while-reading"))
        }
    }

    mutating func abandon(_ grant: GrantNumber, _ sentence: Sentence) {
        guard let index = media.firstIndex(where: { $0.grant == grant }), case .reading = media[index].stage else { return }
        media[index].stage = .abandoned(grant, sentence, isSaid: false)
        actions.append(.dropMedium(grant))
    }

    mutating func updateInventory(of grant: GrantNumber, _ change: (inout Inventory) -> Void) {
        guard let index = media.firstIndex(where: { $0.grant == grant }), case .reading(var inventory) = media[index].stage else { return }
        change(&inventory)
        media[index].stage = .reading(inventory)
    }

    mutating func completeInventory(of grant: GrantNumber, pieces: Int) {
        updateInventory(of: grant) {
            $0.written = pieces
            $0.total = pieces
        }
    }

    private mutating func forget(_ grant: GrantNumber) { media.removeAll { $0.grant == grant } }

    /// Whether all of the medium was read, and its inventory is being told.
    func isInventoryComplete(of grant: GrantNumber) -> Bool {
        media.contains { medium in
            guard case .reading(let inventory) = medium.stage else { return false }
            return inventory.grant == grant && inventory.total != nil
        }
    }

    /// The grant is not ours any more: what was staged under it is forgotten.
    ///
    /// A complete inventory may count as our custody at the coordinator: a new HELLO, which does not name it, takes that back.
    mutating func dropStaleMedium(_ grant: GrantNumber) {
        guard media.contains(where: { $0.grant == grant }) else { return }
        let mayBeCustody = isInventoryComplete(of: grant)
        forget(grant)
        actions.append(.dropMedium(grant))
        if mayBeCustody { lineBroken() }
    }

    /// The coordinator has the whole inventory.
    private mutating func enterCustody(_ grant: GrantNumber, now: Instant) {
        guard isInventoryComplete(of: grant) else { return dropStaleMedium(grant) }
        forget(grant)
        actions.append(.enterCustody(grant))
        nextLease = now
    }

    // MARK: What is due

    mutating func sayMedia(now: Instant) {
        for index in media.indices {
            switch media[index].stage {
            case .presented(isSaid: false):
                guard let request = media[index].request, now >= media[index].notBefore ?? now, mayPipeline else { continue }
                media[index].stage = .presented(isSaid: true)
                say(.medium(request), now: now)
            case .abandoned(let grant, let sentence, isSaid: false):
                guard mayPipeline else { continue }
                media[index].stage = .abandoned(grant, sentence, isSaid: true)
                say(.abandon(grant, sentence), now: now)
            case .reading(var inventory):
                sayInventory(&inventory, now: now)
                media[index].stage = .reading(inventory)
            case .presented, .abandoned: continue
            }
        }
    }

    private mutating func sayInventory(_ inventory: inout Inventory, now: Instant) {
        while inventory.next < inventory.written, inventory.next - inventory.durable < HoldingConfiguration.piecesInFlight, mayPipeline {
            say(.piece(inventory.grant, inventory.next), now: now)
            inventory.next += 1
        }
        guard let total = inventory.total, inventory.durable >= total, !inventory.isEndSaid, mayPipeline else { return }
        inventory.isEndSaid = true
        say(.inventoryEnd(inventory.grant), now: now)
    }

    // MARK: Answers

    mutating func answered(_ request: MediumRequest, _ reply: Reply, now: Instant) {
        guard let index = media.firstIndex(where: { $0.request == request && $0.grant == nil }) else {
            return returnUnwanted(reply)
        }
        switch reply {
        case .medium(let answer):
            if let grant = answer.grant {
                begin(index, request, grant)
            } else {
                media.remove(at: index)
                actions.append(.refuseMedium(drive: request.drive, answer.sentence))
            }
        case .error(let error) where error.code == .ledgerUnavailable || error.code == .internal:
            media[index].stage = .presented(isSaid: false)
            media[index].notBefore = now + HoldingConfiguration.retryDelay
        case .error(let error):
            media.remove(at: index)
            actions.append(.refuseMedium(drive: request.drive, Sentence("line-error", [.text(error.message)])))
        default: lineBroken()
        }
    }

    /// Reads a granted medium. Until its first piece a medium has one grant, from whichever drive it is asked for: a grant that was given back
    /// meanwhile is asked for anew, and what is read in one drive is not read in another one as well.
    private mutating func begin(_ index: Int, _ request: MediumRequest, _ grant: GrantNumber) {
        switch media.first(where: { $0.grant == grant })?.stage {
        case nil, .presented:
            media[index].stage = .reading(Inventory(grant: grant))
            actions.append(.read(drive: request.drive, grant))
        case .abandoned: media[index].stage = .presented(isSaid: false)
        case .reading:
            media.remove(at: index)
            actions.append(.refuseMedium(drive: request.drive, Sentence(.beingRead, [.label(request.label), .worker(workerName)])))
        }
    }

    private var workerName: String {
        if case .up(let hello) = link { hello.worker } else { "" }
    }

    /// The disc was taken out while the coordinator decided: a grant is given back at once.
    private mutating func returnUnwanted(_ reply: Reply) {
        guard case .medium(let answer) = reply, let grant = answer.grant, !media.contains(where: { $0.grant == grant }) else { return }
        media.append(HeldMedium(request: nil, stage: .abandoned(grant, Sentence("ejected-while-reading"), isSaid: false)))
    }

    mutating func pieceAnswered(_ grant: GrantNumber, _ number: Int, _ reply: Reply, now: Instant) {
        switch reply {
        // Closed by an earlier line whose reply was lost; the pieces were said again.
        case .inventory(let answer) where answer.isClosed: enterCustody(grant, now: now)
        case .inventory:
            updateInventory(of: grant) { inventory in
                // The reply counts the pieces, and so hides one before it that was refused: each is taken when its own turn has come.
                guard number == inventory.durable, number < inventory.written else { return }
                inventory.durable += 1
                inventory.next = max(inventory.next, inventory.durable)
            }
        case .stale: dropStaleMedium(grant)
        case .error(let error) where error.code == .ledgerUnavailable || error.code == .internal:
            updateInventory(of: grant) { $0.rewind() }
            beQuiet(now: now)
        case .error(let error): abandon(grant, Sentence("line-error", [.text(error.message)]))
        default: lineBroken()
        }
    }

    mutating func endAnswered(_ grant: GrantNumber, _ reply: Reply, now: Instant) {
        switch reply {
        case .inventory(let answer) where answer.isClosed: enterCustody(grant, now: now)
        case .inventory: repeatInventory(grant)
        case .stale: dropStaleMedium(grant)
        case .error(let error) where error.code == .inventoryMismatch: repeatInventory(grant)
        case .error(let error) where error.code == .ledgerUnavailable || error.code == .internal:
            updateInventory(of: grant) { $0.isEndSaid = false }
            beQuiet(now: now)
        case .error(let error): abandon(grant, Sentence("line-error", [.text(error.message)]))
        default: lineBroken()
        }
    }

    /// The pieces did not add up at the coordinator: they are said once more from the first on, then given up.
    private mutating func repeatInventory(_ grant: GrantNumber) {
        var wasRepeated = false
        updateInventory(of: grant) { inventory in
            wasRepeated = inventory.wasRepeated
            inventory.next = 0
            inventory.durable = 0
            inventory.isEndSaid = false
            inventory.wasRepeated = true
        }
        if wasRepeated { abandon(grant, Sentence("inventory-mismatch")) }
    }

    mutating func abandonAnswered(_ grant: GrantNumber, _ reply: Reply, now: Instant) {
        if case .error(let error) = reply, error.code == .ledgerUnavailable || error.code == .internal {
            guard let index = media.firstIndex(where: { $0.grant == grant }), case .abandoned(_, let sentence, _) = media[index].stage
            else { return }
            media[index].stage = .abandoned(grant, sentence, isSaid: false)
            return beQuiet(now: now)
        }
        forget(grant)
        // Closed before it was given up, or expired: a new HELLO tells that nothing of it is held.
        if case .stale = reply { lineBroken() }
    }
}
