import Ledger
import LineProtocol
import Migration

extension Engine {
    /// `MEMBERS`: which UIDs are those of a leased study's own objects, over all its parts, whoever holds them.
    func members(_ request: MembersRequest, of worker: WorkerID, in turn: Turn) throws -> Reply {
        guard let lease = try turn.tx.lease(request.grant), lease.worker == worker, lease.state == .live, let part = try turn.tx.part(lease.part),
            part.grant == lease.number, let study = try turn.tx.study(part.study)
        else { return .stale(request.grant) }
        var members: Set = [study.header.studyInstanceUID]
        for placed in try turn.tx.instances(of: study.id) {
            members.insert(placed.instance.sopInstanceUID)
            members.insert(placed.instance.seriesInstanceUID)
        }
        let rest = members.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.drop { !request.after.utf8.lexicographicallyPrecedes($0.utf8) }
        return .members(MembersReply(uids: Array(rest.prefix(LineLimits.membersPerLine)), isWhole: rest.count <= LineLimits.membersPerLine))
    }
}
