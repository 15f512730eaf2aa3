public import Migration

/// `MEMBERS`: which UIDs are those of a leased study's own objects, where they are to become others.
///
/// A worker holds a part of a study; whether a reference in one of its objects is to another object of that study only the coordinator knows.
public struct MembersRequest: Hashable, Sendable, Codable {
    /// The part's grant.
    public var grant: GrantNumber
    /// The last UID that was said already; empty: from the first on.
    public var after: String

    /// A request for the UIDs behind `after`.
    public init(grant: GrantNumber, after: String = "") {
        self.grant = grant
        self.after = after
    }
}

/// The reply to `MEMBERS`.
public struct MembersReply: Hashable, Sendable, Codable {
    /// SOP Instance UIDs, Series Instance UIDs and the Study Instance UID: each once, sorted by their bytes, at most ``LineLimits/membersPerLine``.
    public var uids: [String]
    /// Whether none follow.
    public var isWhole: Bool

    /// A reply of these values.
    public init(uids: [String], isWhole: Bool) {
        self.uids = uids
        self.isWhole = isWhole
    }
}
