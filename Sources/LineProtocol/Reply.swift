public import Migration

/// The coordinator's answer to one line.
public enum Reply: Hashable, Sendable {
    /// `OK` to `AUTHORITY`.
    case authority(AuthorityReply)
    /// `OK` to `ENROL`.
    case enrol(EnrolReply)
    /// `OK` to `HELLO`.
    case hello(HelloReply)
    /// `OK` to `BEAT`.
    case beat(BeatReply)
    /// `OK` to `MEDIUM`.
    case medium(MediumReply)
    /// `OK` to `INVENTORY`.
    case inventory(InventoryReply)
    /// `OK` to `LEASE`.
    case lease(LeaseReply)
    /// `OK` to `RESULT`.
    case result(ResultReply)
    /// `OK` to `RENEW`.
    case renew(RenewReply)
    /// `OK` to `PREVIEW`.
    case preview(PreviewReply)
    /// `OK` to `MEMBERS`.
    case members(MembersReply)
    /// `STALE`: the grant that the line names is not live; nothing was changed but the record that it was said.
    case stale(GrantNumber)
    /// `ERR`.
    case error(LineError)
}
