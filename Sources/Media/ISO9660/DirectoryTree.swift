/// All files of one directory tree of a disc: one descriptor's names.
struct DirectoryTree {
    /// Whose names the paths are, best last.
    enum Names: Int, Comparable {
        case plain, joliet, rockRidge

        static func < (left: Names, right: Names) -> Bool { left.rawValue < right.rawValue }
    }

    /// A file before the sessions are put together.
    struct Item {
        let path: String
        let byteCount: Int64
        let extents: [Extent]
    }

    let names: Names
    let rootSector: Int64
    let items: [Item]
    /// Sectors that the tree's folders and files take.
    let accounted: [Range<Int64>]
    let findings: [MediumFinding]
    /// How many directory records were read.
    let recordCount: Int
    /// The root directory's bytes as far as they can be read, for the fingerprint.
    let rootBytes: [UInt8]

    /// Walks the tree of `volume`, taking at most `budget` records.
    init(of volume: VolumeDescriptor, reader: SectorReader, budget: Int) {
        var walk = DirectoryWalk(volume: volume, reader: reader, budget: budget)
        walk.run()
        names = walk.names
        rootSector = walk.root.sector
        items = walk.items
        accounted = walk.accounted.mergedAscending()
        findings = walk.findings.findings
        recordCount = walk.recordCount
        rootBytes = walk.rootBytes
    }
}
