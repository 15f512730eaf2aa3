import Migration

/// The previews of one study that are kept, as `index.json` in their folder says it.
struct PreviewShelf: Codable, Hashable, Sendable {
    /// A picture.
    struct Picture: Codable, Hashable, Sendable {
        var content: ImageContent
        var byteCount: Int64
        /// SHA-256 of its bytes.
        var sha256: String
    }

    /// A copy of an image of which there is no picture.
    struct Failure: Codable, Hashable, Sendable {
        var content: ImageContent
        /// The grant under which the copy was read: another one may be sound.
        var mediumGrant: GrantNumber
        var sentence: Sentence
    }

    let studyInstanceUID: String
    var pictures: [Picture] = []
    var failures: [Failure] = []
    /// When somebody looked at it last, or it got its last picture.
    var usedAt: Instant

    /// The folder's name.
    var name: String { PictureDigest.of(studyInstanceUID.utf8) }
    var byteCount: Int64 { pictures.reduce(0) { $0 + $1.byteCount } }

    func picture(of content: ImageContent) -> Picture? { pictures.first { $0.content == content } }

    func failures(of content: ImageContent) -> [Failure] { failures.filter { $0.content == content } }

    mutating func forgetPicture(of content: ImageContent) { pictures.removeAll { $0.content == content } }

    mutating func note(_ failure: Failure) {
        failures.removeAll { $0.content == failure.content && $0.mediumGrant == failure.mediumGrant }
        failures.append(failure)
    }
}
