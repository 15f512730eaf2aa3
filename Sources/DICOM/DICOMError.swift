/// What is wrong with an object, or why a value cannot be written into it. The message names the thing, the place and
/// the limit, and never a value of the object.
public struct DICOMError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of fault it is; the text is stable and goes into records.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        /// The stable text.
        public let description: String

        /// The bytes end within an element or before a delimiter.
        public static let truncated = Code(description: "truncated")
        /// The bytes are no data set where one must be.
        public static let malformed = Code(description: "malformed")
        /// A bound of this program was reached.
        public static let limit = Code(description: "limit")
        /// The deflated data set cannot be inflated.
        public static let deflate = Code(description: "deflate")
        /// A text cannot be written in the object's Specific Character Set.
        public static let characterSet = Code(description: "character-set")
        /// A value is longer than, or not of the form that, its representation allows.
        public static let value = Code(description: "value")
    }

    /// The kind of fault.
    public let code: Code
    /// The element in which it was found.
    public let tag: Tag?
    /// Where: the offset in bytes from the begin of the file (of the inflated data set, where ``description`` says so).
    public let offset: Int64?
    /// What is wrong, in English, without the place.
    public let reason: String

    /// Whether the offset is counted in the inflated data set.
    private let isInInflated: Bool

    init(_ code: Code, _ reason: String, tag: Tag? = nil, offset: Int64? = nil, isInInflated: Bool = false) {
        self.isInInflated = isInInflated
        self.code = code
        self.tag = tag
        self.offset = offset
        self.reason = reason
    }

    /// The same error in a deflated data set, whose offset, if it has one, is counted where that is inflated.
    var inInflated: DICOMError {
        offset == nil ? self : DICOMError(code, reason, tag: tag, offset: offset, isInInflated: true)
    }

    /// The same error, whose offset was counted from `origin`; without an offset where that is nil.
    func moved(by origin: Int64?) -> DICOMError {
        DICOMError(code, reason, tag: tag, offset: origin.flatMap { origin in offset.map { $0 + origin } }, isInInflated: isInInflated)
    }

    /// The whole sentence: what, in which element, at which offset.
    public var description: String {
        var text = reason
        if let tag { text += ", element \(tag)" }
        if let offset { text += ", at byte \(offset)" }
        if isInInflated { text += " of the inflated data set" }
        return text
    }
}
