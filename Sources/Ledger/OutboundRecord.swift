public import Migration

/// An order of an unspecified exam, or its cancel, that is told to the destination's PACS or RIS before the images.
public struct OutboundRecord: Hashable, Sendable {
    /// Its number: they are told in this order.
    public var id: OutboundID
    /// The exam's study.
    public var study: StudyID
    /// What is told.
    public var kind: OutboundKind
    /// The message's control ID (MSH-10): the same however often it is sent.
    public var controlID: String
    /// The order as it is told.
    public var order: Order
    /// When it was decided (MSH-7).
    public var madeAt: Instant
    /// How far it is.
    public var state: OutboundState
    /// How often it was rejected for the time being.
    public var attempts: Int
    /// When it was acknowledged, refused or withdrawn; nil: it was not yet.
    public var settledAt: Instant?
    /// What became of it last; nil: nothing yet.
    public var sentence: Sentence?

    /// One that waits.
    public init(id: OutboundID = OutboundID(0), study: StudyID, kind: OutboundKind, controlID: String, order: Order, madeAt: Instant) {
        self.id = id
        self.study = study
        self.kind = kind
        self.controlID = controlID
        self.order = order
        self.madeAt = madeAt
        state = .waiting
        attempts = 0
    }
}

/// What is told of an order.
public enum OutboundKind: String, Hashable, Sendable, Codable, CaseIterable {
    /// There is a new one.
    case new
    /// It is cancelled.
    case cancel
}

/// How far an order that is told is.
public enum OutboundState: String, Hashable, Sendable, Codable, CaseIterable {
    /// Its turn has not come.
    case waiting
    /// It is being told: the PACS or RIS may have it.
    case sending
    /// The PACS or RIS has acknowledged it, or the file is closed.
    case acknowledged
    /// The PACS or RIS refused it, or it cannot be written.
    case refused
    /// It was not needed any more before its turn came.
    case withdrawn
    /// It was refused, and nothing is to be done about that any more: it was told again as another message, or is not needed, or a person says so.
    case closed
}

/// Orders that are told to the PACS or RIS.
public protocol OutboundStore {
    /// The one with this number.
    func outbound(_ id: OutboundID) throws -> OutboundRecord?
    /// Those of a study, by number.
    func outbound(of study: StudyID) throws -> [OutboundRecord]
    /// Those of an accession number, by number.
    func outbound(accessionNumber: String) throws -> [OutboundRecord]
    /// Whether `accessionNumber` is reserved for a study.
    func isReserved(_ accessionNumber: String) throws -> Bool
    /// Adds one; its number is the next.
    func insertOutbound(_ record: OutboundRecord) throws -> OutboundRecord
    /// Writes state, attempts, moment and sentence of `record`.
    func updateOutbound(_ record: OutboundRecord) throws
}
