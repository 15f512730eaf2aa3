internal import DICOM

/// What an object's attributes say about its cells (PS3.3 §C.7.6.3).
struct PixelDescription: Hashable, Sendable {
    let rows: Int
    let columns: Int
    let samples: Int
    let bitsAllocated: Int
    let bitsStored: Int
    let highBit: Int
    let isSigned: Bool
    /// Whether the samples of native pixels lie plane after plane.
    let isPlanar: Bool
    let photometricInterpretation: String
    let frameCount: Int

    /// Throws `PixelCodecError` of code `unsupported` for images without whole bytes in each cell, `malformed` where attributes are
    /// missing or contradict each other, `limit` for frames and counts that are too large.
    init(_ dataSet: DataSet) throws(PixelCodecError) {
        guard let rows = dataSet.unsigned16(.rows), let columns = dataSet.unsigned16(.columns), rows > 0, columns > 0 else {
            throw PixelCodecError(.malformed, "Rows or Columns is missing, or no number of 16 bits")
        }
        self.rows = rows
        self.columns = columns
        samples = try Self.number(.samplesPerPixel, in: dataSet) ?? 1
        bitsAllocated = try Self.number(.bitsAllocated, in: dataSet) ?? 0
        bitsStored = try Self.number(.bitsStored, in: dataSet) ?? bitsAllocated
        highBit = try Self.number(.highBit, in: dataSet) ?? bitsStored - 1
        isSigned = dataSet.integer(.pixelRepresentation) == 1
        photometricInterpretation = dataSet.string(.photometricInterpretation) ?? ""
        isPlanar = samples > 1 && dataSet.integer(.planarConfiguration) == 1
        let frameCount = dataSet.integer(.numberOfFrames)
        guard frameCount != nil || dataSet.string(.numberOfFrames) ?? "" == "" else {
            throw PixelCodecError(.malformed, "Number of Frames is no number")
        }
        self.frameCount = max(1, frameCount ?? 1)
        guard [8, 16, 32].contains(bitsAllocated), samples == 1 || samples == 3 else {
            throw PixelCodecError(
                .unsupported,
                "Pixels of Samples per Pixel \(samples) and Bits Allocated \(bitsAllocated) are not compressed, decompressed or shown: 1 or 3 samples of 8, 16 or 32 bits are")
        }
        guard (1...bitsAllocated).contains(bitsStored), (bitsStored - 1..<bitsAllocated).contains(highBit) else {
            throw PixelCodecError(.malformed, "Bits Stored \(bitsStored) and High Bit \(highBit) do not fit into \(bitsAllocated) bits")
        }
        guard frameByteCount <= PixelCodecLimits.maximumFrameByteCount else {
            throw PixelCodecError(.limit, "A frame of \(frameByteCount) bytes is above \(PixelCodecLimits.maximumFrameByteCount)")
        }
        guard self.frameCount <= PixelCodecLimits.maximumFrameCount else {
            throw PixelCodecError(.limit, "\(self.frameCount) frames are above \(PixelCodecLimits.maximumFrameCount)")
        }
    }

    /// `nil` for an element that is absent or has no value.
    private static func number(_ tag: Tag, in dataSet: DataSet) throws(PixelCodecError) -> Int? {
        guard let element = dataSet[tag], element.valueByteCount > 0 else { return nil }
        guard let number = dataSet.unsigned16(tag) else {
            throw PixelCodecError(.malformed, "\(DataDictionary.keyword(of: tag) ?? "\(tag)") is no number of 16 bits")
        }
        return number
    }

    var cellByteCount: Int { bitsAllocated / 8 }
    /// Rows and Columns are 16 bits each, so that this cannot overflow.
    var frameByteCount: Int { rows * columns * samples * cellByteCount }
    /// Two pixels share their chrominance in native pixels of such images: they are no cells for a codec.
    var isSubsampled: Bool { photometricInterpretation.contains("_42") }
}

extension Tag {
    static let bitsStored = Tag(0x0028, 0x0101)
    static let highBit = Tag(0x0028, 0x0102)
    static let iconImageSequence = Tag(0x0088, 0x0200)
    static let extendedOffsetTable = Tag(0x7FE0, 0x0001)
    static let extendedOffsetTableLengths = Tag(0x7FE0, 0x0002)
    static let encapsulatedValueTotalLength = Tag(0x7FE0, 0x0003)
}
