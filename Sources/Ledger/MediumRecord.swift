public import Migration

/// A medium as the ledger keeps it.
public struct MediumRecord: Hashable, Sendable {
    /// Its number.
    public var id: MediumID
    /// What the operators' list says of it.
    public var expected: ExpectedMedium
    /// How far it is.
    public var state: MediumState
    /// The fingerprint bound to its label when it was first granted; nil before.
    public var fingerprint: String?
    /// What it was found to be; nil before the first grant.
    public var contents: MediumContents?
    /// The worker that reads it now, or that read it last.
    public var worker: WorkerID?
    /// The grant under which it is being read.
    public var readingGrant: GrantNumber?
    /// The grant whose inventory counts; nil before the first one was closed.
    public var closedGrant: GrantNumber?
    /// Whether all of it was read, without damage of the medium itself or of its files.
    public var isWhole: Bool
    /// Whether a person said that no more comes of it, though it was read in part only.
    public var isGivenUp = false
    /// Why it is in this state; nil while it is just expected.
    public var sentence: Sentence?

    /// A record of a medium that is expected.
    public init(id: MediumID, expected: ExpectedMedium) {
        self.id = id
        self.expected = expected
        state = .expected
        isWhole = false
    }

    /// What is written on its sleeve.
    public var label: String { expected.label }
}

/// What a medium was found to be.
public struct MediumContents: Hashable, Sendable, Codable {
    /// The volume identifier.
    public var volumeIdentifier: String
    /// Bytes of the medium.
    public var byteCount: Int64
    /// Files that its directories list.
    public var fileCount: Int
    /// Files that are no DICOM objects; 0 until its inventory is closed.
    public var notDICOMCount: Int
    /// Damage of the medium itself, as its last inventory told; empty until one is closed.
    public var findings: [Sentence]
    /// Whether it stays reachable and may be read again.
    public var isOnline: Bool

    /// Contents of these values.
    public init(
        volumeIdentifier: String, byteCount: Int64, fileCount: Int, notDICOMCount: Int = 0, findings: [Sentence] = [],
        isOnline: Bool
    ) {
        self.volumeIdentifier = volumeIdentifier
        self.byteCount = byteCount
        self.fileCount = fileCount
        self.notDICOMCount = notDICOMCount
        self.findings = findings
        self.isOnline = isOnline
    }
}

/// Media, by fingerprint; what finds them by number or label is in ``LedgerLookup``.
public protocol MediumStore {
    /// The media bound to this fingerprint, in the order of their numbers; copies share one.
    func media(fingerprint: String) throws -> [MediumRecord]
    /// The media declared as copies of the one labelled `label`, in the order of their numbers.
    func copies(of label: String) throws -> [MediumRecord]
    /// Adds an expected medium.
    func insertMedium(_ expected: ExpectedMedium) throws -> MediumRecord
    /// Writes all of `medium`.
    func updateMedium(_ medium: MediumRecord) throws
}
