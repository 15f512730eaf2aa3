/// The files of all sessions and trees as one list: each content once, whatever number of sessions and trees name it.
struct FileUnion {
    private(set) var files: [MediumFile] = []
    private var extentsSeen: Set<[Extent]> = []
    private var emptyPathsSeen: Set<String> = []

    /// Puts `sessions`, oldest first, together. A content has the name under which the oldest session shows it, from the tree with the best names. Files without
    /// bytes have nothing but their name to know them by, so they are taken from that tree alone.
    init(of sessions: [Session]) {
        for (index, session) in sessions.enumerated() {
            for (rank, tree) in session.trees.enumerated() {
                for item in tree.items { add(item, session: index + 1, isBestTree: rank == 0) }
            }
        }
        files.sort(by: Self.isBefore)
    }

    private mutating func add(_ item: DirectoryTree.Item, session: Int, isBestTree: Bool) {
        if item.extents.isEmpty {
            guard isBestTree, emptyPathsSeen.insert(item.path).inserted else { return }
        } else {
            guard extentsSeen.insert(item.extents).inserted else { return }
        }
        files.append(MediumFile(path: item.path, byteCount: item.byteCount, extents: item.extents, session: session))
    }

    /// By place on the disc; files without a place come last, by path.
    private static func isBefore(_ left: MediumFile, _ right: MediumFile) -> Bool {
        let leftSector = left.extents.first?.sector ?? .max
        let rightSector = right.extents.first?.sector ?? .max
        if leftSector != rightSector { return leftSector < rightSector }
        if left.path != right.path { return left.path < right.path }
        return left.byteCount < right.byteCount
    }
}
