internal import DICOM

/// What is to be done with an object's pixels, decided before anything is written.
struct TranscodingPlan {
    let target: TransferSyntax
    /// The frames that are decoded or compressed; `nil`: native pixels stay, or there are none.
    let frames: FrameReader?
    /// How the pixels are to be compressed; `nil`: not at all.
    let compression: Compression?
    /// Whether the pixels were compressed with loss before.
    let isLossy: Bool
    /// Photometric Interpretation of the cells between decoding and compressing.
    let decodedPhotometricInterpretation: String
    /// Stretches of native pixels that stay as they are, and the numbers in them whose byte order is turned.
    let nativePieces: [Range<Int64>]
    let swapUnit: Int

    /// Throws `PixelCodecError` of code `no-pixels`, `unsupported`, `lossy-source`, `malformed` or `limit`.
    init(_ file: ImageFile, target: TransferSyntax, codec: CodecProcess, decompressesLossy: Bool) throws {
        self.target = target
        compression = Compression(target)
        guard compression != nil || file.isEncapsulated else {
            (frames, isLossy, decodedPhotometricInterpretation) = (nil, false, "")
            swapUnit = try file.swapUnit()
            nativePieces = Self.pieces(of: file.pixels?.value ?? 0..<0)
            return
        }
        let frames = try FrameReader(file)
        try frames.requireNothingBeyond()
        self.frames = frames
        (nativePieces, swapUnit) = ([], 1)
        isLossy = try Self.isLossy(frames)
        guard !isLossy || decompressesLossy && compression == nil else {
            throw PixelCodecError(
                .lossySource,
                """
                The pixels were compressed with loss (transfer syntax \(file.transferSyntax.uid)): they stay as they are, or are decompressed on demand, \
                to implicit or explicit only
                """)
        }
        let coder = FrameCoder(description: frames.description, codec: codec)
        if let compression {
            try coder.checkEncodable(compression)
        }
        decodedPhotometricInterpretation = frames.compression.map { _ in coder.decodedPhotometricInterpretation }
            ?? frames.description.photometricInterpretation
    }

    func coder(_ codec: CodecProcess) throws -> FrameCoder {
        guard let frames else { throw PixelCodecError(.noPixels, "The object holds no pixels") }
        return FrameCoder(description: frames.description, codec: codec)
    }

    /// Photometric Interpretation of the pixels as they are written.
    var photometricInterpretation: String {
        compression?.family == .jpeg2000 && decodedPhotometricInterpretation == "RGB" ? "YBR_RCT" : decodedPhotometricInterpretation
    }

    /// Neither what a syntax promises nor what the object says is believed where a frame's own stream says that something was lost; a
    /// syntax that promises nothing needs the word of the object and of the streams.
    private static func isLossy(_ frames: FrameReader) throws -> Bool {
        guard let compression = frames.compression, compression.family != .rle else { return false }
        guard compression.isLossless || compression.family == .jpeg2000 && frames.file.dataSet.string(.lossyImageCompression) == "00" else { return true }
        return try (0..<frames.frameCount).contains { try !frames.header(of: $0, compression).isReversible }
    }

    private static func pieces(of range: Range<Int64>) -> [Range<Int64>] {
        stride(from: range.lowerBound, to: range.upperBound, by: pieceByteCount).map { $0..<min($0 + Int64(pieceByteCount), range.upperBound) }
    }

    /// A multiple of every number's length.
    private static let pieceByteCount = 1 << 20
}

/// An object's elements beside the pixels as they are to be written, and what changed in them.
struct TranscodedElements {
    private(set) var dataSet: DataSet
    private(set) var trailing: DataSet
    private(set) var changes: [TranscodingReport.Change] = []

    /// Elements that tell how fragments lie; they say nothing true about others.
    private static let fragmentTables: [Tag] = [.extendedOffsetTable, .extendedOffsetTableLengths, .encapsulatedValueTotalLength]

    init(_ file: ImageFile, plan: TranscodingPlan, codec: CodecProcess, record: CoercionRecord) async throws {
        let syntax: TransferSyntax = plan.target.isEncapsulated ? .explicitVRLittleEndian : plan.target
        var inItems = file.isEncapsulated ? ItemPixels(file: file, codec: codec, isLossy: plan.isLossy) : nil
        trailing = try Self.encoded(await inItems?.decompressed(file.trailing) ?? file.trailing, from: file.elementSyntax, as: syntax)
        dataSet = try Self.encoded(await inItems?.decompressed(file.dataSet) ?? file.dataSet, from: file.elementSyntax, as: syntax)
        let original = dataSet
        if let frames = plan.frames {
            if frames.description.samples > 1, dataSet.integer(.planarConfiguration) == 1 {
                try dataSet.set(.planarConfiguration, UInt16(0))
                changes.append(.init(tag: .planarConfiguration, previous: "1", value: "0"))
            }
            try set(.photometricInterpretation, plan.photometricInterpretation)
            if plan.isLossy { try set(.lossyImageCompression, "01") }
            for tag in Self.fragmentTables where dataSet.contains(tag) {
                dataSet.remove(tag)
                changes.append(.init(tag: tag, previous: nil, value: nil))
            }
        }
        changes.sort { $0.tag < $1.tag }
        if !changes.isEmpty { try dataSet.recordOriginals(of: changes.map(\.tag), in: original, record: record) }
        try correctLengths()
    }

    private mutating func set(_ tag: Tag, _ value: String) throws {
        let previous = dataSet.string(tag)
        guard previous != value else { return }
        try dataSet.set(tag, value)
        changes.append(.init(tag: tag, previous: previous, value: value))
    }

    /// Group lengths that are no longer true (PS3.5 §7.2); those of groups that did not change are as they were, or as they were written anew.
    private mutating func correctLengths() throws {
        dataSet.removeLengthsOverPixels()
        try dataSet.correctGroupLengths(Set(changes.map(\.tag.group) + [0x0008, 0x0400]))
    }

    private static func encoded(_ dataSet: DataSet, from syntax: TransferSyntax, as target: TransferSyntax) throws -> DataSet {
        syntax == target ? dataSet : try DataSet(parsing: dataSet.encode(as: target), as: target)
    }
}
