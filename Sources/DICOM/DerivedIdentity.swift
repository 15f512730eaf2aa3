internal import Crypto

/// Unique identifiers for an object that has none, as those of ACR-NEMA 2.0: made from its content alone, so that whoever reads a copy of it, on
/// whatever medium, derives the same ones.
///
/// Each is `2.25.` (PS3.5 §B.2) and the decimal number of a UUID of version 8 (RFC 9562 §5.8), whose bits are the first 128 of the SHA-256 of these
/// bytes, but for the six of version and variant: the line `skein uid 1 KIND`, ended by LF; then for each value its bytes as they are encoded,
/// without spaces and NULs at the end, after their count in decimal digits and a colon. The values:
/// - `instance`: the SHA-256 of the data set, 64 lower-case hexadecimal digits;
/// - `study`: Patient ID, Patient's Name, Patient's Birth Date, Study Date, Study Time, Study ID, Accession Number;
/// - `series`: those of the study, then Modality and Series Number.
///
/// ``UIDRenewal`` makes UIDs of further kinds in the same way.
///
/// An absent value is an empty one. What tells two studies apart is taken in generously: two studies in the place of one compete for their order,
/// and a person decides (law 13); one in the place of two would go under one order unseen.
public struct DerivedIdentity: Hashable, Sendable {
    /// SOP Instance UID (0008,0018).
    public let sopInstanceUID: String
    /// Study Instance UID (0020,000D).
    public let studyInstanceUID: String
    /// Series Instance UID (0020,000E).
    public let seriesInstanceUID: String

    private static let uids: [Tag] = [.sopClassUID, .sopInstanceUID, .studyInstanceUID, .seriesInstanceUID]
    private static let ofStudy: [Tag] = [
        .patientID, .patientName, .patientBirthDate, .studyDate, .studyTime, .studyID, .accessionNumber,
    ]

    /// Whether an object has no UID of its own, in its data set or in its meta header. One that has some is not whole,
    /// and nothing is derived for it.
    public static func isNeeded(by header: ObjectHeader) -> Bool {
        uids.allSatisfy { header.dataSet.string($0)?.isEmpty ?? true }
            && header.metaInformation?.string(.mediaStorageSOPInstanceUID)?.isEmpty ?? true
    }

    /// The identity of an object whose data set has this digest; `nil` if it has one of its own.
    public init?(of header: ObjectHeader, contentDigest: ContentDigest) {
        guard Self.isNeeded(by: header) else { return nil }
        let values = { (tags: [Tag]) in tags.map { Self.significant(header.dataSet[$0]?.value ?? []) } }
        sopInstanceUID = Self.uid("instance", [Array(contentDigest.description.utf8)[...]])
        studyInstanceUID = Self.uid("study", values(Self.ofStudy))
        seriesInstanceUID = Self.uid("series", values(Self.ofStudy + [.modality, .seriesNumber]))
    }

    private static func significant(_ value: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        value[..<(value.lastIndex { $0 != 0x20 && $0 != 0 }.map { $0 + 1 } ?? value.startIndex)]
    }

    static func uid(_ kind: String, _ values: [ArraySlice<UInt8>]) -> String {
        var digest = SHA256()
        digest.update(data: Array("skein uid 1 \(kind)\n".utf8))
        for value in values { digest.update(data: Array("\(value.count):".utf8) + value) }
        var bits = Array(digest.finalize()).prefix(16)
        bits[6] = bits[6] & 0x0F | 0x80
        bits[8] = bits[8] & 0x3F | 0x80
        return "2.25.\(bits.reduce(into: UInt128(0)) { $0 = $0 << 8 | UInt128($1) })"
    }
}
