/// One session of a disc: a set of volume descriptors with the directory trees they lead to, best names first.
struct Session {
    let descriptors: VolumeDescriptorSet
    let trees: [DirectoryTree]

    /// What tells a session from a copy of its descriptors elsewhere: where its root directory lies. Later sessions have later roots.
    let rootSector: Int64

    /// Reads the session whose descriptors are `descriptors`; nil if none of them leads to a directory.
    init?(_ descriptors: VolumeDescriptorSet, reader: SectorReader, budget: Int) {
        guard let main = descriptors.volumes.first else { return nil }
        self.descriptors = descriptors
        rootSector = main.root.data(sectorCount: reader.sectorCount).sector
        var trees: [DirectoryTree] = []
        var budget = budget
        for volume in descriptors.volumes where volume.blockByteCount == MediumLimits.sectorByteCount {
            let root = volume.root.data(sectorCount: reader.sectorCount).sector
            guard !trees.contains(where: { $0.rootSector == root }) else { continue }
            let tree = DirectoryTree(of: volume, reader: reader, budget: budget)
            budget -= tree.recordCount
            trees.append(tree)
        }
        self.trees = trees.sorted { $0.names > $1.names }
    }

    var recordCount: Int { trees.reduce(0) { $0 + $1.recordCount } }

    /// All sectors the session accounts for.
    var accounted: [Range<Int64>] { descriptors.accounted + trees.flatMap(\.accounted) }
}

extension VolumeDescriptorSet {
    /// Whether the set at a place where no directory told us to look is one: its primary descriptor is consistent, and the root it points to, if that can
    /// be read, is a directory that knows its own place. A disc image within a file counts from its own start and fails the latter.
    func isCredible(reader: SectorReader) -> Bool {
        guard let primary = volumes.first, primary.sector == start, primary.naming == .plain, primary.isConsistent,
            primary.blockByteCount == MediumLimits.sectorByteCount
        else { return false }
        let sector = primary.root.extent.little
        guard let view = reader.sector(sector) else { return true }
        guard let first = DirectoryRecord(view) else { return false }
        return first.isSelf && first.isDirectory && first.extent.little == sector
    }
}
