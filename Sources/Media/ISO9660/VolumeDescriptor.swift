/// A descriptor of a volume with a directory: primary (ECMA-119 8.4), or supplementary (8.5) with the names of Joliet.
struct VolumeDescriptor {
    /// Whose names a descriptor's directory holds.
    enum Naming: Hashable {
        /// Primary, or supplementary without a character set we know: 8-bit names, perhaps with Rock Ridge entries.
        case plain
        /// Joliet, levels 1 to 3: UCS-2 in big-endian order.
        case joliet
    }

    /// The sector that holds the descriptor.
    let sector: Int64
    let naming: Naming
    /// The descriptor's 2,048 bytes, for the fingerprint.
    let bytes: ArraySlice<UInt8>
    /// BP 129: bytes of a logical block.
    let blockByteCount: Int64
    /// BP 81: blocks of the volume, as declared: counted from the volume's or from the session's start, tools differ.
    let spaceSize: Int64
    /// The root directory's own record, BP 157.
    let root: DirectoryRecord
    /// Sectors of the path tables (BP 133 to 156).
    let pathTables: [Range<Int64>]
    /// No both-endian field contradicts itself, and the root record is one of a folder.
    let isConsistent: Bool

    /// Reads the descriptor in `view`; nil if it is none of the two kinds, or its root record cannot be used.
    init?(_ view: ByteView, at sector: Int64) {
        guard view.starts(with: "CD001", at: 1), let root = DirectoryRecord(view[156..<190]) else { return nil }
        switch view[0] {
        case 1: naming = .plain
        case 2: naming = Self.isJoliet(view) ? .joliet : .plain
        default: return nil
        }
        self.sector = sector
        self.root = root
        bytes = view.bytes
        blockByteCount = view.both16(128).preferring { $0 == MediumLimits.sectorByteCount }
        spaceSize = view.both32(80).little
        let tableByteCount = view.both32(132)
        pathTables = [view.little32(140), view.little32(144), view.big32(148), view.big32(152)].compactMap { table in
            table == 0 || !tableByteCount.agree ? nil : Extent(sector: Int64(table), byteCount: tableByteCount.little).sectors
        }
        isConsistent = view[6] == 1 && view[881] == 1 && view.both32(80).agree && view.both16(120).agree && view.both16(124).agree
            && view.both16(128).agree && tableByteCount.agree && root.isConsistent && root.isDirectory && root.extent.little > 0
    }

    /// The escape sequences of Joliet, levels 1, 2 and 3 (BP 89; Joliet specification 1995, "Escape sequences").
    private static func isJoliet(_ view: ByteView) -> Bool {
        view[88] == 0x25 && view[89] == 0x2F && [0x40, 0x43, 0x45].contains(view[90])
    }

    /// BP 41: the volume's name, without padding.
    var volumeIdentifier: String {
        let name = ByteView(bytes)[40..<72].bytes
        let text = naming == .joliet ? FileName.joliet(name) : FileName.eightBit(name)
        return String(text.prefix { $0 != "\0" }).trimmingSpaces()
    }
}

extension String {
    /// The text without the spaces that fill a field up.
    func trimmingSpaces() -> String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
