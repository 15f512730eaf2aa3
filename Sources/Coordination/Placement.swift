import Ledger
import Migration

/// From which part each instance of a study is sent, when several parts have it. Pure; used by one study at a time.
struct Placement {
    private var contents: [String: String] = [:]
    private var taken: Set<String> = []
    private var unclaimable: Set<String> = []
    /// Different instances.
    private(set) var count = 0
    /// Bytes of their files.
    private(set) var bytes: Int64 = 0
    /// Whether one SOP Instance UID was met with two contents.
    private(set) var hasConflict = false

    /// The order in which parts are asked: what is under way stays where it is; then parts in custody; then those whose medium can be asked for again,
    /// before those that were erased because another part had the same; each by number.
    static func order(_ parts: [PartRecord]) -> [PartRecord] {
        parts.sorted { (rank($0), $0.id) < (rank($1), $1.id) }
    }

    private static func rank(_ part: PartRecord) -> Int {
        guard part.grant == nil else { return 0 }
        switch part.custody {
        case .held: return 1
        case .lost, .evicted: return 2
        case .released: return 3
        }
    }

    /// Notes what a part has, and which of it needs nothing more.
    mutating func note(done: InstanceRanges, of instances: [InstanceRecord]) {
        for (position, instance) in instances.enumerated() {
            if let known = contents[instance.sopInstanceUID] {
                hasConflict = hasConflict || known != instance.contentDigest
            } else {
                contents[instance.sopInstanceUID] = instance.contentDigest
                count += 1
                bytes += instance.byteCount
            }
            if done.contains(position) { taken.insert(instance.sopInstanceUID) }
        }
    }

    /// The positions of `part` that are sent from it: what was, and what no part before it has; but for files that can no more be read.
    mutating func claim(_ instances: [InstanceRecord], of part: PartRecord, without paths: Set<String>) -> InstanceRanges {
        var wanted: [Int] = part.done.positions
        for (position, instance) in instances.enumerated() where !part.done.contains(position) {
            guard !paths.contains(instance.path) else {
                unclaimable.insert(instance.sopInstanceUID)
                continue
            }
            if taken.insert(instance.sopInstanceUID).inserted { wanted.append(position) }
        }
        return InstanceRanges(wanted)
    }

    /// How many instances once were read and can be had from nowhere any more; those named in `listed` are counted elsewhere.
    func missing(besides listed: Set<String>) -> Int { unclaimable.subtracting(taken).subtracting(listed).count }
}
