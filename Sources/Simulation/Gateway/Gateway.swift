import Holding
import LineProtocol
import Migration

/// A gateway: the real ``Holding/Holder`` in a shell that is simulated. Its spool and journal outlive its process; its process can die, freeze
/// and be started again.
final class Gateway {
    let plan: GatewayPlan
    unowned let world: World
    let identity: String
    var spool: GatewaySpool
    /// Whether its process runs.
    var isRunning = false
    /// Whether the coordinator refused it for good.
    var isRefused = false
    /// Until when its process is stopped (SIGSTOP).
    private var frozenUntil: Int64 = 0
    private(set) var isAwake = true
    /// What is to be done when it wakes.
    private var slept: [() -> Void] = []
    /// Until when lines neither leave nor arrive.
    var cutUntil: Int64 = 0
    var isDiskFull = false
    /// Grows with each start: what an earlier process had begun is void.
    private(set) var incarnation = 0
    var holder: Holder
    var drives: [Drive]
    var wire: Wire?
    /// What was said and is not answered, with the moment by our own clock.
    var said: [(verb: Verb, grants: [GrantNumber], at: Instant)] = []
    var senders: [GrantNumber: Sender] = [:]
    /// When the line was said that confirmed a grant last: what its deadline is counted from.
    var confirmed: [GrantNumber: Instant] = [:]
    /// Whether reading waits for room.
    var isPaused = false
    private var untold: [HoldingEvent] = []
    private var startedAt: Int64 = 0
    private var connectDelay = GatewayTiming.firstConnectDelay
    private var isConnecting = false

    init(_ plan: GatewayPlan, identity: String, spool: GatewaySpool, in world: World) {
        self.plan = plan
        self.identity = identity
        self.spool = spool
        self.world = world
        holder = Holder(configuration: HoldingConfiguration(parts: plan.parts))
        drives = (1...plan.drives).map { Drive(name: "drive\($0)") }
    }

    /// Its own clock: steady, a little fast or slow, and its own at each start.
    var now: Instant {
        let passed = world.now - startedAt
        return Instant(milliseconds: 86_400_000 + passed + passed * plan.drift / 1_000_000)
    }

    var isSending: Bool { isRunning && senders.values.contains(where: \.isSending) }

    // MARK: Its process

    func start() {
        guard !isRunning, !isRefused else { return }
        world.trace.note(world.now, "start", plan.name)
        isRunning = true
        incarnation += 1
        startedAt = world.now
        holder = Holder(configuration: HoldingConfiguration(parts: plan.parts))
        (said, senders, confirmed, untold) = ([], [:], [:], [])
        (isPaused, isConnecting, connectDelay) = (false, false, GatewayTiming.firstConnectDelay)
        spool.dropIncomplete()
        tell(.custodyChanged(count: spool.custody.count))
        for (grant, pieces) in spool.unclosed { tell(.inventoryRestored(grant, pieces: pieces)) }
        connect()
        beat()
    }

    /// What was wrong with it is mended.
    func mend() {
        cutUntil = min(cutUntil, world.now)
        isDiskFull = false
        frozenUntil = world.now
        wake()
    }

    /// The process ends, without a word; people take the discs out of its drives.
    func die() {
        guard isRunning else { return }
        world.trace.note(world.now, "die", plan.name)
        isRunning = false
        incarnation += 1
        (isAwake, frozenUntil, slept) = (true, 0, [])
        giveUpWire()
        world.people.takeDiscs(of: self)
        for index in drives.indices { drives[index] = Drive(name: drives[index].name) }
    }

    /// Does `deed` after `delay`, unless this process has ended by then; when it wakes, in the order of their moments, while it is frozen.
    func after(_ delay: Int64, _ deed: @escaping () -> Void) {
        let incarnation = incarnation
        world.at(world.now + delay) { [unowned self] in
            guard incarnation == self.incarnation else { return }
            if isAwake { deed() } else { slept.append(deed) }
        }
    }

    /// Stops the process for a while (SIGSTOP).
    func freeze(for time: Int64) {
        frozenUntil = max(frozenUntil, world.now + time)
        isAwake = false
        world.at(frozenUntil) { [unowned self] in if world.now >= frozenUntil { wake() } }
    }

    private func wake() {
        isAwake = true
        let incarnation = incarnation
        while isAwake, incarnation == self.incarnation, !slept.isEmpty { slept.removeFirst()() }
    }

    /// The second hand.
    private func beat() {
        after(GatewayTiming.tick) { [unowned self] in
            tell(.diskFull(isDiskFull))
            tell(.tick)
            if isRunning { beat() }
        }
    }

    // MARK: The line

    /// Connects as soon as the coordinator can be reached; each try waits longer than the one before.
    private func connect() {
        guard wire == nil, !isConnecting else { return }
        isConnecting = true
        after(connectDelay) { [unowned self] in
            isConnecting = false
            guard world.coordinator.isUp, world.now >= cutUntil else {
                connectDelay = min(connectDelay * 2, GatewayTiming.longestConnectDelay)
                return connect()
            }
            connectDelay = GatewayTiming.firstConnectDelay
            wire = Wire(self)
            said = []
            tell(.connected)
        }
    }

    /// The connection is gone; another one is made after a while.
    func lostWire() {
        giveUpWire()
        tell(.disconnected)
        if isRunning { connect() }
    }

    private func giveUpWire() {
        guard let wire else { return }
        wire.isOpenAtGateway = false
        world.gaveUp(wire)
        self.wire = nil
        said = []
    }

    func take(_ line: [UInt8]) {
        guard !said.isEmpty else { return }
        let (verb, grants, at) = said.removeFirst()
        do throws(LineError) {
            let reply = try LineCodec().decodeReply(line, to: verb)
            noteConfirmed(reply, of: grants, saidAt: at)
            tell(.replied(reply))
        } catch {
            world.witness.report(.noFault, "\(plan.name) cannot read a reply to \(verb.rawValue): \(error.message)")
        }
    }

    private func noteConfirmed(_ reply: Reply, of grants: [GrantNumber], saidAt: Instant) {
        switch reply {
        case .lease(let lease): for item in lease.items { confirmed[item.grant] = max(confirmed[item.grant] ?? saidAt, saidAt) }
        case .beat(let beat): for grant in beat.live { confirmed[grant] = max(confirmed[grant] ?? saidAt, saidAt) }
        default: break
        }
    }

    // MARK: The holder

    /// Hands one event to the holder and does what it answers, as the real shell does: what comes of an action is told afterwards.
    func tell(_ event: HoldingEvent) {
        untold.append(event)
        guard untold.count == 1 else { return }
        let incarnation = incarnation
        while let next = untold.first {
            for action in holder.handle(next, now: now) {
                perform(action)
                if incarnation != self.incarnation { return }
            }
            untold.removeFirst()
        }
    }

    private func perform(_ action: HoldingAction) {
        switch action {
        case .say(let saying): say(saying)
        case .reconnect: lostWire()
        case .read(let drive, let grant): read(drive, grant)
        case .refuseMedium(let drive, _): refuse(drive)
        case .dropMedium(let grant): drop(grant)
        case .enterCustody(let grant): enterCustody(grant)
        case .startPart(let item, let until):
            let sender = Sender(item, until, self)
            senders[item.grant] = sender
            sender.begin()
        case .extendPart(let grant, let until): senders[grant]?.extend(until)
        case .stopPart(let grant): senders[grant]?.stop()
        case .resultTaken(let grant, _): senders[grant] = nil
        case .erase(let grant, let study):
            spool.erase(study, under: grant)
            tell(.custodyChanged(count: spool.custody.count))
        case .evict(let grant, let study): evict(study, grant)
        // Certificates and previews are not played: nothing orders them.
        case .takeCertificate, .makePreviews, .previewAnswered, .dropPreviews: break
        case .end(let ending): end(ending)
        }
    }

    /// The copy into the holding store takes a while; a study that was leased meanwhile stays.
    private func evict(_ study: String, _ grant: GrantNumber) {
        after(Int64(world.chance.number(10...2000))) { [unowned self] in
            let isUnderWork = senders.values.contains { $0.item.mediumGrant == grant && $0.item.studyInstanceUID == study && !$0.isOver }
            if !isUnderWork { spool.setAside(study, under: grant) }
        }
    }

    private func end(_ ending: Ending) {
        world.trace.note(world.now, "end", plan.name)
        if case .refused = ending { isRefused = true }
        die()
    }
}

/// The real shell's delays in milliseconds (`GatewayLimits`).
enum GatewayTiming {
    static let tick: Int64 = 1000
    static let firstConnectDelay: Int64 = 250
    static let longestConnectDelay: Int64 = 15_000
}
