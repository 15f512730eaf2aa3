/// Neighbouring sectors that hold bytes of one file.
public struct Extent: Hashable, Sendable {
    /// The first sector (2,048 bytes each), counted from the start of the image.
    public let sector: Int64
    /// How many bytes of the file lie there.
    public let byteCount: Int64

    /// `byteCount` bytes from the start of `sector`.
    public init(sector: Int64, byteCount: Int64) {
        self.sector = sector
        self.byteCount = byteCount
    }

    /// All sectors the extent touches.
    var sectors: Range<Int64> {
        sector..<(sector + (byteCount + MediumLimits.sectorByteCount - 1) / MediumLimits.sectorByteCount)
    }
}

/// One file of a medium.
public struct MediumFile: Hashable, Sendable {
    /// The name with its folders, parted by "/", without a leading one. Disc: the Rock Ridge name, else Joliet's, else the plain one without version.
    /// A name may say who the patient is: it does not belong in logs.
    public let path: String
    /// The file's length in bytes, as the directory declares it.
    public let byteCount: Int64
    /// Where its bytes lie, in the order of the file. Empty for zero-byte files and on media without sectors.
    public let extents: [Extent]
    /// The first session that shows this content, counted from 1. 1 on media without sessions.
    public let session: Int

    /// A file at `path`.
    public init(path: String, byteCount: Int64, extents: [Extent] = [], session: Int = 1) {
        self.path = path
        self.byteCount = byteCount
        self.extents = extents
        self.session = session
    }
}
