/// A directory record (ECMA-119 9.1): one file, one part of a file, or one folder.
struct DirectoryRecord {
    /// BP 1: bytes of the record.
    let byteCount: Int
    /// BP 3: the first block of the file, its extended attributes included.
    let extent: BothEndian
    /// BP 11: bytes of the file in this extent, without extended attributes.
    let dataByteCount: BothEndian
    /// BP 2: blocks of extended attributes before the file's bytes.
    let extendedAttributeBlocks: Int64
    /// BP 33: the name as recorded.
    let name: ArraySlice<UInt8>
    /// BP after the name: the system use field, where Rock Ridge lives.
    let systemUse: ByteView
    /// BP 27 and 28 are not zero: recorded interleaved.
    let isInterleaved: Bool

    private let flags: UInt8
    /// BP 29: on which disc of a set the file lies, counted from 1.
    private let volumeSequenceNumber: BothEndian

    /// ECMA-119 9.1: 33 bytes and a name of one.
    static let minimumByteCount = 34

    /// Reads the record at the start of `view`; nil if it does not fit into it or its name not into the record.
    init?(_ view: ByteView) {
        guard view.count >= Self.minimumByteCount else { return nil }
        byteCount = Int(view[0])
        let nameByteCount = Int(view[32])
        guard byteCount >= Self.minimumByteCount, byteCount <= view.count, nameByteCount >= 1, 33 + nameByteCount <= byteCount else { return nil }
        extendedAttributeBlocks = Int64(view[1])
        extent = view.both32(2)
        dataByteCount = view.both32(10)
        flags = view[25]
        volumeSequenceNumber = view.both16(28)
        isInterleaved = view[26] != 0 || view[27] != 0
        name = view[33..<(33 + nameByteCount)].bytes
        // ECMA-119 9.1.12: a padding byte follows a name of even length.
        let systemUseStart = 33 + nameByteCount + (nameByteCount % 2 == 0 ? 1 : 0)
        systemUse = view[0..<byteCount].dropFirst(systemUseStart)
    }

    /// ECMA-119 9.1.6, bit 1.
    var isDirectory: Bool { flags & 0x02 != 0 }
    /// Bit 2: a resource fork or the like, beside the file of the same name.
    var isAssociated: Bool { flags & 0x04 != 0 }
    /// Bit 7: the file goes on in the next record.
    var continues: Bool { flags & 0x80 != 0 }

    /// ECMA-119 7.6.2: a name of one byte 0 is the directory itself, 1 its parent.
    var isSelf: Bool { name.count == 1 && name.first == 0 }
    var isParent: Bool { name.count == 1 && name.first == 1 }

    /// Whether both byte orders say the same.
    var isConsistent: Bool { extent.agree && dataByteCount.agree }

    /// Whether this is surely a record, where it is not known that one begins: 20 bytes agree that chance, or an entry of Rock Ridge, does not make agree.
    var isSound: Bool {
        isConsistent && byteCount % 2 == 0 && extent.little > 0 && volumeSequenceNumber.agree && volumeSequenceNumber.little > 0
    }

    /// Where the bytes lie on a medium of `sectorCount` sectors. Where the two byte orders differ, the value that fits the medium is taken.
    func data(sectorCount: Int64) -> Extent {
        let sector = extent.preferring { $0 > 0 && $0 < sectorCount }
        let fits = { (count: Int64) in Extent(sector: sector, byteCount: count).sectors.upperBound <= sectorCount }
        return Extent(sector: sector + extendedAttributeBlocks, byteCount: dataByteCount.preferring(fits))
    }

    /// The sectors that are taken for this record's when looking for what nothing accounts for. Where the byte orders differ: the smaller claim, and none
    /// if they differ about the place, so that a damaged record does not hide a session. Some tools leave the big-endian fields zero.
    var accounted: Range<Int64> {
        let byteCount = dataByteCount.big == 0 ? dataByteCount.little : min(dataByteCount.little, dataByteCount.big)
        guard extent.agree || extent.big == 0, byteCount > 0 else { return 0..<0 }
        let data = Extent(sector: extent.little + extendedAttributeBlocks, byteCount: byteCount)
        return extent.little..<data.sectors.upperBound
    }
}
