import Holding
import LineProtocol
import Migration

/// What a gateway says, in the bytes of the line.
extension Gateway {
    func say(_ saying: Saying) {
        let grants: [GrantNumber] = if case .beat(let grants) = saying { grants } else { [] }
        guard let (verb, line) = compose(saying) else { return }
        said.append((verb, grants, now))
        if let wire { world.send(line, up: wire) }
    }

    private func compose(_ saying: Saying) -> (Verb, [UInt8])? {
        switch saying {
        case .piece(let grant, let number): staged(grant, number)
        case .inventoryEnd(let grant): staged(grant, spool[grant]?.pieceCount ?? 0)
        case .hello(let reading): encoded(.hello(greeting(reading)))
        case .beat(let grants): encoded(.beat(beat(grants)))
        case .medium(let request): encoded(.medium(request))
        case .abandon(let grant, let sentence): encoded(.inventory(InventoryRequest(grant: grant, matter: .abandoned(sentence))))
        case .lease(let count): encoded(.lease(LeaseRequest(count: count)))
        case .result(let items): encoded(.result(ResultRequest(items: items)))
        // Certificates and previews are not played: nothing orders them.
        case .renew, .preview: nil
        }
    }

    private func encoded(_ request: Request) -> (Verb, [UInt8])? {
        do {
            return (request.verb, try LineCodec().encode(request))
        } catch {
            world.witness.report(.noFault, "\(plan.name) cannot write \(request.verb.rawValue): \(error)")
            return nil
        }
    }

    private func staged(_ grant: GrantNumber, _ number: Int) -> (Verb, [UInt8])? {
        guard let lines = spool[grant]?.lines, lines.indices.contains(number) else {
            world.witness.report(.noFault, "\(plan.name) is to say piece \(number) of grant \(grant), which its spool does not have")
            return nil
        }
        return (.inventory, lines[number])
    }

    private func greeting(_ reading: [GrantNumber]) -> HelloRequest {
        HelloRequest(
            versions: plan.versions, program: "simulated gateway", spool: spool.identity,
            custody: Set(spool.custody + reading).sorted(), hasHoldingStore: plan.hasHoldingStore)
    }

    private func beat(_ grants: [GrantNumber]) -> BeatRequest {
        BeatRequest(
            grants: grants.map(progress), drives: drives.map(\.status),
            spoolBytes: spool.byteCount, spoolLimit: plan.spoolLimit, paused: paused)
    }

    /// How far a grant is; from version 2 on with the positions that the journal has as acknowledged.
    private func progress(_ grant: GrantNumber) -> GrantProgress {
        let arrived = senders[grant]?.arrived
        let tellsDone = holder.version ?? 1 >= LineLimits.renewingVersion
        return GrantProgress(grant: grant, items: arrived?.count ?? 0, bytes: 0, done: tellsDone ? arrived.map { InstanceRanges($0) } : nil)
    }

    private var paused: Sentence? {
        if isDiskFull { return Sentence(.diskFull, [.text("spool")]) }
        return isPaused ? Sentence(.spoolFull, [.bytes(plan.spoolLimit)]) : nil
    }
}
