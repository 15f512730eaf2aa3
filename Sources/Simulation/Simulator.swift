/// One run of a seed.
public struct Simulator {
    /// The seed, which alone decides what happens.
    public let seed: UInt64
    /// The fault that is put in on purpose; nil for none.
    public let mutant: Mutant?

    /// How a run ended.
    public enum Ending: Hashable, Sendable {
        /// All was finished and no rule was broken.
        case fine
        /// A rule was broken.
        case broken(Violation)
        /// Not all was finished ``patience`` milliseconds of virtual time after the last fault; what was not, in words.
        case stalled(String)
    }

    /// What came of a run.
    public struct Report: Hashable, Sendable {
        /// How it ended.
        public let ending: Ending
        /// A hash over all that happened: the same seed has the same one in every process.
        public let trace: UInt64
        /// Milliseconds of virtual time that it took.
        public let duration: Int64
    }

    /// Milliseconds of virtual time within which everything must be finished once faults are over: more than the longest delays of a scenario
    /// together (lost workers, fences, retries by machine and person, a clock that was set back).
    public static var patience: Int64 { 7_200_000 }

    /// A run of `seed`.
    public init(seed: UInt64, mutant: Mutant? = nil) {
        self.seed = seed
        self.mutant = mutant
    }

    /// Plays the seed's scenario to its end.
    ///
    /// - Parameter reader: told what happens, entry by entry; nil when nobody reads it.
    /// - Throws: what the ledger throws where it must not.
    public func run(reader: ((String) -> Void)? = nil) throws -> Report {
        var chance = Chance(seed: seed)
        let scenario = Scenario(chance: &chance)
        let world = try World(scenario, chance: chance, mutant: mutant, trace: Trace(reader: reader))
        defer { world.end() }
        world.coordinator.start()
        world.people.begin()
        Misfortune(world: world).enter()
        _ = world.run(until: scenario.safety)
        world.trace.note(world.now, "calm")
        world.calm()
        let isSettled = world.run(until: scenario.safety + Self.patience) { world.people.isSettled }
        if isSettled { try world.witness.checkEnd(world.ledger) }
        return Report(ending: ending(of: world, isSettled), trace: world.trace.hash, duration: world.now)
    }

    private func ending(of world: World, _ isSettled: Bool) -> Ending {
        if let violation = world.witness.violation { return .broken(violation) }
        return isSettled ? .fine : .stalled(world.witness.unsettled)
    }
}
