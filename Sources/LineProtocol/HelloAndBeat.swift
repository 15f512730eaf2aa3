public import Migration

/// `HELLO`: who speaks, and what it still has in its custody.
public struct HelloRequest: Hashable, Sendable, Codable {
    /// The protocol versions that the worker speaks.
    public var versions: [Int]
    /// The worker's program and version, for people: `skein-worker 0.1.0`.
    public var program: String
    /// The random identity of the worker's spool; a new one when the spool was lost or made anew.
    public var spool: String
    /// The grants of the media whose parts the spool still holds.
    public var custody: [GrantNumber]
    /// Whether held parts can be moved out of the spool and stay in custody; nil, as older workers say it: they cannot.
    public var hasHoldingStore: Bool?

    /// A request of these values.
    public init(versions: [Int], program: String, spool: String, custody: [GrantNumber], hasHoldingStore: Bool? = nil) {
        self.versions = versions
        self.program = program
        self.spool = spool
        self.custody = custody
        self.hasHoldingStore = hasHoldingStore
    }
}

/// The reply to `HELLO`.
public struct HelloReply: Hashable, Sendable, Codable {
    /// The version that both sides speak from here on.
    public var version: Int
    /// The name under which the ledger knows the worker.
    public var worker: String
    /// How long a grant lives after the last line that named it.
    public var term: Interval
    /// How often the worker is to send `BEAT`: a third of the term.
    public var beat: Interval
    /// How it is to stage what it reads. Nil for a worker of version 1, which stages in the clear.
    public var staging: Staging?

    /// A reply of these values.
    public init(version: Int, worker: String, term: Interval, beat: Interval, staging: Staging? = nil) {
        self.version = version
        self.worker = worker
        self.term = term
        self.beat = beat
        self.staging = staging
    }
}

/// How a worker is to stage what it reads.
public struct Staging: Hashable, Sendable {
    /// Whether what is staged from now on is to be encrypted.
    public var isEncrypted: Bool
    /// The key of this enrolment's spool, for what was encrypted before as well.
    public var key: SpoolKey

    /// A rule of these values.
    public init(isEncrypted: Bool, key: SpoolKey) {
        self.isEncrypted = isEncrypted
        self.key = key
    }
}

extension Staging: Codable {
    private enum CodingKeys: String, CodingKey {
        case isEncrypted = "encrypted"
        case key
    }
}

/// `BEAT`: the worker lives, and so do these grants.
public struct BeatRequest: Hashable, Sendable, Codable {
    /// The live grants with their progress.
    public var grants: [GrantProgress]
    /// The drives and what is in them.
    public var drives: [DriveStatus]
    /// Bytes in the spool.
    public var spoolBytes: Int64
    /// The spool's bound in bytes.
    public var spoolLimit: Int64
    /// What the worker waits for, if it cannot go on by itself: `spool-full`, `holding-store-failed`, `disk-full`; otherwise nil.
    public var paused: Sentence?

    /// A beat of these values.
    public init(
        grants: [GrantProgress], drives: [DriveStatus], spoolBytes: Int64, spoolLimit: Int64, paused: Sentence? = nil
    ) {
        self.grants = grants
        self.drives = drives
        self.spoolBytes = spoolBytes
        self.spoolLimit = spoolLimit
        self.paused = paused
    }
}

/// How far the work under one grant is.
public struct GrantProgress: Hashable, Sendable, Codable {
    /// The grant.
    public var grant: GrantNumber
    /// Files read (a medium) or instances sent and acknowledged (a part).
    public var items: Int
    /// Bytes read or sent.
    public var bytes: Int64
    /// The resume point: the positions of a part that are acknowledged and in the worker's journal, the first
    /// ``LineLimits/resumePairs`` pairs of them. Nil for a medium, and from workers of version 1.
    public var done: InstanceRanges?

    /// A progress of these values.
    public init(grant: GrantNumber, items: Int, bytes: Int64, done: InstanceRanges? = nil) {
        self.grant = grant
        self.items = items
        self.bytes = bytes
        self.done = done
    }
}

/// A drive of a worker and what is in it.
public struct DriveStatus: Hashable, Sendable, Codable {
    /// The drive's name in the worker's configuration.
    public var name: String
    /// The label of the medium in it; nil when it is empty.
    public var label: String?
    /// `empty`, `reading`, `done` (may be ejected) or `refused`.
    public var state: State
    /// What the operator should know: why refused, what to insert next.
    public var sentence: Sentence?

    /// The states of a drive.
    public enum State: String, Hashable, Sendable, Codable, CaseIterable {
        case empty, reading, done, refused
    }

    /// A status of these values.
    public init(name: String, label: String?, state: State, sentence: Sentence? = nil) {
        self.name = name
        self.label = label
        self.state = state
        self.sentence = sentence
    }
}

/// The reply to `BEAT`.
public struct BeatReply: Hashable, Sendable, Codable {
    /// The grants that live on, with a full term from when the coordinator received the beat.
    public var live: [GrantNumber]
    /// The grants that the coordinator no longer knows as the worker's: stop work on them, send nothing more.
    public var stale: [GrantNumber]
    /// What the worker is to do.
    public var orders: [WorkerOrder]

    /// A reply of these values.
    public init(live: [GrantNumber], stale: [GrantNumber], orders: [WorkerOrder]) {
        self.live = live
        self.stale = stale
        self.orders = orders
    }
}

/// An order of the coordinator, carried by a beat's reply. Each may be said again until it is carried out.
public enum WorkerOrder: Hashable, Sendable {
    /// Take no new lease and no new medium; finish or return what is held.
    case drain
    /// Work again after a drain.
    case resume
    /// Erase the staged files of this study from the spool: nothing of them is needed any more.
    case erase(mediumGrant: GrantNumber, studyInstanceUID: String)
    /// Move the staged files of this study into the holding store: it is held, and the spool is full.
    case evict(mediumGrant: GrantNumber, studyInstanceUID: String)
    /// Ask for a new certificate with `RENEW`. Never said to a worker of version 1.
    case renew
    /// Make previews of these instances of a part in custody, and say them with `PREVIEW`. Never said to a worker of a version before 3.
    case preview(mediumGrant: GrantNumber, studyInstanceUID: String, instances: InstanceRanges)
}

/// Coded as `{"order":"drain"}`, `{"order":"erase","mediumGrant":7,"studyInstanceUID":"1.2.3"}` or the same with `evict`; with `preview` it has `instances` too.
extension WorkerOrder: Codable {
    private enum Key: String, CodingKey { case order, mediumGrant, studyInstanceUID, instances }
    private enum Word: String, Codable { case drain, resume, erase, evict, renew, preview }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        switch try container.decode(Word.self, forKey: .order) {
        case .drain: self = .drain
        case .resume: self = .resume
        case .renew: self = .renew
        case .erase:
            let (grant, study) = try Self.staged(in: container)
            self = .erase(mediumGrant: grant, studyInstanceUID: study)
        case .evict:
            let (grant, study) = try Self.staged(in: container)
            self = .evict(mediumGrant: grant, studyInstanceUID: study)
        case .preview:
            let (grant, study) = try Self.staged(in: container)
            self = .preview(mediumGrant: grant, studyInstanceUID: study, instances: try container.decode(InstanceRanges.self, forKey: .instances))
        }
    }

    private static func staged(in container: KeyedDecodingContainer<Key>) throws -> (GrantNumber, String) {
        (try container.decode(GrantNumber.self, forKey: .mediumGrant), try container.decode(String.self, forKey: .studyInstanceUID))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        switch self {
        case .drain: try container.encode(Word.drain, forKey: .order)
        case .resume: try container.encode(Word.resume, forKey: .order)
        case .renew: try container.encode(Word.renew, forKey: .order)
        case .erase(let grant, let study): try Self.encode(.erase, grant, study, into: &container)
        case .evict(let grant, let study): try Self.encode(.evict, grant, study, into: &container)
        case .preview(let grant, let study, let instances):
            try Self.encode(.preview, grant, study, into: &container)
            try container.encode(instances, forKey: .instances)
        }
    }

    private static func encode(
        _ word: Word, _ mediumGrant: GrantNumber, _ study: String, into container: inout KeyedEncodingContainer<Key>
    ) throws {
        try container.encode(word, forKey: .order)
        try container.encode(mediumGrant, forKey: .mediumGrant)
        try container.encode(study, forKey: .studyInstanceUID)
    }
}
