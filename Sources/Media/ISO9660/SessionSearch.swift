/// Finds all sessions of an image. An image has no table of contents, so each recorded sector that nothing known accounts for is looked at: it may begin a
/// further session, and if it does not, it is reported. Sectors of files are not read here, and a disc image within a file is no session.
struct SessionSearch {
    /// Sessions by their root directories' places, which is the order in which they were written.
    private(set) var sessions: [Session] = []
    private(set) var findings = FindingCollector()

    private let reader: SectorReader
    private var accounted = SectorSet()
    /// Recorded sectors that nothing accounted for when they were met; a later session may.
    private var recorded: [Range<Int64>] = []
    private var unreadable: [Range<Int64>] = []
    private var unreadableCount = 0
    private var announcesUDF = false
    private var udf = UDFStructures()
    /// Sectors that UDF's own structures take.
    private var udfSectors: [Range<Int64>] = []

    /// Searches the image; ``sessions`` is empty where there are none.
    init(reader: SectorReader) {
        self.reader = reader
        let first = VolumeDescriptorSet(at: MediumLimits.systemAreaSectorCount, reader: reader)
        add(first)
        guard first.end > first.start || !first.damaged.isEmpty || reader.sector(first.start) == nil else { return }
        search(from: first.start)
        sessions.sort { $0.rootSector < $1.rootSector }
        report()
    }

    /// Adds a session, or only the descriptors where they are a copy: images grown on a disk keep one of the newest at sector 16.
    private mutating func add(_ set: VolumeDescriptorSet) {
        accounted.insert(set.accounted)
        announcesUDF = announcesUDF || set.announcesUDF
        if !set.damaged.isEmpty {
            findings.add(MediumFinding(.damagedDescriptor, sectors: set.damaged.map { $0..<($0 + 1) }, count: Int64(set.damaged.count)))
        }
        let budget = MediumLimits.directoryRecords - sessions.reduce(0) { $0 + $1.recordCount }
        guard let root = set.volumes.first?.root.data(sectorCount: reader.sectorCount).sector,
            !sessions.contains(where: { $0.rootSector == root }),
            let session = Session(set, reader: reader, budget: budget)
        else { return }
        guard sessions.count < MediumLimits.sessions else {
            findings.add(MediumFinding(.limitReached))
            return
        }
        sessions.append(session)
        accounted.insert(session.accounted)
        for tree in session.trees { tree.findings.forEach { findings.add($0) } }
    }

    private mutating func search(from start: Int64) {
        var position = start
        while let gap = accounted.gap(from: position, before: reader.sectorCount) {
            guard unreadableCount < MediumLimits.unreadableSectorsInSearch else {
                findings.add(MediumFinding(.searchEnded, sectors: [gap.lowerBound..<reader.sectorCount], count: reader.sectorCount - gap.lowerBound))
                return
            }
            if let set = look(through: gap) {
                add(set)
                position = set.end
            } else {
                position = gap.upperBound
            }
        }
    }

    /// Looks at each sector of a gap and stops at the first that begins a session.
    private mutating func look(through gap: Range<Int64>) -> VolumeDescriptorSet? {
        var found: VolumeDescriptorSet?
        let reader = reader
        reader.eachSector(in: gap) { number, view in
            guard let view else {
                Self.append(number, to: &unreadable)
                unreadableCount += 1
                return unreadableCount < MediumLimits.unreadableSectorsInSearch
            }
            guard !view.isAllZero else { return true }
            if view[0] == 1, view.starts(with: "CD001", at: 1) {
                let set = VolumeDescriptorSet(at: number, reader: reader)
                if set.isCredible(reader: reader) {
                    found = set
                    return false
                }
            }
            Self.append(number, to: &recorded)
            if announcesUDF { udfSectors += udf.accounted(by: view, at: number) }
            return true
        }
        return found
    }

    /// Adds a sector behind those of `ranges`; when there are too many ranges, the last one grows over what lies between.
    private static func append(_ number: Int64, to ranges: inout [Range<Int64>]) {
        if let last = ranges.last, last.upperBound == number || ranges.count >= MediumLimits.rangesKept {
            ranges[ranges.count - 1] = last.lowerBound..<(number + 1)
        } else {
            ranges.append(number..<(number + 1))
        }
    }

    private mutating func report() {
        accounted.insert(udfSectors)
        report(.unaccountedSectors, recorded.flatMap { accounted.gaps(in: $0) })
        report(.unreadableSectors, unreadable.flatMap { accounted.gaps(in: $0) })
        let declaredEnd = sessions.map(\.descriptors.declaredEnd).max() ?? 0
        if declaredEnd > reader.sectorCount { report(.imageCutShort, [reader.sectorCount..<declaredEnd]) }
        if announcesUDF { findings.add(MediumFinding(.otherFileSystem)) }
    }

    private mutating func report(_ code: MediumFinding.Code, _ ranges: [Range<Int64>]) {
        guard !ranges.isEmpty else { return }
        findings.add(MediumFinding(code, sectors: ranges, count: ranges.reduce(0) { $0 + ($1.upperBound - $1.lowerBound) }))
    }

    mutating func add(_ finding: MediumFinding) {
        findings.add(finding)
    }
}
