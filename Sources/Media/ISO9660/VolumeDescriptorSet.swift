/// The volume descriptors of one session: neighbouring sectors up to a terminator (ECMA-119 6.7.1).
struct VolumeDescriptorSet {
    /// Descriptors that lead to a directory, in their order on the disc.
    private(set) var volumes: [VolumeDescriptor] = []
    /// All sectors of the set, with the 16 of the system area before it and what belongs to it elsewhere.
    private(set) var accounted: [Range<Int64>] = []
    /// The sector after the set.
    private(set) var end: Int64
    /// Sectors of descriptors that are damaged.
    private(set) var damaged: [Int64] = []
    /// A UDF file system is announced (ECMA-167 2/9.1: NSR02 or NSR03).
    private(set) var announcesUDF = false

    /// Where the set begins: 16 sectors after the start of its session.
    let start: Int64

    /// Reads the set that begins at sector `start`.
    init(at start: Int64, reader: SectorReader) {
        self.start = start
        end = start
        for number in start..<(start + Int64(MediumLimits.descriptorsPerSet)) {
            guard let view = reader.sector(number) else {
                damaged.append(number)
                continue
            }
            guard view.starts(with: "CD001", at: 1) else { break }
            end = number + 1
            if add(view, at: number) == .terminator { break }
        }
        damaged.removeAll { $0 >= end }
        addVolumeRecognitionSequence(reader: reader)
        accounted.append((start - MediumLimits.systemAreaSectorCount)..<end)
        accounted += volumes.flatMap(\.pathTables)
    }

    private enum Kind { case terminator, other }

    private mutating func add(_ view: ByteView, at number: Int64) -> Kind {
        switch view[0] {
        case 255: return .terminator
        case 0: addBootCatalog(view)
        case 1, 2:
            if let volume = VolumeDescriptor(view, at: number) {
                volumes.append(volume)
                if !volume.isConsistent { damaged.append(number) }
            } else {
                damaged.append(number)
            }
        default: break
        }
        return .other
    }

    /// El Torito 1.0, figure 7: the boot catalog's sector. The boot images themselves are files of the disc, or are reported as unaccounted for.
    private mutating func addBootCatalog(_ view: ByteView) {
        guard view.starts(with: "EL TORITO SPECIFICATION", at: 7) else { return }
        let catalog = Int64(view.little32(0x47))
        accounted.append(catalog..<(catalog + 1))
    }

    /// What follows the terminator: the signatures of UDF (ECMA-167 2/9.1), and the version block of mkisofs.
    private mutating func addVolumeRecognitionSequence(reader: SectorReader) {
        for number in end..<(end + 4) {
            guard let view = reader.sector(number) else { return }
            if view.starts(with: "NSR0", at: 1) {
                announcesUDF = true
            } else if !view.starts(with: "BEA01", at: 1), !view.starts(with: "TEA01", at: 1), !view.starts(with: "MKI ") {
                return
            }
            end = number + 1
        }
    }

    /// Where the volume ends as its descriptors declare it, in sectors of the image.
    ///
    /// mkisofs counts the blocks of a later session from the start of the disc, libisofs from that of the session. A count that ends before the
    /// descriptor itself is of the second kind.
    var declaredEnd: Int64 {
        let start = start - MediumLimits.systemAreaSectorCount
        return volumes.map { $0.spaceSize > $0.sector ? $0.spaceSize : start + $0.spaceSize }.max() ?? 0
    }
}
