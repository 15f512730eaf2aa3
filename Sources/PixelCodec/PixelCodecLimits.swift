/// Bounds of this room (law 9).
public enum PixelCodecLimits {
    /// Cells of one frame, in bytes. A film digitised at 50 µm takes 100 MB; the codecs need about ten times as much memory as the cells.
    public static let maximumFrameByteCount = 256 << 20
    /// A compressed frame may be longer than its cells by what noise costs: an eighth, and its header.
    public static let maximumStreamByteCount = maximumFrameByteCount + maximumFrameByteCount / 8
    /// The elements beside the pixels, in bytes, held in memory: as long as a header may be (`ObjectHeaderReader`), and its long values.
    public static let maximumElementsByteCount: Int64 = 256 << 20
    /// Cells of all items of an object whose compressed pixels become native, in bytes, held in memory.
    static let maximumItemPixelsByteCount = 256 << 20
    /// Frames of an object: Number of Frames is an IS, and their places are held in memory.
    public static let maximumFrameCount = 1 << 22
    /// Fewer bytes of cells than this are not compressed with JPEG 2000: GDCM 3.0.21 writes the stream into a buffer of twice the cells.
    static let minimumJPEG2000ByteCount = 1 << 10
    /// Longest value of a defined length (PS3.5 §7.1.1).
    static let maximumValueByteCount = Int64(UInt32.max) - 1
}

/// What a codec's process may use.
public struct CodecLimits: Hashable, Sendable {
    /// Address space, in bytes: ten times the largest frame, and the program itself.
    public var memoryByteCount = 4 << 30
    /// Seconds of processor time for one frame: the largest takes about a minute.
    public var processorSeconds = 180
    /// How long the parent waits for one frame: a machine that is busy gives the child a third of its time.
    public var wait = Duration.seconds(600)

    /// The limits of every transcoding.
    public static let standard = CodecLimits()

    /// The standard limits, to be changed.
    public init() {}
}
