/// Why a message is not taken: what is told to its sender (ERR segment) and logged, never with a value in it (law 11).
public struct HL7Fault: Error, Hashable, Sendable {
    /// Where it is, as ERR-2 says it (type ERL, HL7 v2.9 §2.A.28).
    public struct Place: Hashable, Sendable {
        /// The segment's name.
        public var segment: String
        /// Which of the segments of this name, from 1 on.
        public var number: Int
        /// The field, from 1 on; nil: the segment as a whole.
        public var field: Int?

        /// A place of these.
        public init(_ segment: String, number: Int = 1, field: Int? = nil) {
            self.segment = segment
            self.number = number
            self.field = field
        }
    }

    /// What kind of fault it is.
    public var code: Code
    /// Where; nil: in no segment in particular.
    public var place: Place?
    /// What is wrong, without patient data.
    public var message: String

    init(_ code: Code, at place: Place? = nil, _ message: String) {
        self.code = code
        self.place = place
        self.message = message
    }

    /// Conditions of HL7 table 0357.
    public enum Code: Int, Hashable, Sendable, CaseIterable {
        case segmentSequence = 100, requiredField = 101, dataType = 102, tableValue = 103
        case unsupportedMessage = 200, unsupportedEvent = 201, unsupportedProcessing = 202, unsupportedVersion = 203
        case internalError = 207

        /// The table's words.
        var text: String {
            switch self {
            case .segmentSequence: "Segment sequence error"
            case .requiredField: "Required field missing"
            case .dataType: "Data type error"
            case .tableValue: "Table value not found"
            case .unsupportedMessage: "Unsupported message type"
            case .unsupportedEvent: "Unsupported event code"
            case .unsupportedProcessing: "Unsupported processing id"
            case .unsupportedVersion: "Unsupported version id"
            case .internalError: "Application internal error"
            }
        }

        /// Whether the message is rejected (AR, CR) for what it is or for our state, and not in error (AE, CE) for what it says (HL7 table 0008).
        var isRejection: Bool { rawValue >= 200 }
    }

    /// Where and what, for a log.
    public var text: String {
        let field = place?.field.map { "-\($0)" } ?? ""
        let place = place.map { "\($0.segment)\($0.number > 1 ? "[\($0.number)]" : "")\(field): " } ?? ""
        return place + message
    }
}
