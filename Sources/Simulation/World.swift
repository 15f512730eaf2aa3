import LineProtocol
import Migration

/// One run: a scenario in virtual time, with everything in it. Used by one thread.
final class World {
    let scenario: Scenario
    let mutant: Mutant?
    let witness: Witness
    let pacs: PACS
    private(set) var weather: Weather
    var chance: Chance
    var trace: Trace
    /// Milliseconds of true time since the start.
    private(set) var now: Int64 = 0
    private var agenda = Agenda()
    let ledger: WatchedLedger
    private var process: CoordinatorProcess?
    private var crowd: People?
    private var wires: [Wire] = []
    /// All gateways that ever were, in the order of their joining; the one at a post is the last of its name.
    private(set) var gateways: [Gateway] = []
    /// Whether faults are over.
    private(set) var isCalm = false
    /// Open at the destination.
    private var associations = 0

    init(_ scenario: Scenario, chance: Chance, mutant: Mutant?, trace: Trace) throws {
        self.scenario = scenario
        self.chance = chance
        self.mutant = mutant
        self.trace = trace
        weather = scenario.weather
        pacs = PACS(scenario)
        witness = Witness(scenario, pacs)
        ledger = try WatchedLedger(mutant)
        process = CoordinatorProcess(ledger, in: self)
        crowd = People(self)
    }

    var coordinator: CoordinatorProcess {
        guard let process else { preconditionFailure("a world has its coordinator from the start") }
        return process
    }

    var people: People {
        guard let crowd else { preconditionFailure("a world has its people from the start") }
        return crowd
    }

    // MARK: Time

    func at(_ moment: Int64, _ deed: @escaping Agenda.Deed) { agenda.enter(at: max(moment, now), deed) }

    /// Lets happen what is due until `isOver`, a rule is broken, or `end` has come.
    ///
    /// - Returns: whether `isOver` held in time.
    func run(until end: Int64, isOver: () -> Bool = { false }) -> Bool {
        while witness.violation == nil, !isOver() {
            guard let moment = agenda.nextMoment, moment <= end, let next = agenda.next() else {
                now = end
                return false
            }
            now = next.at
            next.deed()
        }
        return isOver()
    }

    /// Forgets what was to happen: what waits there holds on to the world itself.
    func end() { agenda = Agenda() }

    var latency: Int64 { Int64(chance.number(weather.lineLatency)) }
    var storeDelay: Int64 { Int64(chance.number(pacs.trouble == .slow ? weather.store.upperBound...weather.store.upperBound : weather.store)) }

    /// Faults are over: what was down comes up, what was cut is joined.
    func calm() {
        isCalm = true
        weather = .clear
        pacs.trouble = nil
        ledger.isFull = false
        coordinator.start()
        for gateway in gateways {
            gateway.mend()
            gateway.start()
        }
        people.resumeAll()
    }

    // MARK: Gateways

    func add(_ gateway: Gateway) { gateways.append(gateway) }

    /// The gateway that stands at a post now.
    func gateway(at post: Int) -> Gateway? { gateways.last { $0.plan.name == scenario.gateways[post].name } }

    // MARK: Lines

    /// A line on its way to the coordinator.
    func send(_ line: [UInt8], up wire: Wire) {
        wire.clearUp = max(wire.clearUp, max(now, wire.gateway.cutUntil) + latency)
        let incarnation = coordinator.incarnation
        at(wire.clearUp) { [unowned self] in
            let arrives = wire.isOpenAtGateway || wire.deliversLate
            if arrives, wire.isOpenAtCoordinator, incarnation == coordinator.incarnation { receive(line, wire) }
        }
        guard !isCalm, chance.happens(weather.ghosts) else { return }
        at(wire.clearUp + Int64(chance.number(1...60_000))) { [unowned self] in ghost(line, wire) }
    }

    /// A line that comes once more, on a connection that nobody listens to any more.
    private func ghost(_ line: [UInt8], _ wire: Wire) {
        guard !isCalm, coordinator.isUp, let request = try? LineCodec().decodeRequest(line), request.verb != .hello else { return }
        trace.note(now, "ghost", wire.gateway.plan.name, line)
        coordinator.say(request, line, identity: wire.identity) { _ in }
    }

    /// The coordinator has read a line; nothing is looked at while a greeting waits for its answer.
    private func receive(_ line: [UInt8], _ wire: Wire) {
        guard wire.greeting != .asked else { return wire.waiting.append(line) }
        trace.note(now, ">", wire.gateway.plan.name, line)
        do throws(LineError) {
            let request = try LineCodec().decodeRequest(line)
            if request.verb == .hello { wire.greeting = .asked }
            guard wire.greeting != .missing else { return reply(.error(LineError(.helloMissing, "HELLO first")), request.verb, wire) }
            coordinator.say(request, line, identity: wire.identity) { [unowned self] in reply($0, request.verb, wire) }
        } catch {
            witness.report(.noFault, "\(wire.gateway.plan.name) said a line that cannot be read: \(error.message)")
        }
    }

    private func reply(_ reply: Reply, _ verb: Verb, _ wire: Wire) {
        if verb == .hello {
            wire.greeting = if case .hello = reply { .done } else { .missing }
        }
        if wire.isOpenAtCoordinator, let line = try? LineCodec().encode(reply) { send(line, down: wire) }
        while wire.greeting != .asked, !wire.waiting.isEmpty { receive(wire.waiting.removeFirst(), wire) }
    }

    private func send(_ line: [UInt8], down wire: Wire) {
        trace.note(now, "<", wire.gateway.plan.name, line)
        wire.clearDown = max(wire.clearDown, max(now, wire.gateway.cutUntil) + latency)
        at(wire.clearDown) { [unowned self] in
            guard wire.isOpenAtGateway else { return }
            take(line, wire)
        }
    }

    /// A gateway that is frozen reads its lines when it wakes.
    private func take(_ line: [UInt8], _ wire: Wire) {
        wire.gateway.after(0) { if wire.isOpenAtGateway { wire.gateway.take(line) } }
    }

    /// The gateway gives a connection up: what is on its way to the coordinator arrives late, or never.
    func gaveUp(_ wire: Wire) {
        wire.deliversLate = !isCalm && chance.happens(weather.lateLines)
        if !wire.deliversLate { wire.isOpenAtCoordinator = false }
    }

    /// The connections of a coordinator that died are gone; each gateway notices after a while.
    func coordinatorDied() {
        for gateway in gateways where gateway.isRunning { cut(gateway) }
    }

    /// The connection of a gateway breaks.
    func cut(_ gateway: Gateway) {
        guard let wire = gateway.wire else { return }
        wire.isOpenAtCoordinator = !isCalm && coordinator.isUp && chance.happens(weather.lateLines)
        wire.deliversLate = wire.isOpenAtCoordinator
        gateway.after(latency) { if gateway.wire === wire { gateway.lostWire() } }
    }

    // MARK: The destination

    /// An association is opened for a send. Workers of protocol version 1 do not know the cap, and a clock that was set lets grants end early.
    func associationOpens() {
        associations += 1
        guard let cap = scenario.configuration.associations, !scenario.hasClockSteps, scenario.isOfVersion2 else { return }
        witness.expect(
            associations <= cap.atDestination, .cap, "\(associations) associations are open at the destination; \(cap.atDestination) are its cap")
    }

    func associationCloses() { associations -= 1 }

    /// An object reaches the destination, which does with it what it does.
    ///
    /// - Returns: the category of its answer; nil for success.
    func deliver(_ object: StoredObject, as sopInstanceUID: String) -> ExceptionCategory? {
        trace.note(now, "store", sopInstanceUID)
        if let refusal = pacs.refusal { return refusal }
        if chance.happens(weather.falseSuccesses) { return nil }
        pacs.keep(object, as: sopInstanceUID)
        return chance.happens(weather.falseErrors) ? .destinationRefused : nil
    }

    /// Whether the changes of a lease cannot be written in the character set of the study's objects.
    func isUnwritable(_ item: LeaseItem) -> Bool {
        guard scenario.studies.contains(where: { $0.uid == item.studyInstanceUID && $0.hasOldCharacterSet }) else { return false }
        return item.coercions.contains { $0.rule == .order }
    }

    /// A send starts: it must be before the worker's own deadline, and before the coordinator has let the grant expire.
    func checkStart(of item: LeaseItem, by gateway: Gateway) {
        let term = scenario.configuration.terms.grant
        let margin = min(Self.margin, term.milliseconds / 4)
        let deadline = gateway.confirmed[item.grant].map { $0 + term + Interval(milliseconds: -margin) }
        let isInTime = deadline.map { gateway.now < $0 } ?? false
        witness.expect(isInTime, .deadline, "\(gateway.plan.name) started a send under grant \(item.grant) after its deadline")
        guard !scenario.hasClockSteps else { return }
        let isExpired = witness.grants[item.grant]?.state == .expired
        witness.expect(!isExpired, .deadline, "\(gateway.plan.name) started a send under grant \(item.grant), which had expired")
    }

    /// Ten seconds, or a quarter of the term where that is less (docs/protocol.md); counted here anew, not asked of the holder.
    private static let margin: Int64 = 10_000
}
