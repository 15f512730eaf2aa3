public import Migration

/// One entry of the chain of events (law 15).
public struct EventRecord: Hashable, Sendable {
    /// Its place in the chain, from 1 on without gaps.
    public var sequence: Int64
    /// When it happened, by the coordinator's clock.
    public var at: Instant
    /// What happened.
    public var sentence: Sentence
    /// What it happened to.
    public var subject: EventSubject
    /// SHA-256 over the previous hash and this entry.
    public var hash: [UInt8]

    /// An entry of these values.
    public init(sequence: Int64, at: Instant, sentence: Sentence, subject: EventSubject, hash: [UInt8]) {
        self.sequence = sequence
        self.at = at
        self.sentence = sentence
        self.subject = subject
        self.hash = hash
    }
}

/// What an event happened to; nil where it does not apply.
public struct EventSubject: Hashable, Sendable, Codable {
    /// The study.
    public var study: StudyID?
    /// The medium.
    public var medium: MediumID?
    /// The worker.
    public var worker: WorkerID?
    /// The grant.
    public var grant: GrantNumber?

    /// A subject of these.
    public init(study: StudyID? = nil, medium: MediumID? = nil, worker: WorkerID? = nil, grant: GrantNumber? = nil) {
        self.study = study
        self.medium = medium
        self.worker = worker
        self.grant = grant
    }
}

/// The chain of events; append-only.
public protocol EventStore {
    /// Appends an event to the chain.
    func append(_ sentence: Sentence, about subject: EventSubject, at now: Instant) throws
}

/// What a walk along the chain of events found.
public enum ChainVerdict: Hashable, Sendable {
    /// All `count` entries follow from each other.
    case whole(count: Int64)
    /// The entry at `sequence` is missing, or does not follow from those before it.
    case broken(at: Int64)
}
