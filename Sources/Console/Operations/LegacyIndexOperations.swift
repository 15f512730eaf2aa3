internal import Coordination
internal import Foundation
internal import Ledger
public import Matching
public import Migration

/// Adds or updates studies of the legacy archive's own index, at most `OperatorAction.importLimit` at a time.
public struct ImportLegacyStudies: ConsoleOperation {
    public static let path = "/v1/legacy-studies"
    public static let isReading = false

    /// The studies.
    public var studies: [LegacyStudy]

    /// An import of `studies`.
    public init(studies: [LegacyStudy]) { self.studies = studies }

    public func perform(at desk: Desk) async throws -> ImportCount {
        ImportCount(try await desk.carryOut(.importLegacyStudies(studies)))
    }
}

/// Simulates the matching of all studies that are known, those that were read and those that the legacy index alone lists; nothing is changed.
public struct SimulateMatching: ConsoleOperation {
    public static let path = "/v1/matching/simulation"
    public static let isReading = true
    /// Ten million studies on a cold disk, behind a few others who asked the same.
    public static var timeLimit: Duration { .seconds(3600) }
    /// One at a time, whoever asks: each takes the processors for as long as it walks.
    private static let queue = DispatchQueue(label: "simulation of matching")

    /// What it came to.
    public struct Output: Codable, Hashable, Sendable {
        /// The counts by modality, then year; studies without a year come last.
        public var cells: [SimulationCell]
        /// How many of the studies were not read yet: the legacy index alone lists them.
        public var legacyStudies: Int

        /// An outcome of these values.
        public init(cells: [SimulationCell], legacyStudies: Int) {
            self.cells = cells
            self.legacyStudies = legacyStudies
        }
    }

    /// The simulation.
    public init() {}

    public func perform(at desk: Desk) async throws -> Output {
        try await Self.queued { try Self.simulate(desk.ledger, MatchingPolicy(mapping: desk.matching.rule.mapping)) }
    }

    /// Carries out a walk over a whole ledger, when those who asked before have theirs: it takes seconds, which those who answer requests do not have.
    static func queued<Result: Sendable>(_ walk: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Swift.Result { try walk() }) }
        }
    }

    private static func simulate(_ ledger: any Ledger, _ matching: MatchingPolicy) throws -> Output {
        let ranges = try ledger.read { try $0.patientRanges(min(ProcessInfo.processInfo.activeProcessorCount, walkLimit)) }
        let tallies = try ledger.read(inParts: ranges) { reader, range in
            var tally = SimulationTally(mapping: matching.rule.mapping)
            try reader.walkPatients(range) { patient in
                try tally.add(patient) { try reader.contemporaries(of: $0, bornOn: $1, by: matching) }
            }
            return tally
        }
        return Output(cells: SimulationTally.cells(of: tallies), legacyStudies: tallies.reduce(0) { $0 + $1.legacyStudies })
    }

    /// Walks side by side: each has a connection and memory of its own, and those who read for others want processors too.
    private static var walkLimit: Int { 4 }
}
