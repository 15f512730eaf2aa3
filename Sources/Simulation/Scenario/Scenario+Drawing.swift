import Coordination
import LineProtocol
import Migration

extension Scenario {
    /// Draws a scenario: small ones mostly, a large one now and then.
    init(chance: inout Chance) {
        let size = chance.happens(5) ? Size.large : chance.happens(120) ? Size.middle : Size.small
        drawTerms(&chance)
        drawFleet(size, &chance)
        drawDestination(&chance)
        var archive = Archive(size: size, safety: safety, chance: chance)
        archive.fill()
        chance = archive.chance
        discs = archive.discs
        studies = archive.studies
        imports = archive.imports
        foreign = archive.foreign
        drawWeather(&chance)
        drawFaults(&chance)
        fitSpools(&chance)
    }

    /// How much of everything there is.
    struct Size {
        var gateways: ClosedRange<Int>
        var discs: ClosedRange<Int>
        var studies: ClosedRange<Int>
        var instances: ClosedRange<Int>

        static let small = Size(gateways: 1...3, discs: 1...3, studies: 1...5, instances: 1...4)
        static let middle = Size(gateways: 2...4, discs: 2...6, studies: 3...12, instances: 1...8)
        static let large = Size(gateways: 4...8, discs: 8...16, studies: 20...50, instances: 1...40)
    }

    private mutating func drawTerms(_ chance: inout Chance) {
        let term = Interval.seconds(Int64(chance.one(of: [20, 40, 60, 90])))
        configuration.terms = Terms(
            grant: term, workerLostAfter: term * Int64(chance.number(2...5)),
            association: .seconds(Int64(chance.number(chance.happens(300) ? 90...300 : 20...90))), idle: .seconds(Int64(chance.number(8...25))))
        configuration.retries = Retries(
            delays: (0..<chance.number(1...3)).map { _ in .seconds(Int64(chance.number(2...60))) }, attempts: chance.number(1...6))
        configuration.level = chance.happens(100) ? .acknowledged : .listed
        configuration.policies = Policies(
            examLevelFailed: chance.happens(700) ? .unspecifiedExam : .hold, patientLevelFailed: chance.happens(300) ? .unspecifiedExam : .hold,
            incomplete: chance.happens(500) ? .send : .hold)
        configuration.issuerOfUnknownPatients = "UNKNOWN"
        tick = Int64(chance.number(2000...10_000))
        coordinatorDrift = Int64(chance.number(-10_000...10_000))
        safety = term.milliseconds * Int64(chance.number(2...6))
    }

    private mutating func drawFleet(_ size: Size, _ chance: inout Chance) {
        for number in 1...chance.number(size.gateways) {
            gateways.append(
                GatewayPlan(
                    name: "gateway\(number)", drives: chance.number(1...2), parts: chance.number(1...4), associations: chance.number(1...2),
                    drift: Int64(chance.number(-10_000...10_000)), spoolLimit: .max, hasHoldingStore: chance.happens(300),
                    joins: number > 1 && chance.happens(300) ? Int64(chance.number(0...Int(safety))) : 0,
                    versions: chance.happens(200) ? [1] : GatewayPlan.newestVersions))
        }
    }

    /// What the destination asks of the fleet: in one scenario of four a cap on associations, in one of seven a pool of titles, often too few.
    private mutating func drawDestination(_ chance: inout Chance) {
        if chance.happens(250) {
            configuration.associations = AssociationCap(atDestination: chance.number(1...5), perLease: chance.number(1...2))
        }
        if chance.happens(150) { configuration.callingTitles = (1...chance.number(1...gateways.count)).map { "SKEIN\($0)" } }
    }

    /// A spool holds any one disc, and not always two.
    private mutating func fitSpools(_ chance: inout Chance) {
        let largest = discs.map(\.byteCount).max() ?? 0
        for index in gateways.indices where chance.happens(400) {
            gateways[index].spoolLimit = largest * Int64(chance.number(115...300)) / 100 + 100
        }
    }

    private mutating func drawWeather(_ chance: inout Chance) {
        keepsOld = chance.happens(500)
        weather.falseErrors = chance.happens(250) ? chance.number(20...300) : 0
        weather.falseSuccesses = chance.happens(250) ? chance.number(20...300) : 0
        weather.ghosts = chance.happens(300) ? chance.number(5...60) : 0
        weather.lateLines = chance.number(0...1000)
        if chance.happens(300) { weather.commit = 1...chance.number(50...3000) }
        if chance.happens(300) { weather.lineLatency = 1...chance.number(50...5000) }
        // Law 2: what was begun within a term is over before the association's timeout.
        let longest = Int(configuration.terms.association.milliseconds)
        if chance.happens(400) { weather.store = 20...max(21, min(longest, chance.number(2000...60_000))) }
        weather.readPiece = 100...chance.number(500...10_000)
    }

    private mutating func drawFaults(_ chance: inout Chance) {
        for kind in FaultKind.allCases where chance.happens(350) {
            for _ in 0..<chance.number(1...3) {
                // Early ones meet more work.
                let at = Int64(chance.number(0...Int(chance.happens(600) ? safety / 4 : safety)))
                faults.append(Mishap(at: at, fault: draw(kind, &chance), waitsForSend: chance.happens(400)))
            }
        }
    }

    private enum FaultKind: CaseIterable {
        case breakLine, partition, crash, freeze, stop, crashCoordinator, ledgerFull, diskFull, clockStep, destination, pullDisc, drain, revoke,
            excludeDisc
    }

    private func draw(_ kind: FaultKind, _ chance: inout Chance) -> Fault {
        let post = chance.number(0...(gateways.count - 1))
        switch kind {
        case .breakLine: return .breakLine(post)
        case .partition: return .partition(post, for: moment(&chance, terms: 3))
        case .crash: return .crash(post, losesSpool: chance.happens(300), for: moment(&chance, terms: 4))
        case .freeze: return .freeze(post, for: moment(&chance, terms: 4))
        case .stop: return .stop(post, for: moment(&chance, terms: 2))
        case .crashCoordinator:
            return .crashCoordinator(chance.one(of: [.idle, .beforeCommit, .afterCommit]), for: moment(&chance, terms: 2))
        case .ledgerFull: return .ledgerFull(for: moment(&chance, terms: 1))
        case .diskFull: return .diskFull(post, for: moment(&chance, terms: 2))
        case .clockStep: return .clockStep(by: clockStep(&chance))
        case .destination:
            return .destination(chance.one(of: [.unreachable, .rejecting, .full, .refusing, .slow]), for: moment(&chance, terms: 2))
        case .pullDisc: return .pullDisc
        case .drain: return .drain(post, for: moment(&chance, terms: 4))
        case .revoke: return .revoke(post, keepsSpool: chance.happens(300), for: moment(&chance, terms: 2))
        case .excludeDisc: return .excludeDisc(chance.number(0...(discs.count - 1)))
        }
    }

    private func moment(_ chance: inout Chance, terms: Int) -> Int64 {
        Int64(chance.number(100...(Int(configuration.terms.grant.milliseconds) * terms)))
    }

    /// Seconds mostly, either way; now and then hours ahead, as when a clock was never set.
    private func clockStep(_ chance: inout Chance) -> Int64 {
        let term = Int(configuration.terms.grant.milliseconds)
        return chance.happens(200) ? Int64(chance.number(term...100 * term)) : Int64(chance.number(-term...term))
    }
}
