public import Migration

/// Instances of one study under one header, as one piece of an inventory names them.
public struct InventoryStudy: Hashable, Sendable, Codable {
    /// What the objects say of the study.
    public var header: StudyHeader
    /// The instances, in the order of their positions.
    public var instances: [InstanceRecord]

    /// Instances under one header.
    public init(header: StudyHeader, instances: [InstanceRecord]) {
        self.header = header
        self.instances = instances
    }
}

/// A piece of an inventory that is durable but does not count yet.
public struct InventoryPieceRecord: Hashable, Sendable, Codable {
    /// Its studies.
    public var studies: [InventoryStudy]
    /// Files that could not be read.
    public var unreadable: [UnreadableFile]

    /// A piece of these.
    public init(studies: [InventoryStudy], unreadable: [UnreadableFile]) {
        self.studies = studies
        self.unreadable = unreadable
    }
}

/// A file that could not be read, and whether that matters still.
public struct UnreadableRecord: Hashable, Sendable {
    /// The number of the record.
    public var number: Int64
    /// The medium it lies on.
    public var medium: MediumID
    /// The grant under which it was found so.
    public var grant: GrantNumber
    /// The finding.
    public var file: UnreadableFile
    /// Whether a good copy made up for it.
    public var isResolved: Bool

    /// A record of these values.
    public init(number: Int64, medium: MediumID, grant: GrantNumber, file: UnreadableFile, isResolved: Bool) {
        self.number = number
        self.medium = medium
        self.grant = grant
        self.file = file
        self.isResolved = isResolved
    }
}

/// Inventories: pieces that wait for their end, instances by UID, unreadable files.
public protocol InventoryStore {
    /// The digest of piece `number` of `grant`; nil when it is not there.
    func pieceDigest(_ number: Int, of grant: GrantNumber) throws -> [UInt8]?
    /// How many pieces of `grant` are there.
    func pieceCount(of grant: GrantNumber) throws -> Int
    /// Keeps a piece.
    func insertPiece(_ number: Int, of grant: GrantNumber, digest: [UInt8], _ piece: InventoryPieceRecord) throws
    /// SHA-256, as 64 lower-case hexadecimal digits, over the digests of the pieces of `grant` in the order of their numbers.
    func inventoryDigest(of grant: GrantNumber) throws -> String
    /// Hands the pieces of `grant` to `body`, in the order of their numbers, one at a time.
    func forEachPiece(of grant: GrantNumber, _ body: (InventoryPieceRecord) throws -> Void) throws
    /// Forgets the pieces of `grant`.
    func deletePieces(of grant: GrantNumber) throws

    /// Remembers that `study` holds instances of these UIDs.
    func insertInstanceKeys(_ sopInstanceUIDs: [String], of study: StudyID) throws
    /// Other studies than `study` that may hold an instance of this UID, in the order of their numbers; a key of 64 bits may deceive, so the
    /// caller compares with the manifests.
    func studiesMayHold(_ sopInstanceUID: String, except study: StudyID) throws -> [StudyID]

    /// Records a file that could not be read.
    func insertUnreadable(_ file: UnreadableFile, on medium: MediumID, grant: GrantNumber, isResolved: Bool) throws
    /// The unresolved unreadable files on `medium`, in the order in which they were recorded.
    func unresolvedFiles(on medium: MediumID) throws -> [UnreadableRecord]
    /// The unresolved unreadable files that name `studyInstanceUID`, in the order in which they were recorded.
    func unresolvedFiles(ofStudy studyInstanceUID: String) throws -> [UnreadableRecord]
    /// Marks a record as made up for.
    func resolveUnreadable(_ number: Int64) throws
}
