internal import Foundation
public import Migration

/// `PREVIEW`: one piece of a picture that was ordered, its end, or that there is none.
///
/// Pieces are numbered from 0 and said in their order; the end closes them by count and digest. Since version 3.
public struct PreviewRequest: Hashable, Sendable {
    /// The grant under which the part was read.
    public var mediumGrant: GrantNumber
    /// The study that the part is of.
    public var studyInstanceUID: String
    /// The position of the instance in the part.
    public var position: Int
    /// The matter of this line.
    public var matter: Matter

    /// What a preview's line may carry.
    public enum Matter: Hashable, Sendable {
        /// Piece `number`, from 0 on, of at most ``LineLimits/previewPieceByteCount`` bytes.
        case piece(number: Int, [UInt8])
        /// All pieces are said.
        case end(PreviewEnd)
        /// There is no picture, and why: `preview-failed`, or, where that is of the moment, `preview-not-now`.
        case failed(Sentence)
    }

    /// A line of these values.
    public init(mediumGrant: GrantNumber, studyInstanceUID: String, position: Int, matter: Matter) {
        self.mediumGrant = mediumGrant
        self.studyInstanceUID = studyInstanceUID
        self.position = position
        self.matter = matter
    }
}

/// Coded with the one of `piece` (base64, beside its `number`), `end` and `failed` that it carries.
extension PreviewRequest: Codable {
    private enum Key: String, CodingKey { case mediumGrant, studyInstanceUID, position, number, piece, end, failed }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        mediumGrant = try container.decode(GrantNumber.self, forKey: .mediumGrant)
        studyInstanceUID = try container.decode(String.self, forKey: .studyInstanceUID)
        position = try container.decode(Int.self, forKey: .position)
        let matters: [Key] = try [.piece, .end, .failed].filter { try container.contains($0) && !container.decodeNil(forKey: $0) }
        guard matters.count == 1 else { throw DecodingError.fault("carries one of piece, end and failed", at: container.codingPath) }
        switch matters[0] {
        case .piece:
            matter = .piece(number: try container.decode(Int.self, forKey: .number), try Self.bytes(in: container))
        case .end: matter = .end(try container.decode(PreviewEnd.self, forKey: .end))
        default: matter = .failed(try container.decode(Sentence.self, forKey: .failed))
        }
    }

    private static func bytes(in container: KeyedDecodingContainer<Key>) throws -> [UInt8] {
        guard let data = Data(base64Encoded: try container.decode(String.self, forKey: .piece)), !data.isEmpty,
            data.count <= LineLimits.previewPieceByteCount
        else {
            throw DecodingError.fault(
                "is base64 (RFC 4648) of 1 to \(LineLimits.previewPieceByteCount) bytes", at: container.codingPath + [Key.piece])
        }
        return Array(data)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(mediumGrant, forKey: .mediumGrant)
        try container.encode(studyInstanceUID, forKey: .studyInstanceUID)
        try container.encode(position, forKey: .position)
        switch matter {
        case .piece(let number, let bytes):
            try container.encode(number, forKey: .number)
            try container.encode(Data(bytes).base64EncodedString(), forKey: .piece)
        case .end(let end): try container.encode(end, forKey: .end)
        case .failed(let sentence): try container.encode(sentence, forKey: .failed)
        }
    }
}

/// The end of a picture.
public struct PreviewEnd: Hashable, Sendable, Codable {
    /// How many pieces there were.
    public var pieces: Int
    /// Bytes of the picture.
    public var byteCount: Int
    /// SHA-256 of the picture's bytes, 64 lower-case hexadecimal digits.
    public var digest: String

    /// An end of these values.
    public init(pieces: Int, byteCount: Int, digest: String) {
        self.pieces = pieces
        self.byteCount = byteCount
        self.digest = digest
    }
}

/// The reply to `PREVIEW`.
public struct PreviewReply: Hashable, Sendable, Codable {
    /// How many pieces of the picture are there.
    public var pieces: Int
    /// Whether nothing more is to be said of the picture: the coordinator keeps it, or knows that there is none.
    public var isClosed: Bool

    /// A reply of these values.
    public init(pieces: Int, isClosed: Bool) {
        self.pieces = pieces
        self.isClosed = isClosed
    }
}
