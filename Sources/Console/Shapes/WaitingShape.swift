internal import Coordination
internal import Ledger
internal import Migration

/// Who has taken a study to decide on it, as JSON.
public struct TakeShape: Codable, Hashable, Sendable {
    /// Who.
    public var by: String
    /// Until when nobody else decides, ISO 8601.
    public var until: String
}

/// That a study is put off, as JSON.
public struct PostponementShape: Codable, Hashable, Sendable {
    /// Who put it off.
    public var by: String
    /// When it comes back, ISO 8601.
    public var until: String
    /// Why.
    public var reason: String
}

/// A row of the manual worklist as JSON: a study, who is at it, and until when it is put off.
@dynamicMemberLookup public struct WaitingShape: Codable, Hashable, Sendable {
    /// The study, whose keys stand beside these two.
    public var study: StudyShape
    /// Who has taken it.
    @OrNull public var taken: TakeShape?
    /// Until when it is put off.
    @OrNull public var postponed: PostponementShape?

    private enum Key: String, CodingKey { case taken, postponed }

    /// A value of the study.
    public subscript<Value>(dynamicMember path: KeyPath<StudyShape, Value>) -> Value { study[keyPath: path] }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        study = try StudyShape(from: decoder)
        taken = try container.decodeIfPresent(TakeShape.self, forKey: .taken)
        postponed = try container.decodeIfPresent(PostponementShape.self, forKey: .postponed)
    }

    public func encode(to encoder: any Encoder) throws {
        try study.encode(to: encoder)
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(taken, forKey: .taken)
        try container.encode(postponed, forKey: .postponed)
    }
}

extension WaitingShape {
    init(_ row: StudyRow, at now: Instant, in reader: any LedgerReader) throws {
        study = StudyShape(row, requests: try reader.openRequests(for: row.study))
        let take = try reader.take(of: row.study.id)
        taken = take.flatMap { $0.until > now ? TakeShape(by: $0.by, until: $0.until.text) : nil }
        let postponement = try reader.postponement(of: row.study.id)
        postponed = postponement.flatMap { $0.until > now ? PostponementShape(by: $0.by, until: $0.until.text, reason: $0.reason.reveal()) : nil }
    }
}
