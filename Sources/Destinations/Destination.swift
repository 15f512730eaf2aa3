public import DICOM
public import DICOMNetwork
public import Migration

/// Whether one more instance may be sent; asked where the association runs, and waits there.
public typealias SendPermission = nonisolated(nonsending) @Sendable () async -> Bool

/// Takes the verdict on the instance at a place; called where the association runs.
public typealias VerdictReport = nonisolated(nonsending) @Sendable (Int, InstanceVerdict) async -> Void

/// Where studies go. No status word of a destination is believed: what it holds is asked for, and where it matters read back (law 4).
public protocol Destination: Sendable {
    /// The SOP Instance UIDs of a study that the destination lists now; to be asked before the first send.
    ///
    /// - Parameters:
    ///   - studyInstanceUID: The study.
    ///   - seriesInstanceUIDs: Series that are asked for even when the destination does not list them in the study.
    /// - Throws: `DestinationError`. An answer that failed, was cut, or contradicts its own count is an error, not an empty answer.
    func presence(ofStudy studyInstanceUID: String, series seriesInstanceUIDs: [String]) async throws -> Set<String>

    /// Sends instances over up to so many associations at once.
    ///
    /// Every instance gets exactly one verdict, but for those that were not begun when `mayStart` said no or the task was cancelled.
    /// - Parameters:
    ///   - instances: What to send; one whose content cannot be read costs itself only.
    ///   - associations: How many associations at most; a destination that grants fewer gets fewer.
    ///   - mayStart: Asked before each instance. After a no the ones under way are finished and the rest left.
    ///   - report: Called with the place in `instances` and the verdict, from several associations at once.
    /// - Throws: `CancellationError` only.
    func store(
        _ instances: [OutgoingInstance], associations: Int, mayStart: @escaping SendPermission, report: @escaping VerdictReport
    ) async throws

    /// Asks what the destination holds of a study, on study, series and image level, again and again within a bound while
    /// instances are missing, because destinations index late.
    ///
    /// - Throws: `DestinationError`.
    func verify(_ study: ExpectedStudy) async throws -> VerificationReport

    /// Asks the destination to commit to keeping instances, and waits for its verdict within a bound (storage commitment, PS3.4 annex J).
    ///
    /// - Returns: What is decided; instances without a verdict are in neither list, because it may come hours later or never.
    /// - Throws: `DestinationError` when the destination does not do it, or not now.
    func commit(_ instances: [OutgoingInstance]) async throws -> CommitmentOutcome

    /// Fetches an instance into a file and compares it with what we would have sent.
    ///
    /// - Parameters:
    ///   - instance: What the instance must equal.
    ///   - folder: Where the copy lies while it is compared.
    /// - Throws: `DestinationError` when the destination does not give it, or `content` cannot be read.
    func readBack(_ instance: OutgoingInstance, into folder: String) async throws -> Comparison
}

/// An instance as it is to arrive.
public struct OutgoingInstance: Sendable {
    /// SOP Class UID (0008,0016).
    public var sopClassUID: String
    /// SOP Instance UID (0008,0018).
    public var sopInstanceUID: String
    /// Study Instance UID (0020,000D).
    public var studyInstanceUID: String
    /// Series Instance UID (0020,000E).
    public var seriesInstanceUID: String
    /// What the content is encoded in.
    public var transferSyntaxUID: String
    /// The data set's bytes, changes included.
    public var content: any ObjectContent

    /// An instance of these values.
    public init(
        sopClassUID: String, sopInstanceUID: String, studyInstanceUID: String, seriesInstanceUID: String,
        transferSyntaxUID: String, content: any ObjectContent
    ) {
        self.sopClassUID = sopClassUID
        self.sopInstanceUID = sopInstanceUID
        self.studyInstanceUID = studyInstanceUID
        self.seriesInstanceUID = seriesInstanceUID
        self.transferSyntaxUID = transferSyntaxUID
        self.content = content
    }
}

/// What became of an instance that was sent.
public enum InstanceVerdict: Hashable, Sendable {
    /// The destination said that it took it. The warning is empty, or the status in words (`warning B007`). Where it was written in another
    /// transfer syntax than its own, that one's UID, and the elements that changed with it.
    case acknowledged(warning: String, changed: [Tag] = [], writtenAs: String? = nil)
    /// It did not arrive, and why. The detail names no patient.
    case failed(ExceptionCategory, detail: String)
}

/// A study as it must be found at the destination.
public struct ExpectedStudy: Sendable {
    /// Study Instance UID (0020,000D).
    public var studyInstanceUID: String
    /// Patient ID (0010,0020) after coercion.
    public var patientID: Identifying
    /// Accession Number (0008,0050) after coercion.
    public var accessionNumber: String
    /// SOP Instance UID and Series Instance UID of each instance.
    public var instances: [Instance]

    /// One instance's place.
    public struct Instance: Hashable, Sendable {
        /// SOP Instance UID (0008,0018).
        public var sopInstanceUID: String
        /// Series Instance UID (0020,000E).
        public var seriesInstanceUID: String

        /// An instance in a series.
        public init(sopInstanceUID: String, seriesInstanceUID: String) {
            self.sopInstanceUID = sopInstanceUID
            self.seriesInstanceUID = seriesInstanceUID
        }
    }

    /// A study of these values.
    public init(studyInstanceUID: String, patientID: Identifying, accessionNumber: String, instances: [Instance]) {
        self.studyInstanceUID = studyInstanceUID
        self.patientID = patientID
        self.accessionNumber = accessionNumber
        self.instances = instances
    }
}

/// What a destination was found to hold. Each expected instance is in exactly one of the first five lists, in the order expected.
public struct VerificationReport: Hashable, Sendable {
    /// Found under the intended patient, accession number, study and series.
    public var verified: [String] = []
    /// Not found.
    public var missing: [String] = []
    /// Found in another series, or in another one too.
    public var wrongSeries: [String] = []
    /// Found in a study of another patient, or one that cannot be told apart from it.
    public var underOtherPatient: [String] = []
    /// Found in a study of another accession number.
    public var wrongAccession: [String] = []
    /// In the study and not expected: the destination's own objects, other parts', or strangers. Sorted.
    public var beyond: [String] = []

    /// A report without instances.
    public init() {}

    /// Whether all that was expected is as intended.
    public var isComplete: Bool {
        missing.isEmpty && wrongSeries.isEmpty && underOtherPatient.isEmpty && wrongAccession.isEmpty
    }
}

/// Why a destination could not do what it was asked for as a whole.
public struct DestinationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The category under which what failed is listed.
    public let category: ExceptionCategory
    /// The sentence for people, without patient data.
    public let message: String

    /// An error of these values.
    public init(_ category: ExceptionCategory, _ message: String) {
        self.category = category
        self.message = message
    }

    /// Category and sentence.
    public var description: String { "\(category.rawValue): \(message)" }
}
