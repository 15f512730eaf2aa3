public import DICOMNetwork
internal import Migration

/// A PACS that takes C-STORE and answers C-FIND, and C-GET or C-MOVE.
public struct CStoreDestination: Destination {
    /// The PACS, and our name there.
    public let address: ApplicationEntityAddress
    /// How long each wait on the network may last.
    public let timeouts: AssociationTimeouts
    /// How long a destination may take to list what it has taken, or to commit to it.
    public let polling: PollingBound
    /// How an address of `dicoms://` is secured.
    public let security: SecureTransport?
    /// Where the PACS reaches us; nil: it cannot, so that nothing is fetched by C-MOVE and commitments come on their own association only.
    public let returnPort: ReturnPort?
    /// Writes what the PACS does not take as it is.
    public let transcoder: any InstanceTranscoder

    /// A destination at this address.
    public init(
        address: ApplicationEntityAddress, timeouts: AssociationTimeouts = .init(), polling: PollingBound = .init(),
        security: SecureTransport? = nil, returnPort: ReturnPort? = nil, transcoder: any InstanceTranscoder = NativeTranscoder()
    ) {
        self.address = address
        self.timeouts = timeouts
        self.polling = polling
        self.security = security
        self.returnPort = returnPort
        self.transcoder = transcoder
    }
}

/// How often and how long a destination is asked for what is missing.
public struct PollingBound: Hashable, Sendable {
    /// The wait before the second question; it doubles with each.
    public var firstDelay: Duration = .milliseconds(250)
    /// The longest wait between two questions.
    public var longestDelay: Duration = .seconds(8)
    /// The longest wait in all. PACS that index in batches take up to a minute.
    public var total: Duration = .seconds(60)

    /// The defaults.
    public init() {}

    /// No second question.
    public static var once: PollingBound {
        var bound = PollingBound()
        bound.total = .zero
        return bound
    }
}

extension DestinationError {
    /// A network's failure in the words of the exceptions list.
    init(_ error: any Error, doing what: String) {
        if let error = error as? DestinationError {
            self = error
        } else if let error = error as? NetworkError {
            self.init(error.category, "\(what): \(error.message)")
        } else {
            self.init(.worker, "\(what): \(error)")
        }
    }
}

extension NetworkError {
    /// The category under which an instance or study is listed that failed so.
    var category: ExceptionCategory {
        switch code {
        case .rejected: .associationRejected
        case .notAccepted: .notAccepted
        case .operationFailed: .destinationRefused
        case .contentFailed: .unreadable
        case .invalidAddress: .worker
        default: .destinationUnreachable
        }
    }
}
