public import Migration

/// `MEDIUM`: this medium can be reached here; may it be read?
public struct MediumRequest: Hashable, Sendable, Codable {
    /// The drive, or the path's name for a medium that stays online.
    public var drive: String
    /// The label that was typed or scanned.
    public var label: String
    /// SHA-256 over what the medium says of itself, 64 lower-case hexadecimal digits.
    public var fingerprint: String
    /// The volume identifier, often just `CDROM`.
    public var volumeIdentifier: String
    /// Bytes of the medium.
    public var byteCount: Int64
    /// Files that its directories list.
    public var fileCount: Int
    /// Whether it stays reachable at random, so that it may be read again instead of staged.
    public var isOnline: Bool

    /// A request of these values.
    public init(
        drive: String, label: String, fingerprint: String, volumeIdentifier: String, byteCount: Int64, fileCount: Int,
        isOnline: Bool
    ) {
        self.drive = drive
        self.label = label
        self.fingerprint = fingerprint
        self.volumeIdentifier = volumeIdentifier
        self.byteCount = byteCount
        self.fileCount = fileCount
        self.isOnline = isOnline
    }
}

/// The reply to `MEDIUM`.
public struct MediumReply: Hashable, Sendable, Codable {
    /// The grant under which it is read; nil: eject it.
    public var grant: GrantNumber?
    /// Why it is to be read, or why not.
    public var sentence: Sentence

    /// A reply of these values.
    public init(grant: GrantNumber?, sentence: Sentence) {
        self.grant = grant
        self.sentence = sentence
    }
}

/// `INVENTORY`: one piece of what a medium holds, or its end.
///
/// Pieces are numbered from 0 and may be sent again; the end closes them by count and digest.
public struct InventoryRequest: Hashable, Sendable {
    /// The medium's grant.
    public var grant: GrantNumber
    /// The matter of this line.
    public var matter: Matter

    /// What an inventory line may carry.
    public enum Matter: Hashable, Sendable {
        /// Piece `number`, from 0 on.
        case piece(number: Int, InventoryPiece)
        /// All pieces are sent.
        case end(InventoryEnd)
        /// Reading stopped before the end: ejected, drained, stopped. All pieces of the grant are void.
        case abandoned(Sentence)
    }

    /// A line of these values.
    public init(grant: GrantNumber, matter: Matter) {
        self.grant = grant
        self.matter = matter
    }
}

/// Coded with the one of `piece` (beside its `number`), `end` and `abandoned` that it carries.
extension InventoryRequest: Codable {
    private enum Key: String, CodingKey { case grant, number, piece, end, abandoned }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        grant = try container.decode(GrantNumber.self, forKey: .grant)
        let matters: [Key] = try [.piece, .end, .abandoned].filter { try container.contains($0) && !container.decodeNil(forKey: $0) }
        guard matters.count == 1 else {
            throw DecodingError.fault("carries one of piece, end and abandoned", at: container.codingPath)
        }
        if let piece = try container.decodeIfPresent(InventoryPiece.self, forKey: .piece) {
            matter = .piece(number: try container.decode(Int.self, forKey: .number), piece)
        } else if let end = try container.decodeIfPresent(InventoryEnd.self, forKey: .end) {
            matter = .end(end)
        } else {
            matter = .abandoned(try container.decode(Sentence.self, forKey: .abandoned))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(grant, forKey: .grant)
        switch matter {
        case .piece(let number, let piece):
            try container.encode(number, forKey: .number)
            try container.encode(piece, forKey: .piece)
        case .end(let end): try container.encode(end, forKey: .end)
        case .abandoned(let sentence): try container.encode(sentence, forKey: .abandoned)
        }
    }
}

/// One piece of an inventory.
public struct InventoryPiece: Hashable, Sendable, Codable {
    /// Studies, or parts of them: a study of many instances goes on in later pieces, with the same header. Objects of one study under
    /// another patient are an entry of their own.
    public var studies: [StudyInventory]
    /// Files that could not be read.
    public var unreadable: [UnreadableFile]

    /// A piece of these values.
    public init(studies: [StudyInventory], unreadable: [UnreadableFile]) {
        self.studies = studies
        self.unreadable = unreadable
    }
}

/// Instances of one study found on a medium and taken into custody.
public struct StudyInventory: Hashable, Sendable, Codable {
    /// What the objects say of the study.
    public var header: StudyHeader
    /// The instances, in the order in which they lie on the medium.
    public var instances: [InstanceRecord]

    /// An inventory of these values.
    public init(header: StudyHeader, instances: [InstanceRecord]) {
        self.header = header
        self.instances = instances
    }
}

/// The end of an inventory.
public struct InventoryEnd: Hashable, Sendable, Codable {
    /// How many pieces there were.
    public var pieces: Int
    /// SHA-256, as 64 lower-case hexadecimal digits, over the concatenated 32-byte SHA-256 values of the pieces in their order. A piece's own is taken
    /// over the bytes of its line after the verb and its space and before its LF.
    public var digest: String
    /// Files on the medium.
    public var fileCount: Int
    /// Files that are no DICOM objects.
    public var notDICOMCount: Int
    /// Damage of the medium itself: recorded sectors that no session accounts for, directories that cannot be read.
    public var findings: [Sentence]
    /// By what text was read that declares no character set, or a wrong one; nil where there was none of it.
    public var assumed: AssumedText?

    /// What a source's configuration said of its text, where that was used.
    public struct AssumedText: Hashable, Sendable, Codable {
        /// The defined term of PS3.3 §C.12.1.1.2 that was assumed.
        public var characterSet: String
        /// Objects with text that was read by it.
        public var objects: Int

        /// Text of so many objects.
        public init(characterSet: String, objects: Int) {
            self.characterSet = characterSet
            self.objects = objects
        }
    }

    /// An end of these values.
    public init(pieces: Int, digest: String, fileCount: Int, notDICOMCount: Int, findings: [Sentence], assumed: AssumedText? = nil) {
        self.pieces = pieces
        self.digest = digest
        self.fileCount = fileCount
        self.notDICOMCount = notDICOMCount
        self.findings = findings
        self.assumed = assumed
    }
}

/// The reply to `INVENTORY`.
public struct InventoryReply: Hashable, Sendable, Codable {
    /// How many pieces of the grant are durable.
    public var pieces: Int
    /// Whether the inventory is closed and its studies are in the ledger.
    public var isClosed: Bool

    /// A reply of these values.
    public init(pieces: Int, isClosed: Bool) {
        self.pieces = pieces
        self.isClosed = isClosed
    }
}
