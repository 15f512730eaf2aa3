public import DICOM

/// Writes objects in another transfer syntax: the same cells, bit for bit, all other elements as they are, each change declared.
///
/// Compressed frames are decoded again and compared before the file gets its name. Nothing is ever compressed with loss; what was,
/// is decompressed only when that is asked for. For one task at a time.
public struct Transcoder {
    private let codec: CodecProcess

    /// A transcoder that works through this process.
    public init(codec: CodecProcess) {
        self.codec = codec
    }

    /// Writes an object to `path` in the transfer syntax `target`, one of `TransferSyntax.transcodingTargets`.
    ///
    /// - Parameters:
    ///   - decompressesLossy: whether pixels that were compressed with loss may be decompressed: Lossy Image Compression (0028,2110)
    ///     becomes 01 then.
    ///   - record: what Original Attributes Sequence (0400,0561) says about attributes that change.
    /// - Throws: `PixelCodecError`; `DICOMError` for a damaged object; what the source throws; `CancellationError`. No file is left behind then.
    public func transcode(
        _ source: any ImageSource, to path: String, as target: TransferSyntax, decompressesLossy: Bool = false, record: CoercionRecord
    ) async throws -> TranscodingReport {
        try await transcode(source, as: target, decompressesLossy: decompressesLossy, record: record) { () throws(PixelCodecError) in
            try OutputFile(path: path)
        }.report
    }

    /// Writes an object's data set, as C-STORE sends it, to a file without a name in `folder`; else as `transcode(_:to:as:)` does.
    public func dataSet(
        of source: any ImageSource, in folder: String, as target: TransferSyntax, decompressesLossy: Bool = false, record: CoercionRecord
    ) async throws -> (content: ScratchFile, report: TranscodingReport) {
        let (output, start, report) = try await transcode(source, as: target, decompressesLossy: decompressesLossy, record: record) {
            () throws(PixelCodecError) in try OutputFile(withoutNameIn: folder)
        }
        return (ScratchFile(descriptor: output.handOver(), range: start..<output.position), report)
    }

    private func transcode(
        _ source: any ImageSource, as target: TransferSyntax, decompressesLossy: Bool, record: CoercionRecord,
        to begin: () throws(PixelCodecError) -> OutputFile
    ) async throws -> (output: OutputFile, dataSetOffset: Int64, report: TranscodingReport) {
        guard target.isTranscodingTarget else {
            throw PixelCodecError(.unsupported, "Transfer syntax \(target.uid) is not written")
        }
        let file = try ImageFile(source)
        let plan = try TranscodingPlan(file, target: target, codec: codec, decompressesLossy: decompressesLossy)
        let elements = try await TranscodedElements(file, plan: plan, codec: codec, record: record)
        let output = try begin()
        var writer = try ObjectWriter(
            output, preamble: Self.preamble(of: source),
            metaInformation: Self.metaInformation(of: file, as: target), dataSet: elements.dataSet, as: target)
        try await write(file, plan, to: &writer)
        try writer.finish(trailing: elements.trailing)
        let report = TranscodingReport(
            from: file.transferSyntax, to: target, frameCount: plan.frames?.frameCount ?? 0, wasLossy: plan.isLossy, changes: elements.changes)
        return (output, writer.dataSetOffset, report)
    }

    private func write(_ file: ImageFile, _ plan: TranscodingPlan, to writer: inout ObjectWriter) async throws {
        guard let pixels = file.pixels else { return }
        guard let frames = plan.frames else {
            try writer.beginPixels(pixels.tag, vr: pixels.vr, byteCount: Int64(pixels.value.count))
            for piece in plan.nativePieces {
                try writer.write(Cells.swapped(file.source.bytes(piece), unit: plan.swapUnit), frame: 0)
            }
            return try writer.endPixels(byteCount: Int64(pixels.value.count))
        }
        let byteCount = Int64(frames.description.frameByteCount) * Int64(frames.frameCount)
        if let compression = plan.compression {
            try writer.beginFragments(frameCount: frames.frameCount, nativeByteCount: byteCount)
            for frame in 0..<frames.frameCount {
                let stream = try await plan.coder(codec).encode(
                    cells(frame, frames, plan), compression, photometricInterpretation: plan.decodedPhotometricInterpretation)
                try writer.write(stream, frame: frame)
            }
        } else {
            try writer.beginPixels(.pixelData, vr: frames.description.bitsAllocated > 8 ? .OW : .OB, byteCount: byteCount)
            for frame in 0..<frames.frameCount { try await writer.write(cells(frame, frames, plan), frame: frame) }
        }
        try writer.endPixels(byteCount: byteCount)
    }

    private func cells(_ frame: Int, _ frames: FrameReader, _ plan: TranscodingPlan) async throws -> [UInt8] {
        guard let compression = frames.compression else { return try frames.nativeCells(of: frame) }
        return try await plan.coder(codec).decode(frames.stream(of: frame), compression)
    }

    /// 128 bytes and `DICM`; what the file has there stays (PS3.10 §7.1).
    private static func preamble(of source: any ImageSource) throws -> [UInt8] {
        let mark = Array("DICM".utf8)
        let begin = try source.bytes(0..<min(128 + Int64(mark.count), source.byteCount))
        return begin.suffix(mark.count) == mark[...] && begin.count == 128 + mark.count ? begin : [UInt8](repeating: 0, count: 128) + mark
    }

    /// The file's own with another transfer syntax, or a new one.
    private static func metaInformation(of file: ImageFile, as target: TransferSyntax) throws -> DataSet {
        var meta = file.metaInformation ?? DataSet(as: .explicitVRLittleEndian)
        if file.metaInformation == nil { try meta.set(Tag(0x0002, 0x0001), vr: .OB, value: [0, 1]) }
        for (tag, source) in [(Tag.mediaStorageSOPClassUID, Tag.sopClassUID), (.mediaStorageSOPInstanceUID, .sopInstanceUID)] {
            if !meta.contains(tag), let uid = file.dataSet.string(source) { try meta.set(tag, uid) }
        }
        try meta.set(.transferSyntaxUID, target.uid)
        try meta.set(Tag(0x0002, 0x0012), Implementation.classUID)
        try meta.set(Tag(0x0002, 0x0013), Implementation.versionName)
        meta = try DataSet(parsing: meta.encode(as: .explicitVRLittleEndian), as: .explicitVRLittleEndian)
        try meta.set(Tag(0x0002, 0x0000), UInt32(0))
        try meta.correctGroupLengths([0x0002])
        return meta
    }
}

/// What `Transcoder` did to an object.
public struct TranscodingReport: Hashable, Sendable {
    /// An attribute that is another one now.
    public struct Change: Hashable, Sendable {
        /// The attribute.
        public let tag: Tag
        /// What it was; `nil`: absent, or no text.
        public let previous: String?
        /// What it is; `nil`: it was taken out.
        public let value: String?
    }

    /// What the object was written in.
    public let from: TransferSyntax
    /// What it is written in.
    public let to: TransferSyntax
    /// Frames that were transcoded; 0: the pixels are as they were, but for their byte order, or there are none.
    public let frameCount: Int
    /// Whether the pixels were compressed with loss before.
    public let wasLossy: Bool
    /// Attributes that changed, by tag; each stands in Original Attributes Sequence as well.
    public let changes: [Change]
}
