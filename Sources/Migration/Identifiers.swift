/// A number of the ledger that means one thing of one kind; numbers of different kinds cannot be mixed up.
public struct LedgerID<Kind>: Hashable, Comparable, Sendable {
    /// The number, from 1 on.
    public let number: Int64

    /// The identifier with this number.
    public init(_ number: Int64) { self.number = number }

    public static func < (left: Self, right: Self) -> Bool { left.number < right.number }
}

extension LedgerID: CustomStringConvertible {
    public var description: String { String(number) }
}

extension LedgerID: Codable {
    public init(from decoder: any Decoder) throws {
        self.init(try decoder.singleValueContainer().decode(Int64.self))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(number)
    }
}

/// The kinds of ``LedgerID``.
public enum LedgerKind {
    /// See ``MediumID``.
    public enum Medium: Sendable {}
    /// See ``StudyID``.
    public enum Study: Sendable {}
    /// See ``PartID``.
    public enum Part: Sendable {}
    /// See ``OrderID``.
    public enum Order: Sendable {}
    /// See ``GrantNumber``.
    public enum Grant: Sendable {}
    /// See ``WorkerID``.
    public enum Worker: Sendable {}
    /// See ``RequestID``.
    public enum Request: Sendable {}
    /// See ``FilmID``.
    public enum Film: Sendable {}
    /// See ``OutboundID``.
    public enum Outbound: Sendable {}
}

/// A medium of the migration.
public typealias MediumID = LedgerID<LedgerKind.Medium>
/// A study, whatever number of media hold parts of it.
public typealias StudyID = LedgerID<LedgerKind.Study>
/// The instances of one study that one worker read from one medium.
public typealias PartID = LedgerID<LedgerKind.Part>
/// A hospital order.
public typealias OrderID = LedgerID<LedgerKind.Order>
/// The number of one lease. It only ever grows, over all media and parts of the migration, and fences the lease (law 2).
public typealias GrantNumber = LedgerID<LedgerKind.Grant>
/// A worker's enrolment: a worker enrolled again under an old name is another one.
public typealias WorkerID = LedgerID<LedgerKind.Worker>
/// A request for studies to be migrated ahead of all others.
public typealias RequestID = LedgerID<LedgerKind.Request>
/// A work item: an exam that somebody asked for is to be digitised from film.
public typealias FilmID = LedgerID<LedgerKind.Film>
/// An order, or its cancel, that is told to the destination's PACS or RIS.
public typealias OutboundID = LedgerID<LedgerKind.Outbound>
