/// RLE Lossless (PS3.5 annex G): each byte of a cell and each sample is a segment of its own, the most significant byte first.
///
/// GDCM's RLE is not used: version 3.0.21 writes segments of odd length (§G.3.1 wants even ones), stops at images whose planes
/// have an odd number of pixels, and decodes colour of 16 bits to other cells.
enum RunLength {
    /// §G.5: a count and fifteen offsets of 32 bits.
    static let headerByteCount = 64
    private static let maximumSegmentCount = 15

    /// Compresses the cells of a frame.
    static func encode(_ cells: [UInt8], _ shape: FrameShape) throws(PixelCodecError) -> [UInt8] {
        let stride = shape.samples * shape.sampleByteCount
        guard stride <= maximumSegmentCount, cells.count == shape.byteCount else {
            throw PixelCodecError(.unsupported, "RLE has no room for \(stride) segments")
        }
        var stream = [UInt8](repeating: 0, count: headerByteCount)
        stream.put(UInt32(stride), at: 0)
        for segment in 0..<stride {
            stream.put(UInt32(stream.count), at: 4 + 4 * segment)
            let first = offset(ofSegment: segment, shape)
            for row in 0..<shape.rows {
                let start = row * shape.columns * stride + first
                encodeRow((0..<shape.columns).map { cells[start + $0 * stride] }, into: &stream)
            }
            if !stream.count.isMultiple(of: 2) { stream.append(0) }
        }
        return stream
    }

    /// Where a segment's first byte lies within a pixel.
    private static func offset(ofSegment segment: Int, _ shape: FrameShape) -> Int {
        let (sample, byte) = segment.quotientAndRemainder(dividingBy: shape.sampleByteCount)
        return sample * shape.sampleByteCount + shape.sampleByteCount - 1 - byte
    }

    /// §G.3.1: no run crosses the end of a row.
    private static func encodeRow(_ row: [UInt8], into stream: inout [UInt8]) {
        var place = 0
        var literalStart = 0
        while place < row.count {
            let run = runLength(row, at: place)
            guard run > 2 || run == row.count - place && run > 1 && literalStart == place else {
                place += run
                continue
            }
            appendLiterals(row[literalStart..<place], to: &stream)
            stream.append(UInt8(truncatingIfNeeded: 1 - run))
            stream.append(row[place])
            place += run
            literalStart = place
        }
        appendLiterals(row[literalStart...], to: &stream)
    }

    private static func runLength(_ row: [UInt8], at start: Int) -> Int {
        var end = start + 1
        while end < row.count, end - start < 128, row[end] == row[start] { end += 1 }
        return end - start
    }

    private static func appendLiterals(_ bytes: ArraySlice<UInt8>, to stream: inout [UInt8]) {
        var rest = bytes
        while !rest.isEmpty {
            let piece = rest.prefix(128)
            stream.append(UInt8(piece.count - 1))
            stream += piece
            rest = rest.dropFirst(piece.count)
        }
    }

    /// The cells of a compressed frame. Throws `PixelCodecError` of code `malformed`.
    static func decode(_ stream: [UInt8], _ shape: FrameShape) throws(PixelCodecError) -> [UInt8] {
        let stride = shape.samples * shape.sampleByteCount
        guard stream.count >= headerByteCount, stream.uint32(at: 0) == stride, stride <= maximumSegmentCount else {
            throw PixelCodecError(.malformed, "An RLE frame has another number of segments than bytes in a pixel")
        }
        var cells = [UInt8](repeating: 0, count: shape.byteCount)
        for segment in 0..<stride {
            let start = Int(stream.uint32(at: 4 + 4 * segment))
            let end = segment + 1 < stride ? Int(stream.uint32(at: 8 + 4 * segment)) : stream.count
            guard start >= headerByteCount, start <= end, end <= stream.count else {
                throw PixelCodecError(.malformed, "An RLE segment lies outside of its frame")
            }
            let count = decodeSegment(stream[start..<end], from: offset(ofSegment: segment, shape), stride: stride, into: &cells)
            guard count == shape.columns * shape.rows else {
                throw PixelCodecError(.malformed, "An RLE segment holds \(count) bytes instead of \(shape.columns * shape.rows)")
            }
        }
        return cells
    }

    /// §G.3.2; gives how many bytes the runs are of, which may be more than the plane has. A byte behind the last one is padding (§G.3.1).
    private static func decodeSegment(_ segment: ArraySlice<UInt8>, from first: Int, stride: Int, into cells: inout [UInt8]) -> Int {
        var place = segment.startIndex
        var target = first
        var count = 0
        func put(_ byte: UInt8) {
            count += 1
            guard target < cells.count else { return }
            cells[target] = byte
            target += stride
        }
        while place + 1 < segment.endIndex {
            let code = Int8(bitPattern: segment[place])
            place += 1
            if code >= 0 {
                let end = min(place + Int(code) + 1, segment.endIndex)
                for byte in segment[place..<end] { put(byte) }
                place = end
            } else if code != -128 {
                for _ in 0...(-Int(code)) { put(segment[place]) }
                place += 1
            }
        }
        return count
    }
}

extension [UInt8] {
    func uint32(at place: Int) -> UInt32 {
        UInt32(self[place]) | UInt32(self[place + 1]) << 8 | UInt32(self[place + 2]) << 16 | UInt32(self[place + 3]) << 24
    }

    mutating func put(_ number: UInt32, at place: Int) {
        for byte in 0..<4 { self[place + byte] = UInt8(truncatingIfNeeded: number >> (8 * UInt32(byte))) }
    }
}
