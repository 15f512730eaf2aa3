internal import NIOCore

/// A protocol data unit of the upper layer, PS3.8 §9.3.
enum PDU: Hashable, Sendable {
    case associateRequest(AssociateRequest)
    case associateAccept(AssociateAccept)
    case associateReject(AssociateReject)
    case data([PresentationDataValue])
    case releaseRequest
    case releaseResponse
    case abort(AbortNotice)

    /// The PDU types of PS3.8 §9.3.1.
    enum Kind: UInt8, Sendable {
        case associateRequest = 0x01
        case associateAccept = 0x02
        case associateReject = 0x03
        case data = 0x04
        case releaseRequest = 0x05
        case releaseResponse = 0x06
        case abort = 0x07
    }

    /// Bytes of type, reserved byte and length before the variable field.
    static let headerLength = 6
}

/// A-ASSOCIATE-RQ, PS3.8 §9.3.2.
struct AssociateRequest: Hashable, Sendable {
    var protocolVersion: UInt16 = 1
    var calledAETitle: String
    var callingAETitle: String
    var contexts: [Context]
    var userInformation: UserInformation

    /// The bit of version 1, the only one there is (PS3.8 §9.3.2).
    static let versionBit: UInt16 = 1

    /// A proposed presentation context, PS3.8 §9.3.2.2.
    struct Context: Hashable, Sendable {
        var id: UInt8
        var abstractSyntaxUID: String
        var transferSyntaxUIDs: [String]
    }
}

/// A-ASSOCIATE-AC, PS3.8 §9.3.3.
struct AssociateAccept: Hashable, Sendable {
    var protocolVersion: UInt16 = 1
    var calledAETitle: String
    var callingAETitle: String
    var contexts: [Context]
    var userInformation: UserInformation

    /// The answer to a proposed presentation context, PS3.8 §9.3.3.2.
    struct Context: Hashable, Sendable {
        var id: UInt8
        /// 0 is acceptance, 1 user rejection, 2 no reason, 3 abstract syntax, 4 transfer syntaxes not supported.
        var result: UInt8
        /// Significant only when accepted; some peers leave it empty otherwise.
        var transferSyntaxUID: String
    }
}

/// User information, PS3.8 annex D and PS3.7 annex D.3.3: the sub-items that we understand.
struct UserInformation: Hashable, Sendable {
    /// Largest P-DATA-TF variable field that the sender of this item takes; 0 is no limit.
    var maximumPDULength: UInt32 = 0
    var implementationClassUID = ""
    var implementationVersionName = ""
    var roles: [RoleSelection] = []
    var asynchronousOperations: AsynchronousOperationsWindow?

    /// SCP/SCU role selection, PS3.7 §D.3.3.4.
    struct RoleSelection: Hashable, Sendable {
        var sopClassUID: String
        var isUser: Bool
        var isProvider: Bool
    }

    /// Asynchronous operations window, PS3.7 §D.3.3.3; 0 is no limit.
    struct AsynchronousOperationsWindow: Hashable, Sendable {
        var invoked: UInt16
        var performed: UInt16
    }
}

/// A fragment of a message: a presentation data value item, PS3.8 §9.3.5.1.
struct PresentationDataValue: Hashable, Sendable {
    var contextID: UInt8
    var isCommand: Bool
    var isLast: Bool
    /// A view of the received bytes, not a copy.
    var fragment: ByteBuffer
}

/// What an acceptor answers to A-ASSOCIATE-RQ.
enum AssociateAnswer: Sendable {
    case accept(AssociateAccept)
    case reject(AssociateReject)
}

/// Result, source and reason of an A-ASSOCIATE-RJ, PS3.8 §9.3.4.
public struct AssociateReject: Hashable, Sendable, CustomStringConvertible {
    /// 1 is permanent, 2 transient.
    public let result: UInt8
    /// 1 is the service user, 2 the provider (ACSE), 3 the provider (presentation).
    public let source: UInt8
    /// The reason, whose meaning depends on the source.
    public let reason: UInt8

    /// The request has no protocol version that we speak.
    static let protocolVersionNotSupported = AssociateReject(result: 1, source: 2, reason: 2)
    /// We have another AE title than was called.
    static let calledAETitleNotRecognized = AssociateReject(result: 1, source: 1, reason: 7)
    /// As many associations are open as we take.
    static let localLimitExceeded = AssociateReject(result: 2, source: 3, reason: 2)

    /// Whether the peer says that trying again later makes sense.
    public var isTransient: Bool { result == 2 }

    /// The standard's words for result and reason.
    public var description: String {
        "\(isTransient ? "transient" : "permanent"), \(reasonText) (result \(result), source \(source), reason \(reason))"
    }

    private var reasonText: String {
        switch (source, reason) {
        case (1, 1), (2, 1): "no reason given"
        case (1, 2): "application context name not supported"
        case (1, 3): "calling AE title not recognized"
        case (1, 7): "called AE title not recognized"
        case (2, 2): "protocol version not supported"
        case (3, 1): "temporary congestion"
        case (3, 2): "local limit exceeded"
        default: "reason unknown to PS3.8"
        }
    }
}

/// Source and reason of an A-ABORT, PS3.8 §9.3.8.
struct AbortNotice: Hashable, Sendable, CustomStringConvertible {
    /// 0 is the service user, 2 the service provider.
    var source: UInt8
    var reason: UInt8

    var description: String {
        guard source == 2 else { return "by its service user" }
        let text =
            switch reason {
            case 1: "unrecognized PDU"
            case 2: "unexpected PDU"
            case 4: "unrecognized PDU parameter"
            case 5: "unexpected PDU parameter"
            case 6: "invalid PDU parameter value"
            default: "reason not specified"
            }
        return "by its service provider: \(text)"
    }
}
