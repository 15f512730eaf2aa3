/// Tells the new UIDs of one sending again from those of any other: a study that was rejected at the destination goes there once more as other objects.
///
/// The new UIDs are a pure function of this and of the old ones (`UIDRenewal` in the room DICOM).
public struct UIDGeneration: RawRepresentable, Hashable, Sendable {
    /// 1 to ``lengthLimit`` of the digits, the letters `a` to `f`, and `.`.
    public let rawValue: String

    /// Characters of the longest one.
    public static var lengthLimit: Int { 64 }

    /// What was written of one; nil: that is none.
    public init?(rawValue: String) {
        let isAllowed = rawValue.utf8.allSatisfy {
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0) || $0 == UInt8(ascii: ".")
        }
        guard (1...Self.lengthLimit).contains(rawValue.utf8.count), isAllowed else { return nil }
        self.rawValue = rawValue
    }

    /// The one of a study's sending number `round` in the migration of this identity, of hexadecimal digits; nil: these are none.
    public init?(migration: String, round: Int) { self.init(rawValue: "\(migration).\(round)") }
}

/// Coded as its text.
extension UIDGeneration: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let generation = Self(rawValue: try container.decode(String.self)) else {
            throw DecodingError.fault("is not 1 to \(Self.lengthLimit) of 0 to 9, a to f and .", at: decoder.codingPath)
        }
        self = generation
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
}
