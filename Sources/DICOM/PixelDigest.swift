/// Computes the pixel digest of native pixel data (law 7 of the architecture): the same for every native transfer
/// syntax, byte order and planar configuration of an image, another one if a single allocated bit differs.
///
/// The digest is the SHA-256 of these bytes, one after the other:
/// 1. the line `skein pixels 1 ROWS COLUMNS SAMPLES BITS-ALLOCATED FRAMES`, decimal, ended by LF;
/// 2. for each frame the 32 bytes of the SHA-256 of its samples: little endian, all allocated bits, colour by pixel
///    (Planar Configuration 0). A frame whose length is no whole number of bytes is not divided: all frames are
///    taken together then;
/// 3. if more bytes follow than the one that makes the length even, the SHA-256 of those, as of a further frame.
struct PixelDigester: Sendable {
    /// Frames of planar colour are put in order in memory. 256 MiB is eight times the largest mammography frame.
    static let maximumPlanarFrameByteCount = 256 << 20

    private let layout: PixelLayout
    private var frames = ContentDigester()
    private var frame = ContentDigester()
    /// Bytes of the present frame so far.
    private var frameCount: Int64 = 0
    private var finishedFrames = 0
    /// The start of a number whose other bytes are still to come.
    private var partial: [UInt8] = []
    private var planarFrame: [UInt8] = []

    /// `nil` if the header does not say how large a frame is, or the pixels are encapsulated.
    init?(header: ObjectHeader, pixels: ElementHead) {
        guard let layout = PixelLayout(header: header, pixels: pixels) else { return nil }
        self.layout = layout
        // Only what is filled takes memory; growing would take twice as much.
        if layout.isPlanar { planarFrame.reserveCapacity(Int(layout.frameByteCount)) }
        frames.update(Array(layout.declaration.utf8))
    }

    /// Takes the next bytes of the value.
    mutating func update(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard layout.swapUnit > 1 else { return add(bytes) }
        partial.append(contentsOf: bytes)
        let whole = partial.count / layout.swapUnit * layout.swapUnit
        var swapped = Array(partial[..<whole])
        swapped.swapBytes(unit: layout.swapUnit)
        partial.removeFirst(whole)
        swapped.withUnsafeBufferPointer { add($0) }
    }

    private mutating func add(_ bytes: UnsafeBufferPointer<UInt8>) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let isSurplus = finishedFrames == layout.frameCount
            let room = isSurplus ? Int64.max : layout.frameByteCount - frameCount
            let piece = rest.prefix(Int(min(room, Int64(rest.count))))
            let buffer = UnsafeBufferPointer(rebasing: piece)
            if layout.isPlanar, !isSurplus {
                planarFrame.append(contentsOf: buffer)
            } else {
                frame.update(UnsafeRawBufferPointer(buffer))
            }
            frameCount += Int64(piece.count)
            rest = rest.dropFirst(piece.count)
            if !isSurplus, frameCount == layout.frameByteCount { finishFrame() }
        }
    }

    private mutating func finishFrame() {
        if layout.isPlanar {
            for stretch in layout.stretches(ofPlanesIn: planarFrame) { frame.update(layout.interleaved(planarFrame, stretch)) }
            planarFrame.removeAll(keepingCapacity: true)
        }
        frames.update(frame.digest().bytes)
        frame = ContentDigester()
        frameCount = 0
        finishedFrames += 1
    }

    /// The digest; `nil` if the value was shorter than its frames.
    func digest() -> ContentDigest? {
        guard finishedFrames == layout.frameCount else { return nil }
        var frames = frames
        let surplus = frameCount + Int64(partial.count)
        if surplus > (layout.byteCount.isMultiple(of: 2) ? 0 : 1) {
            var last = frame
            last.update(partial)
            frames.update(last.digest().bytes)
        }
        return frames.digest()
    }
}

/// How native pixels lie in their element (PS3.3 §C.7.6.3, PS3.5 §8).
private struct PixelLayout: Sendable {
    let declaration: String
    let frameCount: Int
    let frameByteCount: Int64
    /// Bytes of a number whose order must be turned to be little endian; 1: none.
    let swapUnit: Int
    let isPlanar: Bool
    private let sampleByteCount: Int
    private let samples: Int

    init?(header: ObjectHeader, pixels: ElementHead) {
        let dataSet = header.dataSet
        guard !pixels.hasUndefinedLength, !header.transferSyntax.isEncapsulated,
            let rows = dataSet.unsigned16(.rows), let columns = dataSet.unsigned16(.columns)
        else { return nil }
        let samples = dataSet.unsigned16(.samplesPerPixel) ?? 1
        let bits = Self.bitsAllocated(of: pixels.tag, in: dataSet)
        let frames = max(1, dataSet.integer(.numberOfFrames).flatMap { Int32(exactly: $0) }.map(Int.init) ?? 1)
        guard let bits, (1...4).contains(samples) else { return nil }
        let stored = dataSet.string(.photometricInterpretation)?.hasSuffix("_422") == true ? 2 : samples
        let frameBits = Int64(rows) * Int64(columns) * Int64(stored) * Int64(bits)
        // Three numbers of 16 bits, one of which is at most four, and at most 64 bits: below 2^41.
        guard frameBits > 0, Int64.max / frameBits / 8 > frames else { return nil }

        declaration = "skein pixels 1 \(rows) \(columns) \(samples) \(bits) \(frames)\n"
        let isDivided = frameBits.isMultiple(of: 8)
        frameCount = isDivided ? frames : 1
        frameByteCount = isDivided ? frameBits / 8 : (frameBits * Int64(frames) + 7) / 8
        sampleByteCount = max(1, bits / 8)
        self.samples = samples
        isPlanar = samples > 1 && stored == samples && bits >= 8 && dataSet.unsigned16(.planarConfiguration) == 1
        if isPlanar, frameByteCount > PixelDigester.maximumPlanarFrameByteCount { return nil }
        let isBigEndian = header.transferSyntax.isBigEndian || header.transferSyntax == .implicitVRBigEndianPixels
        swapUnit = isBigEndian ? Self.swapUnit(bits: bits, pixels) : 1
    }

    private static func bitsAllocated(of tag: Tag, in dataSet: DataSet) -> Int? {
        switch tag {
        case .floatPixelData: return 32
        case .doubleFloatPixelData: return 64
        default:
            let bits = dataSet.integer(.bitsAllocated)
            return bits.flatMap { [1, 8, 16, 32, 64].contains($0) ? $0 : nil }
        }
    }

    /// Samples of up to 16 bits lie in words of 16 bits, but in bytes where they are written as OB (PS3.5 §8.1.1); implicit ones are OW (§A.1).
    private static func swapUnit(bits: Int, _ pixels: ElementHead) -> Int {
        pixels.isExplicit && pixels.vr == .OB ? 1 : max(2, bits / 8)
    }

    /// Stretches of each plane, of whole samples, so that a frame is put in order without being held twice.
    func stretches(ofPlanesIn planes: [UInt8]) -> [Range<Int>] {
        let plane = planes.count / samples
        return stride(from: 0, to: plane, by: Self.stretchByteCount).map { $0..<min($0 + Self.stretchByteCount, plane) }
    }

    private static let stretchByteCount = 1 << 18

    /// The samples in a stretch of each plane, as colour by pixel.
    func interleaved(_ planes: [UInt8], _ stretch: Range<Int>) -> [UInt8] {
        let plane = planes.count / samples
        var result: [UInt8] = []
        result.reserveCapacity(stretch.count * samples)
        for pixel in stride(from: stretch.lowerBound, to: stretch.upperBound, by: sampleByteCount) {
            for sample in 0..<samples {
                let start = sample * plane + pixel
                result.append(contentsOf: planes[start..<start + sampleByteCount])
            }
        }
        return result
    }

    var byteCount: Int64 { frameByteCount * Int64(frameCount) }
}

extension [UInt8] {
    /// Turns the byte order of numbers of `unit` bytes; bytes after the last whole number stay.
    mutating func swapBytes(unit: Int) {
        guard unit > 1 else { return }
        for start in stride(from: 0, through: count - unit, by: unit) {
            for offset in 0..<unit / 2 { swapAt(start + offset, start + unit - 1 - offset) }
        }
    }
}
