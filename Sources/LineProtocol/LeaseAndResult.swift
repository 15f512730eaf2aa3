public import Migration

/// `LEASE`: the worker asks for parts to send.
public struct LeaseRequest: Hashable, Sendable, Codable {
    /// How many parts it would take now, 1 to ``LineLimits/itemsPerLine``.
    public var count: Int

    /// A request for up to `count` parts.
    public init(count: Int) { self.count = count }
}

/// The reply to `LEASE`; it never waits.
public struct LeaseReply: Hashable, Sendable, Codable {
    /// The parts granted; none: ask again after ``delay``.
    public var items: [LeaseItem]
    /// When to ask again.
    public var delay: Interval
    /// Why there is no more work now; nil when as many were granted as were asked for.
    public var sentence: Sentence?

    /// A reply of these values.
    public init(items: [LeaseItem], delay: Interval, sentence: Sentence?) {
        self.items = items
        self.delay = delay
        self.sentence = sentence
    }
}

/// One part granted to a worker.
public struct LeaseItem: Hashable, Sendable, Codable {
    /// The grant that fences this lease (law 2).
    public var grant: GrantNumber
    /// The grant of the medium under which the worker took the part into custody.
    public var mediumGrant: GrantNumber
    /// The study.
    public var studyInstanceUID: String
    /// Which of the part's instances to send, as positions in the order in which the inventory named them.
    public var instances: InstanceRanges
    /// The changes to make to each object.
    public var coercions: [Coercion]
    /// The patient, accession number and so on as they are to be found at the destination afterwards.
    public var expected: ExpectedStudy
    /// The destination: `dicom://CALLED@host:port?calling=AET`.
    public var destination: String
    /// How arrival is to be proved.
    public var level: VerificationLevel
    /// Whether an earlier grant of the study may already have sent instances: they are then expected at the destination and count after read-back.
    public var mayHaveBeenSent: Bool
    /// How often the study was sent again after the destination had let go of what it had: what was sent before is not this sending. nil: never.
    public var round: Int?
    /// By what the study's own UIDs become others in every object; nil: they stay. Never said to a worker of a version before 3.
    public var uids: UIDGeneration?

    /// An item of these values.
    public init(
        grant: GrantNumber, mediumGrant: GrantNumber, studyInstanceUID: String, instances: InstanceRanges,
        coercions: [Coercion], expected: ExpectedStudy, destination: String, level: VerificationLevel, mayHaveBeenSent: Bool,
        round: Int? = nil, uids: UIDGeneration? = nil
    ) {
        self.grant = grant
        self.mediumGrant = mediumGrant
        self.studyInstanceUID = studyInstanceUID
        self.instances = instances
        self.coercions = coercions
        self.expected = expected
        self.destination = destination
        self.level = level
        self.mayHaveBeenSent = mayHaveBeenSent
        self.round = round
        self.uids = uids
    }
}

/// What verification compares at the destination.
public struct ExpectedStudy: Hashable, Sendable, Codable {
    /// Patient ID (0010,0020) at the destination.
    public var patientID: Identifying
    /// Accession Number (0008,0050) at the destination.
    public var accessionNumber: String

    /// An expectation of these values.
    public init(patientID: Identifying, accessionNumber: String) {
        self.patientID = patientID
        self.accessionNumber = accessionNumber
    }
}

/// `RESULT`: what became of leased parts, 1 to ``LineLimits/itemsPerLine`` items.
public struct ResultRequest: Hashable, Sendable, Codable {
    /// One item a grant.
    public var items: [ResultItem]

    /// A request of `items`.
    public init(items: [ResultItem]) { self.items = items }
}

/// What became of one part.
public struct ResultItem: Hashable, Sendable, Codable {
    /// The part's grant.
    public var grant: GrantNumber
    /// Verdicts on the granted instances; those not named were not tried (interrupted) and burn no attempt.
    public var verdicts: [VerdictGroup]
    /// SOP Instance UIDs that the destination has in the study beyond ours: listed, at most ``beyondLimit``.
    public var beyond: [String]
    /// How many instances each coerced element was changed in, by tag of eight hexadecimal digits, in the order of the tags.
    public var changed: [ChangedElement]

    /// How many UIDs ``beyond`` carries at most; the rest is only counted by the report's reader at the destination.
    public static var beyondLimit: Int { 100 }

    /// An item of these values.
    public init(grant: GrantNumber, verdicts: [VerdictGroup], beyond: [String] = [], changed: [ChangedElement] = []) {
        self.grant = grant
        self.verdicts = verdicts
        self.beyond = beyond
        self.changed = changed
    }
}

/// Instances of a part that share one verdict.
public struct VerdictGroup: Hashable, Sendable {
    /// Positions in the part.
    public var instances: InstanceRanges
    /// What became of them.
    public var verdict: Verdict
    /// The destination's status or our finding, for people; without patient data. With a good verdict: what the destination
    /// remarked, such as a warning status (PS3.4 annex B.2.3); normally empty.
    public var detail: String

    /// The verdicts.
    public enum Verdict: Hashable, Sendable {
        /// Found at the destination as intended.
        case verified
        /// C-STORE was answered with success; not asked further.
        case acknowledged
        /// Failed; a retry may help unless the category says otherwise.
        case failed(ExceptionCategory)
    }

    /// A group of these values.
    public init(instances: InstanceRanges, verdict: Verdict, detail: String = "") {
        self.instances = instances
        self.verdict = verdict
        self.detail = detail
    }
}

/// Coded as `{"instances":[[0,9]],"verdict":"verified"}`; `failed` comes with its `category`, and with `detail` where there is one.
extension VerdictGroup: Codable {
    private enum Key: String, CodingKey { case instances, verdict, category, detail }
    private enum Word: String, Codable { case verified, acknowledged, failed }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        instances = try container.decode(InstanceRanges.self, forKey: .instances)
        detail = try container.decodeIfPresent(String.self, forKey: .detail) ?? ""
        switch try container.decode(Word.self, forKey: .verdict) {
        case .verified: verdict = .verified
        case .acknowledged: verdict = .acknowledged
        case .failed: verdict = .failed(try container.decode(ExceptionCategory.self, forKey: .category))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(instances, forKey: .instances)
        if !detail.isEmpty { try container.encode(detail, forKey: .detail) }
        switch verdict {
        case .verified: try container.encode(Word.verified, forKey: .verdict)
        case .acknowledged: try container.encode(Word.acknowledged, forKey: .verdict)
        case .failed(let category):
            try container.encode(Word.failed, forKey: .verdict)
            try container.encode(category, forKey: .category)
        }
    }
}

/// How often one element was changed in a part.
public struct ChangedElement: Hashable, Sendable, Codable {
    /// The element as eight hexadecimal digits.
    public var tag: String
    /// In how many instances its value differed and was changed.
    public var instances: Int

    /// A count of these values.
    public init(tag: String, instances: Int) {
        self.tag = tag
        self.instances = instances
    }
}

/// The reply to `RESULT`: one verdict an item, in the order of the request.
public struct ResultReply: Hashable, Sendable, Codable {
    /// What became of each item.
    public var items: [ResultItemReply]

    /// A reply of `items`.
    public init(items: [ResultItemReply]) { self.items = items }
}

/// The coordinator's word on one item of a `RESULT`.
public struct ResultItemReply: Hashable, Sendable, Codable {
    /// The grant that the item named.
    public var grant: GrantNumber
    /// Whether the result counts.
    public var word: Word

    /// The coordinator's words.
    public enum Word: String, Hashable, Sendable, Codable, CaseIterable {
        /// Recorded. The staged files are kept until an `erase` order.
        case ok = "OK"
        /// The grant is not the part's live one: recorded as such, and the study will be verified again.
        case stale = "STALE"
    }

    /// A reply of these values.
    public init(grant: GrantNumber, word: Word) {
        self.grant = grant
        self.word = word
    }
}
