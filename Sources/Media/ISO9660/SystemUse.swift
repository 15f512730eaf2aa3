/// The system use entries of one directory record (SUSP 1.12), with those of Rock Ridge (RRIP 1.12).
struct SystemUse {
    /// NM: the name, its parts joined; nil if the record has none.
    private(set) var name: [UInt8]?
    /// SL, or PX with a mode that is no regular file's: never followed, never listed.
    private(set) var isLinkOrSpecial = false
    /// CL: the sector of the folder that belongs here and lies elsewhere.
    private(set) var childLink: Int64?
    /// RE: this folder belongs elsewhere, where a CL points to it.
    private(set) var isRelocated = false
    /// Any entry that only Rock Ridge has: PX, RR, NM, or ER with its identifier.
    private(set) var hasRockRidge = false
    /// Sectors of continuation areas that were read.
    private(set) var continuationSectors: [Range<Int64>] = []
    /// A continuation area could not be read or is absurd: the name may be cut.
    private(set) var isDamaged = false

    private var pending: (offset: Int64, count: Int64)?

    /// Reads the entries of `view`, the system use field without the bytes to skip, and those of its continuation areas.
    init(_ view: ByteView, reader: SectorReader) {
        read(view)
        var areas = 0
        while let area = pending {
            pending = nil
            areas += 1
            guard areas <= MediumLimits.continuationAreas, area.count <= MediumLimits.continuationByteCount,
                let view = reader.bytes(at: area.offset, count: Int(area.count))
            else {
                isDamaged = true
                return
            }
            let first = area.offset / MediumLimits.sectorByteCount
            continuationSectors.append(first..<((area.offset + area.count - 1) / MediumLimits.sectorByteCount + 1))
            read(view)
        }
    }

    /// SUSP 5.3, SP: how many bytes of each system use field to skip, from the "." record of the root; nil without SUSP. On discs of the kind CD-ROM XA the
    /// entry is the 15th byte.
    static func bytesToSkip(rootSelf: DirectoryRecord) -> Int? {
        for position in [0, 14] where position + 7 <= rootSelf.systemUse.count {
            let view = rootSelf.systemUse.dropFirst(position)
            if view.starts(with: "SP"), view[4] == 0xBE, view[5] == 0xEF { return Int(view[6]) }
        }
        return nil
    }

    /// SUSP 4.1: signature (2 bytes), length, version, data.
    private mutating func read(_ view: ByteView) {
        var rest = view
        while rest.count >= 4 {
            let length = Int(rest[2])
            guard length >= 4, length <= rest.count else { return }
            guard add(rest[0..<length]) else { return }
            rest = rest.dropFirst(length)
        }
    }

    /// Takes one entry; false after the terminator ST (SUSP 5.4).
    private mutating func add(_ entry: ByteView) -> Bool {
        switch (entry[0], entry[1]) {
        case (UInt8(ascii: "S"), UInt8(ascii: "T")): return false
        case (UInt8(ascii: "C"), UInt8(ascii: "E")): addContinuation(entry)
        case (UInt8(ascii: "N"), UInt8(ascii: "M")): addName(entry)
        case (UInt8(ascii: "P"), UInt8(ascii: "X")): addMode(entry)
        case (UInt8(ascii: "S"), UInt8(ascii: "L")): isLinkOrSpecial = true
        case (UInt8(ascii: "C"), UInt8(ascii: "L")): addChildLink(entry)
        case (UInt8(ascii: "R"), UInt8(ascii: "E")): isRelocated = true
        case (UInt8(ascii: "R"), UInt8(ascii: "R")): hasRockRidge = true
        case (UInt8(ascii: "E"), UInt8(ascii: "R")): hasRockRidge = hasRockRidge || Self.isRockRidge(entry)
        default: break
        }
        return true
    }

    /// SUSP 5.1, CE: block, offset within it, length of the continuation area.
    private mutating func addContinuation(_ entry: ByteView) {
        guard entry.count >= 28 else { return }
        let count = entry.both32(20).little
        guard count > 0 else { return }
        pending = (entry.both32(4).little * MediumLimits.sectorByteCount + entry.both32(12).little, count)
    }

    /// RRIP 4.1.4, NM: flags bit 1 and 2 say "." and "..", which have no name of their own; the parts are joined in order.
    private mutating func addName(_ entry: ByteView) {
        hasRockRidge = true
        guard entry.count > 5, entry[4] & 0x06 == 0 else { return }
        name = (name ?? []) + entry.dropFirst(5).bytes
    }

    /// RRIP 4.1.1, PX: the POSIX mode, whose type is 8 for a regular file and 4 for a folder.
    private mutating func addMode(_ entry: ByteView) {
        hasRockRidge = true
        guard entry.count >= 12 else { return }
        let mode = entry.both32(4)
        let type = (mode.little >> 12) & 0xF
        if mode.agree, type != 8, type != 4, type != 0 { isLinkOrSpecial = true }
    }

    /// RRIP 4.1.5.1, CL: the block of the folder.
    private mutating func addChildLink(_ entry: ByteView) {
        guard entry.count >= 12 else { return }
        childLink = entry.both32(4).little
    }

    /// SUSP 5.5, ER: the identifiers that RRIP has had.
    private static func isRockRidge(_ entry: ByteView) -> Bool {
        entry.starts(with: "RRIP_1991A", at: 8) || entry.starts(with: "IEEE_P1282", at: 8) || entry.starts(with: "IEEE_1282", at: 8)
    }
}
