import Coordination
import Migration

/// What goes wrong in a run, at its moments.
struct Misfortune {
    let world: World

    func enter() {
        for mishap in world.scenario.faults { world.at(mishap.at) { meet(mishap) } }
    }

    /// Lets a mishap happen; one that waits for a send looks again until its gateway sends.
    private func meet(_ mishap: Mishap) {
        guard !world.isCalm else { return }
        guard mishap.waitsForSend, let post = mishap.fault.post, world.gateway(at: post)?.isSending != true else { return strike(mishap.fault) }
        world.at(world.now + Self.watch) { meet(mishap) }
    }

    /// Milliseconds between two looks: shorter than most sends.
    private static let watch: Int64 = 250

    private func strike(_ fault: Fault) {
        world.trace.note(world.now, "fault", "\(fault)")
        switch fault {
        case .breakLine(let post): world.gateway(at: post).map(world.cut)
        case .partition(let post, let time): world.gateway(at: post)?.cutUntil = world.now + time
        case .crash(let post, let losesSpool, let time): crash(post, losesSpool, time)
        case .freeze(let post, let time): if let gateway = world.gateway(at: post), gateway.isRunning { gateway.freeze(for: time) }
        case .stop(let post, let time): stop(post, time)
        case .crashCoordinator(let point, let time): world.coordinator.crash(at: point, downFor: time)
        case .ledgerFull(let time): during(time) { world.ledger.isFull = $0 }
        case .diskFull(let post, let time): during(time) { world.gateway(at: post)?.isDiskFull = $0 }
        case .clockStep(let milliseconds): world.coordinator.stepClock(by: milliseconds)
        case .destination(let trouble, let time): during(time) { world.pacs.trouble = $0 ? trouble : nil }
        case .pullDisc: world.people.pullDisc()
        case .drain(let post, let time): drain(post, time)
        case .revoke(let post, let keepsSpool, let time): world.people.replace(post, keepsSpool: keepsSpool, after: time)
        case .excludeDisc(let place): world.people.exclude(place)
        }
    }

    /// Something is so, and after a while it is not.
    private func during(_ time: Int64, _ set: @escaping (Bool) -> Void) {
        set(true)
        world.at(world.now + time) { set(false) }
    }

    private func crash(_ post: Int, _ losesSpool: Bool, _ time: Int64) {
        guard let gateway = world.gateway(at: post) else { return }
        gateway.die()
        if losesSpool { gateway.spool = world.people.newSpool() }
        world.at(world.now + time) { gateway.start() }
    }

    private func stop(_ post: Int, _ time: Int64) {
        guard let gateway = world.gateway(at: post), gateway.isRunning, gateway.isAwake else { return }
        let process = gateway.incarnation
        gateway.tell(.stopRequested)
        world.at(world.now + time) { startAgain(gateway, after: process) }
    }

    /// Starts a gateway that was stopped, when its process has ended: it comes to the end of what it sends first.
    private func startAgain(_ gateway: Gateway, after process: Int) {
        guard gateway.isRunning, gateway.incarnation == process else { return gateway.start() }
        world.at(world.now + Self.watch) { startAgain(gateway, after: process) }
    }

    private func drain(_ post: Int, _ time: Int64) {
        guard let gateway = world.gateway(at: post), !gateway.isRefused else { return }
        world.coordinator.carryOut(.drain(worker: gateway.plan.name))
        world.at(world.now + time) { world.people.resume(gateway) }
    }
}
