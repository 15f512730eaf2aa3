/// What a compressed frame says about itself, read before a codec is given it: codecs trust what they are told.
struct StreamHeader: Hashable {
    let columns: Int
    let rows: Int
    let samples: Int
    let precision: Int
    /// JPEG-LS without interleaving: a decoder gives plane after plane.
    var isPlanar = false
    /// Whether the stream itself says that nothing was lost; JPEG 2000 says only that nothing had to be.
    var isReversible = false

    /// Reads the header of a JPEG, JPEG-LS or JPEG 2000 stream. Throws `PixelCodecError` of code `malformed`.
    init(_ stream: some RandomAccessCollection<UInt8>, family: Compression.Family) throws(PixelCodecError) {
        // Within the data of a JPEG-LS scan, 0xFF stands before everything below 0x80 (ISO 14495-1 §A.1).
        var reader = MarkerReader(Array(stream), least: family == .jpeg2000 ? 0x01 : 0x80)
        switch family {
        case .jpeg, .jpegLS: self = try Self.jpeg(&reader)
        case .jpeg2000: self = try Self.jpeg2000(&reader)
        case .rle: throw PixelCodecError(.malformed, "An RLE frame has no dimensions")
        }
    }

    private init(columns: Int, rows: Int, samples: Int, precision: Int) {
        self.columns = columns
        self.rows = rows
        self.samples = samples
        self.precision = precision
    }

    /// What is read of a frame first. Markers before the image take some hundred bytes; profiles and thumbnails in application segments up
    /// to 64 KiB each. A scan for each sample may reach beyond.
    static let firstByteCount = 1 << 20

    /// ISO 10918-1 §B.2, ISO 14495-1 §C.2: the frame header and the scan headers. A sample without a scan would be made up by the decoder.
    private static func jpeg(_ reader: inout MarkerReader) throws(PixelCodecError) -> StreamHeader {
        guard reader.word() == 0xFFD8 else { throw PixelCodecError(.malformed, "The frame begins with no JPEG marker") }
        var header: StreamHeader?
        var (isLS, isProgressive) = (false, false)
        var scanned: Set<UInt8> = []
        reading: while let (marker, segment) = reader.segment() {
            switch marker {
            case 0xC0...0xC3, 0xC5...0xC7, 0xC9...0xCB, 0xCD...0xCF, 0xF7:
                guard header == nil, segment.count >= 6 else { continue }
                var found = StreamHeader(
                    columns: segment.word(3), rows: segment.word(1), samples: Int(segment[segment.startIndex + 5]),
                    precision: Int(segment[segment.startIndex]))
                found.isReversible = [0xC3, 0xC7, 0xCB, 0xCF, 0xF7].contains(marker)
                isLS = marker == 0xF7
                isProgressive = [0xC2, 0xC6, 0xCA, 0xCE].contains(marker)
                header = found
            case 0xDA:
                guard let samples = header?.samples, let count = segment.first.map({ Int($0) }), segment.count >= 4 + 2 * count else { continue }
                // Predictor or NEAR, end of selection or interleaving, and the point transform, which takes away the lowest bits (§H.1).
                let parameters = Array(segment.dropFirst(1 + 2 * count))
                // Progressive scans come several to a sample: the one with its mean values must be among them (§G.1.2.1).
                if isProgressive, parameters[0] != 0 { continue }
                if parameters[2] & 0x0F != 0 || isLS && parameters[0] != 0 { header?.isReversible = false }
                if isLS, samples > 1, count == 1 { header?.isPlanar = true }
                for place in 0..<count { scanned.insert(segment[segment.startIndex + 1 + 2 * place]) }
                if scanned.count >= samples { break reading }
            default: continue
            }
        }
        guard let header else { throw PixelCodecError(.malformed, "The frame has no JPEG frame header") }
        guard scanned.count >= header.samples else {
            throw PixelCodecError(.malformed, "The frame has scans for \(scanned.count) of its \(header.samples) samples")
        }
        return header
    }

    /// ISO 15444-1 §A.5.1 (SIZ) and §A.6.1 (COD); some writers put the whole file format around the codestream.
    private static func jpeg2000(_ reader: inout MarkerReader) throws(PixelCodecError) -> StreamHeader {
        guard reader.skip(to: [0xFF, 0x4F, 0xFF, 0x51]) else {
            throw PixelCodecError(.malformed, "The frame has no JPEG 2000 codestream")
        }
        var header: StreamHeader?
        while let (marker, segment) = reader.segment() {
            if marker == 0x51, segment.count >= 37 {
                header = try size(segment)
            } else if marker == 0x52, segment.count >= 10 {
                header?.isReversible = segment[segment.startIndex + 9] == 1
                break
            }
        }
        guard let header else { throw PixelCodecError(.malformed, "The frame has no JPEG 2000 image size") }
        return header
    }

    private static func size(_ segment: ArraySlice<UInt8>) throws(PixelCodecError) -> StreamHeader {
        let samples = segment.word(34)
        guard segment.count >= 36 + 3 * samples else { throw PixelCodecError(.malformed, "A JPEG 2000 size marker is cut") }
        let components = (0..<samples).map { segment[(segment.startIndex + 36 + 3 * $0)...].prefix(3).elementsEqual(segment[(segment.startIndex + 36)...].prefix(3)) }
        guard samples > 0, !components.contains(false), segment[segment.startIndex + 37] == 1, segment[segment.startIndex + 38] == 1 else {
            throw PixelCodecError(.unsupported, "The components of a JPEG 2000 stream differ from each other")
        }
        return StreamHeader(
            columns: segment.long(2) - segment.long(10), rows: segment.long(6) - segment.long(14), samples: samples,
            precision: Int(segment[segment.startIndex + 36] & 0x7F) + 1)
    }
}
