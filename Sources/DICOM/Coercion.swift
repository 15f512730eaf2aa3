/// Declared changes to an object's attributes (law 6 of the architecture). What is not named here stays byte for byte.
public struct Coercion: Hashable, Sendable {
    /// One attribute and what it is to be.
    public struct Change: Hashable, Sendable {
        /// An element of the data set's top level that holds text.
        public let tag: Tag
        /// The value; several are separated by backslashes.
        public let value: String

        /// The attribute `tag` is to be `value`.
        public init(_ tag: Tag, _ value: String) {
            self.tag = tag
            self.value = value
        }

        /// The whole object in UTF-8: all its text is written anew, the same as before, and Specific Character Set (0008,0005) is `ISO_IR 192`.
        /// A rule of its own: without it the object stays in the character set that it has, and takes only what that can write.
        public static let inUTF8 = Change(.specificCharacterSet, SpecificCharacterSet.unicode.declaration)
    }

    /// What is to be changed. Of two changes of one attribute the later one counts.
    public var changes: [Change]

    /// The UIDs that become others wherever the object has them; nil: none do.
    public var renewal: UIDRenewal?

    /// These changes.
    public init(_ changes: [Change] = [], renewal: UIDRenewal? = nil) {
        self.changes = changes
        self.renewal = renewal
    }
}

/// What is recorded about a coercion beside the previous values (PS3.3 §C.12.1.1.9).
public struct CoercionRecord: Hashable, Sendable {
    /// Who changes the object: Modifying System (0400,0563), at most 64 characters.
    public var modifyingSystem: String
    /// When, as a DT value `YYYYMMDDHHMMSS.FFFFFF&ZZXX` (PS3.5 §6.2).
    public var dateTime: String
    /// Where the object came from: Source of Previous Values (0400,0564), at most 64 characters; left empty where the
    /// object's character set cannot write it.
    public var sourceOfPreviousValues: String
    /// Reason for the Attribute Modification (0400,0565), a code.
    public var reason: String

    /// A record of these four values.
    public init(modifyingSystem: String, dateTime: String, sourceOfPreviousValues: String = "", reason: String = "COERCE") {
        self.modifyingSystem = modifyingSystem
        self.dateTime = dateTime
        self.sourceOfPreviousValues = sourceOfPreviousValues
        self.reason = reason
    }
}

/// An object as it is to be sent: pieces of its file, and bytes that are new.
public struct CoercedObject: Sendable {
    /// A stretch of the data set as C-STORE sends it.
    public enum Segment: Hashable, Sendable {
        /// New bytes.
        case bytes([UInt8])
        /// These offsets of the object's file, untouched.
        case source(Range<Int64>)

        /// How many bytes.
        public var byteCount: Int64 {
            switch self {
            case .bytes(let bytes): Int64(bytes.count)
            case .source(let range): range.upperBound - range.lowerBound
            }
        }
    }

    /// A change that was made.
    public struct RecordedChange: Hashable, Sendable {
        /// The attribute.
        public let tag: Tag
        /// What it was; `nil`: absent.
        public let previous: String?
        /// What it is, as it could be written in the object's character set.
        public let value: String
        /// The element in the original data set whose value is recorded.
        let originalIndex: Int?
    }

    /// The data set in order; neither preamble nor meta header. One `source` if nothing was changed.
    public let segments: [Segment]
    /// What was changed, sorted by tag; a value that was there already is no change.
    public let changes: [RecordedChange]
    /// The elements before the pixels as they will be at the destination.
    public let dataSet: DataSet

    /// Bytes of the whole data set.
    public var byteCount: Int64 { segments.reduce(0) { $0 + $1.byteCount } }
}
