public import Migration

/// Reports: lists with filters, a page at a time, and sums.
///
/// Lists are in a total order and are continued after the key of the last row seen.
public protocol LedgerReader: LedgerLookup {
    /// The worker with this number, revoked ones too.
    func worker(_ id: WorkerID) throws -> WorkerRecord?
    /// The enrolment that a certificate's identity names, revoked ones too.
    func worker(identity: String) throws -> WorkerRecord?
    /// All enrolments by number.
    func workers(page: Page<WorkerID>) throws -> [WorkerRow]
    /// Media by number.
    func media(state: MediumState?, page: Page<MediumID>) throws -> [MediumRow]
    /// Studies by number.
    func studies(_ filter: StudyFilter, page: Page<StudyID>) throws -> [StudyRow]
    /// Held studies that nobody has put off beyond `now`, by number; those that wait for nobody only where their reason is asked for.
    func waitingStudies(_ filter: WaitingFilter, at now: Instant, page: Page<StudyID>) throws -> [StudyRow]
    /// Held studies that are put off beyond `now`, by number.
    func postponedStudies(_ filter: WaitingFilter, at now: Instant, page: Page<StudyID>) throws -> [StudyRow]
    /// The study with this UID.
    func studyRow(uid: String) throws -> StudyRow?
    /// The instances of a study, part by part, each with its medium's label.
    func instances(of study: StudyID) throws -> [PlacedInstance]
    /// The instances of a study that need nothing more, as far as parts report them, part by part.
    func arrivedInstances(of study: StudyID) throws -> [InstanceRecord]
    /// Orders by number.
    func orders(page: Page<OrderID>) throws -> [OrderRecord]
    /// At most `count` ranges of patient IDs, one behind the other, that hold about as many orders each and all patient IDs together.
    func patientRanges(_ count: Int) throws -> [PatientRange]
    /// Walks over the patient IDs of `range` under which there are studies, those that were read and those that the legacy index alone lists (each study once, by
    /// its UID), in the order of their UTF-8 bytes, and hands the columns that matching compares to `take`. Studies come in the order of their numbers,
    /// those of the legacy index behind them.
    ///
    /// The studies without a patient ID come in shares of ``PatientFacts`` of at most ``blankShare``: memory is bounded by the patient ID with the most
    /// studies and orders.
    func walkPatients(_ range: PatientRange, _ take: (PatientFacts) throws -> Void) throws
    /// Corrections by the numbers of their studies; past ones only with `includingCorrected`.
    func corrections(includingCorrected: Bool, page: Page<StudyID>) throws -> [CorrectionRow]
    /// Up to `limit` corrections of which the destination is to be asked at `now`, by the moment, then by study.
    func corrections(dueAt now: Instant, limit: Int) throws -> [CorrectionRow]
    /// Orders told to the PACS or RIS, by number; those of which nothing is to be done any more only with `includingSettled`.
    func outbound(includingSettled: Bool, page: Page<OutboundID>) throws -> [OutboundRecord]
    /// Up to `limit` orders told to the PACS or RIS that are in `state`, by number.
    func outbound(in state: OutboundState, limit: Int) throws -> [OutboundRecord]
    /// Up to `limit` patient IDs behind `patientID` in the order of their UTF-8 bytes, without spaces around them and none of them blank, under which there
    /// are studies, those that were read and those that the legacy index alone lists.
    func patients(withStudiesBehind patientID: Identifying, limit: Int) throws -> [Identifying]
    /// What is known of the studies of `patientID`: those that were read, by number, then those that the legacy index alone lists, by UID.
    func knownStudies(ofPatient patientID: Identifying) throws -> [KnownStudy]
    /// Files that could not be read, in the order in which they were recorded.
    func unreadableFiles(includingResolved: Bool, page: Page<Int64>) throws -> [UnreadableRow]
    /// The events about a subject, oldest first; with an empty subject all events.
    func events(about subject: EventSubject, page: Page<Int64>) throws -> [EventRecord]
    /// Sums over the whole migration.
    func progress() throws -> MigrationProgress
    /// Walks along the chain of events.
    func verifyChain() throws -> ChainVerdict
}

extension LedgerReader {
    /// Studies without a patient ID that a walk hands over at once.
    public static var blankShare: Int { 1000 }

    /// Walks over all patient IDs.
    public func walkPatients(_ take: (PatientFacts) throws -> Void) throws { try walkPatients(PatientRange(), take) }
}

/// The patient IDs between two, in the order of their UTF-8 bytes.
public struct PatientRange: Hashable, Sendable {
    /// The first one.
    public var start: Identifying
    /// The one behind the last; nil when there is none.
    public var end: Identifying?

    /// The patient IDs from `start` on that come before `end`; all of them where none is named.
    public init(start: Identifying = "", end: Identifying? = nil) {
        self.start = start
        self.end = end
    }
}

/// What is known of a study, read or not.
public struct KnownStudy: Hashable, Sendable {
    /// What its objects, or the legacy index, say of it.
    public var header: StudyHeader
    /// Whether it was not read: the legacy index alone lists it, with the archive's codes for modalities.
    public var isLegacy: Bool
    /// How many images it has; nil where that is not known, or some could not be read.
    public var images: Int?

    /// A study of these values.
    public init(header: StudyHeader, isLegacy: Bool, images: Int?) {
        self.header = header
        self.images = images
        self.isLegacy = isLegacy
    }
}

/// A page of a list: up to `limit` rows after the one with key `after`.
public struct Page<Key: Sendable>: Sendable {
    /// The key of the last row seen; nil for the first page.
    public var after: Key?
    /// Rows wanted, 1 to ``limitBound``.
    public var limit: Int

    /// The most rows that one page has: bounds a reader's memory (law 9).
    public static var limitBound: Int { 10_000 }

    /// A page of up to `limit` rows after `after`.
    public init(after: Key? = nil, limit: Int = 1000) {
        self.after = after
        self.limit = min(max(limit, 1), Self.limitBound)
    }
}

/// Which studies a list is to have; nil does not restrict.
public struct StudyFilter: Hashable, Sendable {
    /// Only those in this state.
    public var state: StudyState?
    /// Only those with this outcome.
    public var outcome: Outcome?
    /// Only those held for this reason.
    public var holdReason: HoldReason?
    /// Only those of this patient.
    public var patientID: Identifying?
    /// Only those with a flag.
    public var isFlagged: Bool

    /// A filter of these.
    public init(
        state: StudyState? = nil, outcome: Outcome? = nil, holdReason: HoldReason? = nil, patientID: Identifying? = nil,
        isFlagged: Bool = false
    ) {
        self.state = state
        self.outcome = outcome
        self.holdReason = holdReason
        self.patientID = patientID
        self.isFlagged = isFlagged
    }
}

/// A row of the list of studies; with state `exception` a row of the list of exceptions.
public struct StudyRow: Hashable, Sendable {
    /// The study.
    public var study: StudyRecord
    /// The labels of the media that hold parts of it, in their order.
    public var labels: [String]
    /// The accession numbers of the orders that it serves beside its own, in the order of the orders' numbers.
    public var served: [String]

    /// A row of these.
    public init(study: StudyRecord, labels: [String], served: [String] = []) {
        self.study = study
        self.labels = labels
        self.served = served
    }
}

/// A row of the list of media.
public struct MediumRow: Hashable, Sendable {
    /// The medium.
    public var medium: MediumRecord
    /// The name of the worker that reads it, or read it last.
    public var workerName: String?
    /// Studies with a part on it.
    public var studies: Int
    /// Instances read from it.
    public var instances: Int
    /// Unreadable files on it that no copy made up for.
    public var unreadable: Int

    /// A row of these.
    public init(medium: MediumRecord, workerName: String?, studies: Int, instances: Int, unreadable: Int) {
        self.medium = medium
        self.workerName = workerName
        self.studies = studies
        self.instances = instances
        self.unreadable = unreadable
    }
}

/// A row of the list of workers; what lives only in memory (drives, last beat) comes from the engine.
public struct WorkerRow: Hashable, Sendable {
    /// The worker.
    public var worker: WorkerRecord
    /// Parts in its custody that are still to be sent.
    public var openParts: Int
    /// Parts leased to it now.
    public var leasedParts: Int

    /// A row of these.
    public init(worker: WorkerRecord, openParts: Int, leasedParts: Int) {
        self.worker = worker
        self.openParts = openParts
        self.leasedParts = leasedParts
    }
}

/// A row of the list of unreadable files.
public struct UnreadableRow: Hashable, Sendable {
    /// The file.
    public var record: UnreadableRecord
    /// The label of the medium it lies on.
    public var label: String

    /// A row of these.
    public init(record: UnreadableRecord, label: String) {
        self.record = record
        self.label = label
    }
}

/// An instance with where it was read.
public struct PlacedInstance: Hashable, Sendable {
    /// The instance.
    public var instance: InstanceRecord
    /// The label of the medium it was read from.
    public var label: String

    /// An instance with its place.
    public init(instance: InstanceRecord, label: String) {
        self.instance = instance
        self.label = label
    }
}

/// Sums over the whole migration.
public struct MigrationProgress: Hashable, Sendable {
    /// Studies by state, in the order of ``StudyState``'s cases; states without studies are left out.
    public var studies: [StudyTally]
    /// Media by state, in the order of ``MediumState``'s cases; states without media are left out.
    public var media: [MediumTally]
    /// Held studies by reason, in the order of ``HoldReason``'s cases.
    public var held: [HoldTally]
    /// Studies that were settled and against which something came up since: by code, in the order of ``HoldReason``'s cases. One study may have several.
    public var flagged: [HoldTally] = []
    /// Studies with any of these.
    public var flaggedStudies = 0
    /// Instances that need nothing more.
    public var doneInstances: Int
    /// Hospital orders.
    public var orders: Int
    /// Unreadable files that no copy made up for.
    public var unreadableFiles: Int
    /// Studies that need a disc again because custody of them was lost.
    public var studiesWithoutCustody: Int
    /// Studies that lie at the destination under a former identity, and wait for a person.
    public var openCorrections = 0
    /// Corrections, those of the past too, by state; states without any are left out.
    public var corrections: [CorrectionState: Int] = [:]
    /// Corrections that go on by themselves, or for which a person has done what there is to do.
    public var correctionsUnderWay = 0
    /// Studies that were deleted at the destination to be sent again, and are not: they are held, given up or left out.
    public var deletedNotSent = 0
    /// Whether the rules of matching are others, and not all that waits was looked at since.
    public var isUnderReview = false
    /// Media that were read in part and could hold studies of which nothing is known, by label, at most ``mediaLimit``.
    public var mediaReadInPart: [String] = []
    /// Orders of unspecified exams and their cancels by state; states without any are left out.
    public var outbound: [OutboundState: Int] = [:]
    /// Why the first order that is under way is not acknowledged yet; nil: there is none, or nothing is wrong.
    public var outboundTrouble: Sentence?
    /// How far accession numbers of the reserved range were given out; nil: by ``AccessionRange/standard``, from its first number.
    public var reservedNumbers: ReservedNumbers?
    /// The last number of the counter of unspecified exams.
    public var unspecifiedExams: Int64 = 0

    /// Media that are named at most.
    public static var mediaLimit: Int { 20 }

    /// Sums of these values.
    public init(
        studies: [StudyTally], media: [MediumTally], held: [HoldTally], doneInstances: Int, orders: Int,
        unreadableFiles: Int, studiesWithoutCustody: Int
    ) {
        self.studies = studies
        self.media = media
        self.held = held
        self.doneInstances = doneInstances
        self.orders = orders
        self.unreadableFiles = unreadableFiles
        self.studiesWithoutCustody = studiesWithoutCustody
    }
}

/// The studies in one state.
public struct StudyTally: Hashable, Sendable {
    /// The state.
    public var state: StudyState
    /// How many.
    public var count: Int
    /// Their instances.
    public var instances: Int
    /// Their bytes.
    public var bytes: Int64

    /// A tally of these.
    public init(state: StudyState, count: Int, instances: Int, bytes: Int64) {
        self.state = state
        self.count = count
        self.instances = instances
        self.bytes = bytes
    }
}

/// The media in one state.
public struct MediumTally: Hashable, Sendable {
    /// The state.
    public var state: MediumState
    /// How many.
    public var count: Int

    /// A tally of these.
    public init(state: MediumState, count: Int) {
        self.state = state
        self.count = count
    }
}

/// The studies held for one reason.
public struct HoldTally: Hashable, Sendable {
    /// The reason.
    public var reason: HoldReason
    /// How many.
    public var count: Int

    /// A tally of these.
    public init(reason: HoldReason, count: Int) {
        self.reason = reason
        self.count = count
    }
}
