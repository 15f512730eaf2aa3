internal import DICOM

/// The frames of an object, one at a time, as cells: little endian, colour by pixel, all allocated bits.
struct FrameReader {
    let file: ImageFile
    let pixels: PixelElement
    let description: PixelDescription
    /// `nil` for native pixels.
    let compression: Compression?
    /// The fragments of each frame of encapsulated pixels.
    let fragments: [[Range<Int64>]]

    /// Throws `PixelCodecError` of code `no-pixels`, `unsupported`, `malformed` or `limit`.
    init(_ file: ImageFile) throws {
        guard let pixels = file.pixels else { throw PixelCodecError(.noPixels, "The object holds no pixels") }
        guard pixels.tag == .pixelData else { throw PixelCodecError(.unsupported, "Pixels of floating point are not compressed, decompressed or shown") }
        self.file = file
        self.pixels = pixels
        description = try PixelDescription(file.dataSet)
        guard let runs = pixels.fragments else {
            compression = nil
            fragments = []
            let needed = Int64(description.frameByteCount) * Int64(description.frameCount)
            guard !description.isSubsampled else {
                throw PixelCodecError(
                    .unsupported,
                    "Uncompressed pixels of Photometric Interpretation \(description.photometricInterpretation), whose pixels share their colours, are neither compressed nor shown")
            }
            guard Int64(pixels.value.count) >= needed else {
                throw PixelCodecError(
                    .malformed, "The pixel data has \(pixels.value.count) bytes, \(description.frameCount) frames need \(needed)")
            }
            return
        }
        guard let compression = Compression(file.transferSyntax) else {
            throw PixelCodecError(.unsupported, "Pixels in transfer syntax \(file.transferSyntax.uid) cannot be decoded")
        }
        self.compression = compression
        fragments = try Self.frames(of: runs, pixels, description.frameCount, file, compression)
    }

    var frameCount: Int { description.frameCount }

    /// The cells of a native frame as they are compressed and compared.
    func nativeCells(of frame: Int) throws -> [UInt8] {
        let start = Int64(frame) * Int64(description.frameByteCount)
        let cells = try littleEndian(start..<start + Int64(description.frameByteCount))
        guard description.isPlanar else { return cells }
        return Cells.interleaved(cells, samples: description.samples, sampleByteCount: description.cellByteCount)
    }

    /// Bytes of the value, counted from its begin. Words may reach over the ends of a frame.
    private func littleEndian(_ range: Range<Int64>) throws -> [UInt8] {
        let begin = pixels.value.lowerBound
        let unit = Int64(try file.swapUnit())
        guard unit > 1 else {
            return try file.source.bytes(begin + range.lowerBound..<begin + range.upperBound)
        }
        let first = range.lowerBound / unit * unit
        let end = min((range.upperBound + unit - 1) / unit * unit, Int64(pixels.value.count))
        let words = Cells.swapped(try file.source.bytes(begin + first..<begin + end), unit: Int(unit))
        return Array(words.dropFirst(Int(range.lowerBound - first)).prefix(range.count))
    }

    /// The compressed stream of a frame.
    func stream(of frame: Int) throws -> [UInt8] {
        let length = fragments[frame].reduce(0) { $0 + $1.count }
        guard length <= PixelCodecLimits.maximumStreamByteCount else {
            throw PixelCodecError(.limit, "A frame of \(length) bytes is above \(PixelCodecLimits.maximumStreamByteCount)")
        }
        return try fragments[frame].reduce(into: []) { $0 += try file.source.bytes($1) }
    }

    /// What a frame's stream says about itself, read from its begin; from all of it where the begin does not say it.
    func header(of frame: Int, _ compression: Compression) throws -> StreamHeader {
        let begin = try head(of: frame)
        do throws(PixelCodecError) {
            return try StreamHeader(begin, family: compression.family)
        } catch {
            guard error.code == .malformed, begin.count == StreamHeader.firstByteCount else { throw error }
            return try StreamHeader(stream(of: frame), family: compression.family)
        }
    }

    private func head(of frame: Int) throws -> [UInt8] {
        var head: [UInt8] = []
        for fragment in fragments[frame] where head.count < StreamHeader.firstByteCount {
            let end = min(fragment.upperBound, fragment.lowerBound + Int64(StreamHeader.firstByteCount - head.count))
            head += try file.source.bytes(fragment.lowerBound..<end)
        }
        return head
    }

    /// Which fragments make up each frame (PS3.5 §A.4): all, one each, as the offset table says, or from one start of a stream to
    /// the next.
    private static func frames(
        of fragments: [Range<Int64>], _ pixels: PixelElement, _ count: Int, _ file: ImageFile, _ compression: Compression
    ) throws -> [[Range<Int64>]] {
        if count == 1, !fragments.isEmpty { return [fragments] }
        if fragments.count == count { return fragments.map { [$0] } }
        var starts: Set<Int64> = []
        if pixels.offsetTable.count == count, let first = fragments.first {
            starts = Set(pixels.offsetTable.map { first.lowerBound - 8 + Int64($0) })
        } else if compression.family != .rle {
            let markers: [[UInt8]] = [[0xFF, 0xD8], [0xFF, 0x4F]]
            for fragment in fragments where fragment.count >= 2 {
                let begin = try file.source.bytes(fragment.lowerBound..<fragment.lowerBound + 2)
                if markers.contains(begin) { starts.insert(fragment.lowerBound - 8) }
            }
        }
        var frames: [[Range<Int64>]] = []
        for fragment in fragments {
            if starts.contains(fragment.lowerBound - 8) { frames.append([]) }
            guard !frames.isEmpty else { break }
            frames[frames.count - 1].append(fragment)
        }
        guard frames.count == count else {
            throw PixelCodecError(.malformed, "\(fragments.count) fragments do not tell \(count) frames")
        }
        return frames
    }
}
