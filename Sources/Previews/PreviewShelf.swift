import Migration

/// The previews of one study that are kept, as `index.json` in their folder says it.
struct PreviewShelf: Codable, Hashable, Sendable {
    /// A picture.
    struct Picture: Codable, Hashable, Sendable {
        var sopInstanceUID: String
        var byteCount: Int64
        /// SHA-256 of its bytes.
        var sha256: String
    }

    /// A copy of an image of which there is no picture.
    struct Failure: Codable, Hashable, Sendable {
        var sopInstanceUID: String
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

    func picture(of sopInstanceUID: String) -> Picture? { pictures.first { $0.sopInstanceUID == sopInstanceUID } }

    func failures(of sopInstanceUID: String) -> [Failure] { failures.filter { $0.sopInstanceUID == sopInstanceUID } }

    mutating func forgetPicture(of sopInstanceUID: String) { pictures.removeAll { $0.sopInstanceUID == sopInstanceUID } }

    mutating func note(_ failure: Failure) {
        failures.removeAll { $0.sopInstanceUID == failure.sopInstanceUID && $0.mediumGrant == failure.mediumGrant }
        failures.append(failure)
    }
}
