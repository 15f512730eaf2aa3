/// One walk through a directory tree, folder by folder, without recursion. Each folder is read once, wherever it is named again.
struct DirectoryWalk {
    /// A folder still to be read.
    private struct Folder {
        let path: String
        let data: Extent
        let depth: Int
    }

    let reader: SectorReader
    let root: Extent
    private(set) var names: DirectoryTree.Names
    private(set) var items: [DirectoryTree.Item] = []
    private(set) var accounted: [Range<Int64>] = []
    private(set) var findings = FindingCollector()
    private(set) var recordCount = 0
    private(set) var rootBytes: [UInt8] = []

    private let budget: Int
    private var bytesToSkip = 0
    private var waiting: [Folder] = []
    /// Folders with an RE entry: read last, where they physically are, if no CL led to them.
    private var relocated: [Folder] = []
    private var visited: Set<Int64> = []
    /// The parts of a file met so far whose last record is still to come (ECMA-119 9.1.6, bit 7).
    private var parts: (name: String, extents: [Extent])?

    init(volume: VolumeDescriptor, reader: SectorReader, budget: Int) {
        self.reader = reader
        self.budget = budget
        names = volume.naming == .joliet ? .joliet : .plain
        root = volume.root.data(sectorCount: reader.sectorCount)
        detectRockRidge()
    }

    /// Rock Ridge is there if the root's "." record says so (SUSP 5.3, RRIP 4).
    private mutating func detectRockRidge() {
        guard names == .plain, let sector = reader.sector(root.sector), let first = DirectoryRecord(sector), first.isSelf,
            let skip = SystemUse.bytesToSkip(rootSelf: first)
        else { return }
        let use = SystemUse(first.systemUse, reader: reader)
        accounted += use.continuationSectors
        guard use.hasRockRidge else { return }
        names = .rockRidge
        bytesToSkip = skip
    }

    mutating func run() {
        waiting = [Folder(path: "", data: root, depth: 0)]
        while recordCount < budget {
            if let folder = waiting.popLast() {
                read(folder)
            } else if let folder = relocated.popLast() {
                if !visited.contains(folder.data.sector) { read(folder) }
            } else {
                return
            }
        }
        findings.add(MediumFinding(.limitReached, count: Int64(waiting.count + relocated.count + 1)))
    }

    private mutating func read(_ folder: Folder) {
        guard visited.insert(folder.data.sector).inserted else {
            findings.add(MediumFinding(.directoryCycle, path: folder.path))
            return
        }
        let data = bounded(folder)
        var unreadable: [Range<Int64>] = []
        if data.sectors.upperBound > reader.sectorCount {
            unreadable.append(max(data.sector, reader.sectorCount)..<data.sectors.upperBound)
        }
        var remaining = Int(data.byteCount)
        // A copy, since self changes while it reads.
        let reader = reader
        reader.eachSector(in: data.sectors) { number, view in
            let count = min(remaining, Int(MediumLimits.sectorByteCount))
            remaining -= count
            guard let view else {
                unreadable.append(number..<(number + 1))
                return true
            }
            if folder.depth == 0 { rootBytes += view[0..<count].bytes }
            for entry in DirectorySector.entries(in: view[0..<count]) { take(entry, sector: number, in: folder) }
            return recordCount < budget
        }
        accounted.append(data.sectors)
        if !unreadable.isEmpty {
            let merged = unreadable.mergedAscending()
            findings.add(MediumFinding(.unreadableDirectory, path: folder.path, sectors: merged, count: merged.reduce(0) { $0 + Int64($1.count) }))
        }
        if parts != nil {
            parts = nil
            findings.add(MediumFinding(.damagedRecord, path: folder.path))
        }
    }

    private mutating func bounded(_ folder: Folder) -> Extent {
        guard folder.data.byteCount > MediumLimits.directoryByteCount else { return folder.data }
        findings.add(MediumFinding(.limitReached, path: folder.path))
        return Extent(sector: folder.data.sector, byteCount: MediumLimits.directoryByteCount)
    }

    private mutating func take(_ entry: DirectorySector.Entry, sector: Int64, in folder: Folder) {
        recordCount += 1
        switch entry {
        case .record(let record):
            if !record.isConsistent { addFinding(.contradictoryRecord, sector: sector, in: folder) }
            take(record, sector: sector, in: folder)
        case .tooLong(let record):
            addFinding(.contradictoryRecord, sector: sector, in: folder)
            take(record, sector: sector, in: folder)
        case .damaged:
            addFinding(.damagedRecord, sector: sector, in: folder)
        }
    }

    private mutating func addFinding(_ code: MediumFinding.Code, sector: Int64, in folder: Folder) {
        findings.add(MediumFinding(code, path: folder.path, sectors: [sector..<(sector + 1)]))
    }

    private mutating func take(_ record: DirectoryRecord, sector: Int64, in folder: Folder) {
        guard !record.isSelf, !record.isParent else { return }
        let use = names == .rockRidge ? SystemUse(record.systemUse.dropFirst(bytesToSkip), reader: reader) : nil
        if let use {
            accounted += use.continuationSectors
            if use.isDamaged { addFinding(.damagedRecord, sector: sector, in: folder) }
        }
        let name = name(of: record, use: use)
        if let link = use?.childLink {
            addLinkedFolder(at: link, name: name, in: folder)
        } else if record.isDirectory {
            addFolder(record, name: name, isRelocated: use?.isRelocated == true, in: folder)
        } else {
            addFile(record, name: name, use: use, in: folder)
        }
    }

    private func name(of record: DirectoryRecord, use: SystemUse?) -> String {
        if let name = use?.name { return FileName.component(FileName.eightBit(name[...])) }
        let name = names == .joliet ? FileName.withoutVersion(FileName.joliet(record.name)) : FileName.plain(record.name)
        return FileName.component(name)
    }

    private mutating func path(_ name: String, in folder: Folder) -> String? {
        let path = folder.path.isEmpty ? name : "\(folder.path)/\(name)"
        guard path.utf8.count <= MediumLimits.pathByteCount, folder.depth < MediumLimits.depth else {
            findings.add(MediumFinding(.limitReached, path: folder.path))
            return nil
        }
        return path
    }

    private mutating func addFolder(_ record: DirectoryRecord, name: String, isRelocated: Bool, in folder: Folder) {
        guard let path = path(name, in: folder) else { return }
        let next = Folder(path: path, data: record.data(sectorCount: reader.sectorCount), depth: folder.depth + 1)
        if isRelocated { relocated.append(next) } else { waiting.append(next) }
    }

    /// RRIP 4.1.5: the folder's own "." record tells its length.
    private mutating func addLinkedFolder(at sector: Int64, name: String, in folder: Folder) {
        guard let path = path(name, in: folder) else { return }
        guard let view = reader.sector(sector), let first = DirectoryRecord(view), first.isSelf else {
            findings.add(MediumFinding(.unreadableDirectory, path: path, sectors: [sector..<(sector + 1)]))
            return
        }
        waiting.append(Folder(path: path, data: first.data(sectorCount: reader.sectorCount), depth: folder.depth + 1))
    }

    private mutating func addFile(_ record: DirectoryRecord, name: String, use: SystemUse?, in folder: Folder) {
        accounted.append(record.accounted)
        guard !record.isAssociated else { return }
        guard use?.isLinkOrSpecial != true else {
            findings.add(MediumFinding(.notAFile, path: folder.path.isEmpty ? name : "\(folder.path)/\(name)"))
            return
        }
        guard let path = path(name, in: folder) else { return }
        guard !record.isInterleaved else {
            findings.add(MediumFinding(.interleavedFile, path: path, sectors: [record.data(sectorCount: reader.sectorCount).sectors]))
            return
        }
        if let parts, parts.name != name {
            self.parts = nil
            findings.add(MediumFinding(.damagedRecord, path: folder.path))
        }
        let data = record.data(sectorCount: reader.sectorCount)
        let extents = (parts?.extents ?? []) + (data.byteCount > 0 ? [data] : [])
        if record.continues {
            parts = (name, extents)
        } else {
            parts = nil
            items.append(DirectoryTree.Item(path: path, byteCount: extents.reduce(0) { $0 + $1.byteCount }, extents: extents))
        }
    }
}
