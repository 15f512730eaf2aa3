/// A line from a worker: a verb and its JSON object.
public enum Request: Hashable, Sendable {
    /// Which authority does the coordinator belong to? Answered without a certificate.
    case authority
    /// An invited worker asks for its certificate. Answered without a certificate.
    case enrol(EnrolRequest)
    /// First line of an authenticated connection.
    case hello(HelloRequest)
    /// A sign of life with progress; extends the terms of the grants it names.
    case beat(BeatRequest)
    /// A medium is in a drive, or reachable; may it be read?
    case medium(MediumRequest)
    /// What a medium holds, in pieces.
    case inventory(InventoryRequest)
    /// Work, please.
    case lease(LeaseRequest)
    /// What became of leased parts.
    case result(ResultRequest)
    /// A new certificate, please, for a new key. Since version 2.
    case renew(RenewRequest)
    /// A picture of an instance in custody, in pieces. Since version 3.
    case preview(PreviewRequest)
    /// Which UIDs are those of a leased study's own objects. Since version 3.
    case members(MembersRequest)

    /// The verb as written on the line.
    public var verb: Verb {
        switch self {
        case .authority: .authority
        case .enrol: .enrol
        case .hello: .hello
        case .beat: .beat
        case .medium: .medium
        case .inventory: .inventory
        case .lease: .lease
        case .result: .result
        case .renew: .renew
        case .preview: .preview
        case .members: .members
        }
    }
}

/// The verbs of the protocol.
public enum Verb: String, Hashable, Sendable, CaseIterable {
    case authority = "AUTHORITY"
    case enrol = "ENROL"
    case hello = "HELLO"
    case beat = "BEAT"
    case medium = "MEDIUM"
    case inventory = "INVENTORY"
    case lease = "LEASE"
    case result = "RESULT"
    case renew = "RENEW"
    case preview = "PREVIEW"
    case members = "MEMBERS"

    /// Whether the verb is answered on a connection without a client certificate.
    public var isOpenToStrangers: Bool { self == .authority || self == .enrol }

    /// The first version of the protocol that has the verb.
    public var firstVersion: Int {
        switch self {
        case .authority, .enrol, .hello, .beat, .medium, .inventory, .lease, .result: 1
        case .renew: LineLimits.renewingVersion
        case .preview: LineLimits.previewVersion
        case .members: LineLimits.membersVersion
        }
    }
}
