import Coordination
import Ledger
import Migration

/// The people around a fleet: they import lists, put discs into drives and take them out, decide what waits for a person, and replace gateways.
final class People {
    private unowned let world: World
    /// Discs that are in no drive.
    private var pile: [Disc]
    /// How often they look after the fleet, in milliseconds.
    private let patience: Int64
    private var secrets = 0
    private var spools = 0
    private var retries: [StudyID: Int] = [:]
    /// Actions that the coordinator has not taken yet.
    private var openActions = 0
    /// Whether, at the last round, nothing was left to be done by anybody.
    private(set) var isSettled = false

    init(_ world: World) {
        self.world = world
        pile = world.scenario.discs
        patience = Int64(world.chance.number(2000...15_000))
    }

    // MARK: The beginning

    func begin() {
        importMedia()
        for (at, orders) in world.scenario.imports { world.at(at) { [unowned self] in untilDone(.importOrders(orders)) } }
        for (post, plan) in world.scenario.gateways.enumerated() { world.at(plan.joins) { [unowned self] in enrol(post, newSpool()) } }
        round()
    }

    private func importMedia() { untilDone(.importMedia(world.scenario.discs.map(\.expected))) }

    /// Does an action, again and again until the coordinator has taken it.
    private func untilDone(_ action: OperatorAction, _ whenDone: @escaping () -> Void = {}) {
        openActions += 1
        attempt(action) { [unowned self] in
            openActions -= 1
            whenDone()
        }
    }

    private func attempt(_ action: OperatorAction, _ whenDone: @escaping () -> Void) {
        var isDone = false
        world.coordinator.carryOut(action) { answer in
            if case .refused(let error) = answer, error.code == .ledgerUnavailable { return }
            guard !isDone else { return }
            isDone = true
            whenDone()
        }
        world.at(world.now + Self.actionPatience) { [unowned self] in
            guard !isDone else { return }
            isDone = true
            attempt(action, whenDone)
        }
    }

    /// Milliseconds after which an action that was not answered is tried again.
    private static let actionPatience: Int64 = 20_000

    func newSpool() -> GatewaySpool {
        spools += 1
        return GatewaySpool(identity: "spool-\(spools)")
    }

    /// Invites a gateway, which redeems the invitation and starts.
    private func enrol(_ post: Int, _ spool: GatewaySpool) {
        secrets += 1
        let plan = world.scenario.gateways[post]
        let secret = [UInt8](repeating: UInt8(truncatingIfNeeded: secrets), count: 30) + [UInt8(truncatingIfNeeded: secrets >> 8), 0]
        let identity = "\(plan.name)-\(secrets)"
        let expires = Instant(milliseconds: Int64.max / 2)
        untilDone(.invite(name: plan.name, site: "", secretDigest: secret, expires: expires)) { [unowned self] in
            redeem(secret, identity, plan, spool)
        }
    }

    private func redeem(_ secret: [UInt8], _ identity: String, _ plan: GatewayPlan, _ spool: GatewaySpool) {
        var isDone = false
        world.coordinator.enrol(secretDigest: secret, identity: identity) { [unowned self] answer in
            guard !isDone else { return }
            switch answer {
            case .enrolled:
                isDone = true
                join(identity, plan, spool)
            case .reply(.error(let error)) where error.code == .invitationUsed:
                // Enrolled by a line whose answer was lost.
                isDone = true
                join(identity, plan, spool)
            default: break
            }
        }
        world.at(world.now + Self.actionPatience) { [unowned self] in if !isDone { redeem(secret, identity, plan, spool) } }
    }

    private func join(_ identity: String, _ plan: GatewayPlan, _ spool: GatewaySpool) {
        guard !world.gateways.contains(where: { $0.identity == identity }) else { return }
        let gateway = Gateway(plan, identity: identity, spool: spool, in: world)
        world.add(gateway)
        gateway.start()
    }

    // MARK: Rounds

    private func round() {
        lookAfterDrives()
        decide()
        giveUpDamage()
        isSettled = world.isCalm && openActions == 0 && areDone && world.witness.isSettled
        world.at(world.now + patience) { [unowned self] in round() }
    }

    private func lookAfterDrives() {
        for gateway in world.gateways where gateway.isRunning && gateway.isAwake {
            for place in gateway.drives.indices where gateway.drives[place].state != .reading {
                if let disc = gateway.drives[place].disc {
                    pile.append(disc)
                    gateway.eject(place)
                }
                guard gateway.isRunning, let disc = nextDisc() else { continue }
                pile.removeAll { $0 === disc }
                gateway.insert(disc, into: place)
            }
        }
    }

    /// A disc that is asked for; while faults last now and then any other.
    private func nextDisc() -> Disc? {
        guard !pile.isEmpty else { return nil }
        if !world.isCalm, world.chance.happens(60) { return world.chance.one(of: pile) }
        let wanted = pile.filter { isWanted($0) }
        guard !wanted.isEmpty, world.isCalm || world.chance.happens(700) else { return nil }
        return world.isCalm ? wanted[0] : world.chance.one(of: wanted)
    }

    /// Once no drive gives more of what was read in part, nothing is to wait for it any more.
    private func giveUpDamage() {
        guard world.isCalm, openActions == 0, !world.scenario.discs.contains(where: { isWanted($0) }) else { return }
        guard world.witness.waitingStudies.contains(where: { $0.holdReason == .waitingForMedia }) else { return }
        for disc in world.scenario.discs {
            guard let medium = world.witness.medium(labelled: disc.label), medium.state == .partlyRead, !medium.isGivenUp else { continue }
            choose(.excludeMedium(label: disc.label, reason: "no drive reads more of it"))
        }
    }

    private func isWanted(_ disc: Disc) -> Bool {
        switch world.witness.medium(labelled: disc.label)?.state {
        case .expected: true
        // Damage that passes has passed by then.
        case .partlyRead: !disc.wasReadLate
        case .reading, .read, .drained, .excluded, nil: false
        }
    }

    func takeDiscs(of gateway: Gateway) { pile += gateway.drives.compactMap(\.disc) }

    /// Somebody takes a disc out of a drive that reads it.
    func pullDisc() {
        let reading = world.gateways.flatMap { gateway in
            gateway.drives.indices.filter { gateway.isRunning && gateway.drives[$0].disc != nil }.map { (gateway, $0) }
        }
        guard !reading.isEmpty else { return }
        let (gateway, place) = world.chance.one(of: reading)
        if let disc = gateway.drives[place].disc { pile.append(disc) }
        gateway.after(0) { gateway.eject(place) }
    }

    func exclude(_ place: Int) {
        world.coordinator.carryOut(.excludeMedium(label: world.scenario.discs[place].label, reason: "broken"))
    }

    // MARK: Decisions

    private func decide() {
        for study in world.witness.decidedStudies where !world.isCalm && world.chance.happens(100) {
            choose(.worklist(.undo, studyInstanceUID: study.header.studyInstanceUID))
        }
        for study in world.witness.waitingStudies {
            // They are quickest where it is most dangerous: while an old grant may still send under the last decision.
            let mayStillBeSent = world.witness.mayStillBeSent(study.id)
            guard world.isCalm || world.chance.happens(mayStillBeSent ? 800 : 200) else { continue }
            guard let plan = world.scenario.studies.first(where: { $0.uid == study.header.studyInstanceUID }) else { continue }
            decide(study, plan, changesMind: mayStillBeSent)
        }
    }

    private func decide(_ study: StudyRecord, _ plan: StudyPlan, changesMind: Bool) {
        let uid = study.header.studyInstanceUID
        if world.isCalm {
            guard retries[study.id, default: 0] < Self.retriesInCalm else { return }
            retries[study.id, default: 0] += 1
            if study.progress.state == .exception { return choose(.retry(studyInstanceUID: uid)) }
            guard study.holdReason == .characterSet else { return }
            return choose(.fileAsUnspecified(studyInstanceUID: uid))
        }
        let terms = DecisionTerms(reason: "a person says so")
        switch world.chance.number(0...(changesMind ? 1 : 5)) {
        case 0 where !plan.accessions.isEmpty:
            choose(.assign(studyInstanceUID: uid, accessionNumber: world.chance.one(of: plan.accessions)))
        case 1: choose(.fileAsUnspecified(studyInstanceUID: uid))
        case 2: choose(.worklist(.exclude, studyInstanceUID: uid, terms: terms))
        case 3:
            let until = Instant(milliseconds: world.now + Int64(world.chance.number(1...Self.postponementLimit)))
            choose(.worklist(.postpone(until: until), studyInstanceUID: uid, terms: terms))
        default: choose(.retry(studyInstanceUID: uid))
        }
    }

    private func choose(_ decision: OperatorAction) {
        world.trace.note(world.now, "person", "\(decision)")
        untilDone(decision)
    }

    /// Milliseconds for which a study is put off at most.
    private static let postponementLimit = 600_000

    /// How often a person tries an exception again before it stays one.
    private static let retriesInCalm = 4

    /// Whether they have nothing left to do.
    private var areDone: Bool {
        world.witness.waitingStudies.allSatisfy { study in
            study.progress.state != .exception && study.holdReason != .characterSet || retries[study.id, default: 0] >= Self.retriesInCalm
        } && !world.scenario.discs.contains { isWanted($0) }
    }

    // MARK: Gateways

    /// Every gateway that is to drain is to work again.
    func resumeAll() {
        for gateway in world.gateways { resume(gateway) }
    }

    func resume(_ gateway: Gateway) {
        guard !gateway.isRefused else { return }
        untilDone(.resume(worker: gateway.plan.name)) { [unowned world] in
            world.at(world.now) { gateway.start() }
        }
    }

    /// A gateway is revoked; another one joins under its name, on the old one's disk or on a new one.
    func replace(_ post: Int, keepsSpool: Bool, after time: Int64) {
        guard let gateway = world.gateway(at: post), !gateway.isRefused else { return }
        untilDone(.revoke(worker: gateway.plan.name)) { [unowned self] in
            world.at(world.now + time) { [unowned self] in
                gateway.die()
                gateway.isRefused = true
                enrol(post, keepsSpool ? gateway.spool : newSpool())
            }
        }
    }
}
