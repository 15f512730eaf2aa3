/// Why a medium, or a file of it, cannot be read: a stable code, and a sentence that names the thing, the place and the limit.
public struct MediumError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of failure it is: for decisions.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Base: String, Sendable {
            case cannotOpen = "cannot-open"
            case notAMedium = "not-a-medium"
            case unsupportedFormat = "unsupported-format"
            case noDirectory = "no-directory"
            case unreadable = "unreadable"
            case beyondEnd = "beyond-end"
            case changed = "changed"
            case limitExceeded = "limit-exceeded"
        }

        private let base: Base

        private init(_ base: Base) {
            self.base = base
        }

        /// The code as written in records and JSON.
        public var description: String { base.rawValue }

        /// There is nothing at the path, or we may not read it.
        public static let cannotOpen = Code(.cannotOpen)
        /// It is neither a folder nor an ISO 9660 image.
        public static let notAMedium = Code(.notAMedium)
        /// It is known what it is, and that it is not read: UDF alone, raw sectors of 2,352 bytes, sectors of another size.
        public static let unsupportedFormat = Code(.unsupportedFormat)
        /// It is a disc, but no session has a directory that can be read.
        public static let noDirectory = Code(.noDirectory)
        /// The operating system failed to read bytes that are there, as a scratched disc does.
        public static let unreadable = Code(.unreadable)
        /// The file lies, in part or whole, beyond the end of the image.
        public static let beyondEnd = Code(.beyondEnd)
        /// A file of a folder is gone, shorter, or no file any more since it was listed.
        public static let changed = Code(.changed)
        /// The medium holds more than a bound allows.
        public static let limitExceeded = Code(.limitExceeded)
    }

    /// What kind of failure it is.
    public let code: Code
    /// The file concerned, as in ``MediumFile/path``; nil where it is the medium.
    public let path: String?
    /// The first sector that cannot be read; nil on media without sectors.
    public let sector: Int64?
    /// The first byte of the file that cannot be read.
    public let offset: Int64?
    /// What is wrong, without the path.
    public let reason: String

    init(_ code: Code, path: String? = nil, sector: Int64? = nil, offset: Int64? = nil, _ reason: String) {
        self.code = code
        self.path = path
        self.sector = sector
        self.offset = offset
        self.reason = reason
    }

    /// The sentence for people: thing, place, reason.
    public var description: String {
        var places: [String] = []
        if let path { places.append(path) }
        if let offset { places.append("byte \(offset)") }
        if let sector { places.append("sector \(sector)") }
        return places.isEmpty ? reason : "\(places.joined(separator: ", ")): \(reason)"
    }
}
