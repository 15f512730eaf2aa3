public import Matching
public import Migration

/// What the hospital and the operators decided for the whole migration; fixed while the coordinator runs.
public struct MigrationConfiguration: Sendable {
    /// The destination: `dicom://CALLED@host:port?calling=AET`.
    public var destination: String
    /// How arrival is proved.
    public var level: VerificationLevel
    /// What the hospital's modality codes stand for.
    public var modalityMapping: ModalityMapping
    /// How sure evidence beside the paper's rule must be; nil: it does not count.
    public var evidence: EvidencePolicy?
    /// The words by which evidence weighs descriptions and body parts.
    public var vocabulary = ExamVocabulary()
    /// What becomes of studies by what matching comes to, and by the media that they lie on.
    public var policies: Policies
    /// How long grants live and when workers are missed.
    public var terms: Terms
    /// When a failed study is tried again and when it is given up.
    public var retries: Retries
    /// Which studies are migrated.
    public var selection = Selection()
    /// In which order studies are sent that are not requested.
    public var orderOfWork = OrderOfWork.standard
    /// How priors of new orders are requested; nil: they are not.
    public var priors: PriorsPolicy?
    /// Calling AE titles that the destination knows, handed out to workers while they hold leases; empty: all use the destination's.
    public var callingTitles: [String] = []
    /// The cap on associations at the destination over the whole fleet; nil: none.
    public var associations: AssociationCap?
    /// Sources with a cap on those who read from them at once over the whole fleet.
    public var sources: [SourceCap] = []
    /// What becomes of studies whose patient is another by now, or is called otherwise, than when they were sent.
    public var corrections = CorrectionPolicy()
    /// The issuer of patient IDs under which unspecified exams of patients are filed whom the hospital does not know; nil: they are held.
    public var issuerOfUnknownPatients: String?
    /// Issuers of patient IDs that are the hospital's, beside those that its orders and patients name.
    public var hospitalIssuers: [String] = []
    /// The accession numbers of unspecified exams.
    public var reservedRange = AccessionRange.standard
    /// Whether the PACS or RIS is told of an order for each unspecified exam, before the images.
    public var announcesOrders = false
    /// How long nobody else decides on a study that a person has taken: a lunch break ends it.
    public var takeTerm = Interval.minutes(30)

    /// How studies are matched.
    public var matching: MatchingPolicy { MatchingPolicy(mapping: modalityMapping, evidence: evidence, vocabulary: vocabulary) }

    /// The rules by which studies that wait may have to be looked at again when they change.
    var rules: String {
        "modalities: \(modalityMapping); policies: \(policies); selection: \(selection); order of work: \(orderOfWork)" + (evidence.map { "; evidence: \($0), words: \(vocabulary.fingerprint)" } ?? "")
            + (reservedRange == .standard ? "" : "; reserved range: \(reservedRange)") + (announcesOrders ? "; orders are told" : "")
            + (issuerOfUnknownPatients.map { "; issuer of unknown patients: \($0)" } ?? "")
            + (hospitalIssuers.isEmpty ? "" : "; issuers of the hospital: \(hospitalIssuers.joined(separator: " | "))")
    }

    /// A configuration for `destination`, standard in everything else.
    public init(
        destination: String, level: VerificationLevel = .listed, modalityMapping: ModalityMapping = ModalityMapping(),
        policies: Policies = Policies(), terms: Terms = Terms(), retries: Retries = Retries()
    ) {
        self.destination = destination
        self.level = level
        self.modalityMapping = modalityMapping
        self.policies = policies
        self.terms = terms
        self.retries = retries
    }
}

/// How many associations the fleet may have at the destination at once.
public struct AssociationCap: Hashable, Sendable {
    /// Over the whole fleet.
    public var atDestination: Int
    /// For each lease; workers are told so with it.
    public var perLease: Int

    /// A cap of these values; at least one lease always goes.
    public init(atDestination: Int, perLease: Int) {
        self.atDestination = atDestination
        self.perLease = min(perLease, atDestination)
    }

    /// Leases that may be live at once.
    var leases: Int { max(1, atDestination / max(1, perLease)) }
}

/// How often a source may be read from at once.
public struct SourceCap: Hashable, Sendable {
    /// Where its media stand, as the media list says.
    public var shelf: String
    /// Media read, and studies sent from media that stay online, at the same time over the whole fleet.
    public var readers: Int

    /// A cap of these values.
    public init(shelf: String, readers: Int) {
        self.shelf = shelf
        self.readers = readers
    }
}

/// What becomes of a study that the legacy archive's own index lists for another patient, or with another number of instances, than was read.
public enum LegacyIndexPolicy: String, Hashable, Sendable, Codable, CaseIterable {
    /// Held for a person.
    case hold
    /// Whatever becomes of it without the index.
    case ignore
}

/// What becomes of a study of which files could not be read.
public enum IncompletePolicy: String, Hashable, Sendable, Codable, CaseIterable {
    /// Held until a copy gives the rest or a person decides.
    case hold
    /// Sent as far as it is there, and `verified, incomplete` at best.
    case send
}

/// How long grants live and when workers are missed.
public struct Terms: Hashable, Sendable {
    /// How long a grant lives after the last line that named it.
    public var grant: Interval
    /// How long a worker may be silent before its custody ends.
    public var workerLostAfter: Interval
    /// How long an association that was begun before a term's end may still store objects: a part is not granted again with other changes before.
    public var association: Interval
    /// When a worker for which there is no work asks again.
    public var idle: Interval

    /// Three beats a term; ten terms until a worker is lost.
    public init(
        grant: Interval = .seconds(30), workerLostAfter: Interval = .minutes(5), association: Interval = .minutes(1),
        idle: Interval = .seconds(1)
    ) {
        self.grant = grant
        self.workerLostAfter = workerLostAfter
        self.association = association
        self.idle = idle
    }

    /// How often a worker is to send `BEAT`: a third of the term (docs/protocol.md, `HELLO`).
    public var beat: Interval { Interval(milliseconds: grant.milliseconds / 3) }
}

/// When a failed study is tried again and when it is given up.
public struct Retries: Hashable, Sendable {
    /// The delay after the first failure, the second and so on; the last one repeats.
    public var delays: [Interval]
    /// Failed attempts after which a study becomes an exception.
    public var attempts: Int

    /// A first retry while a short disturbance passes, the last ones while a person mends the destination.
    public static var standardDelays: [Interval] { [.seconds(5), .seconds(30), .minutes(2), .minutes(10), .minutes(60)] }

    /// Retries after `delays`, up to `attempts` in all.
    public init(delays: [Interval] = Self.standardDelays, attempts: Int = 6) {
        self.delays = delays
        self.attempts = attempts
    }

    /// The delay after the `count`th failure, from 1 on.
    public func delay(afterFailure count: Int) -> Interval {
        delays.isEmpty ? .seconds(0) : delays[min(max(count, 1), delays.count) - 1]
    }
}
