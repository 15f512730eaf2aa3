import Ledger
import LineProtocol
import Migration

extension Engine {
    /// `MEMBERS`: which UIDs are those of a leased study's own objects, over all its parts, whoever holds them.
    mutating func members(_ request: MembersRequest, of worker: WorkerID, in turn: Turn) throws -> Reply {
        guard let lease = try turn.tx.lease(request.grant), lease.worker == worker, lease.state == .live, let part = try turn.tx.part(lease.part),
            part.grant == lease.number, let study = try turn.tx.study(part.study)
        else { return .stale(request.grant) }
        let parts = try turn.tx.parts(of: study.id).map(\.id)
        if !live.members.has(study.id, of: parts) {
            var members: Set = [study.header.studyInstanceUID]
            for instance in try parts.flatMap({ try turn.tx.instances(of: $0) }) {
                members.insert(instance.sopInstanceUID)
                members.insert(instance.seriesInstanceUID)
            }
            live.members.keep(members, of: study.id, parts)
        }
        let (uids, isWhole) = live.members.page(of: study.id, after: request.after, limit: LineLimits.membersPerLine)
        return .members(MembersReply(uids: uids, isWhole: isWhole))
    }
}

/// The members of the studies that were asked for last: a worker asks for one page after the other, and what a part has never changes.
struct KnownMembers: Sendable {
    private struct Study {
        let id: StudyID
        let parts: [PartID]
        let uids: [String]
    }

    /// Studies that are leased by different workers at the same moment.
    private static var limit: Int { 8 }
    /// Members of all of them (law 9): as many as the largest study that a destination may list.
    private static var uidLimit: Int { 400_000 }
    private var studies: [Study] = []

    /// Whether those of a study of these parts are known.
    func has(_ study: StudyID, of parts: [PartID]) -> Bool { studies.contains { $0.id == study && $0.parts == parts } }

    /// Notes those of a study, in place of what was asked for longest ago.
    mutating func keep(_ uids: Set<String>, of study: StudyID, _ parts: [PartID]) {
        studies.removeAll { $0.id == study }
        studies.append(Study(id: study, parts: parts, uids: uids.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }))
        while studies.count > 1, studies.count > Self.limit || studies.reduce(0, { $0 + $1.uids.count }) > Self.uidLimit { studies.removeFirst() }
    }

    /// Up to `limit` of them behind `after`, and whether these are the last.
    func page(of study: StudyID, after: String, limit: Int) -> (uids: [String], isWhole: Bool) {
        let uids = studies.first { $0.id == study }?.uids ?? []
        var (low, high) = (0, uids.count)
        while low < high {
            let middle = (low + high) / 2
            if after.utf8.lexicographicallyPrecedes(uids[middle].utf8) { high = middle } else { low = middle + 1 }
        }
        return (Array(uids[low...].prefix(limit)), uids.count - low <= limit)
    }
}
