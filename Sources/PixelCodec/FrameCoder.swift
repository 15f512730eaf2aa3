internal import DICOM

/// Frames to and from cells, through the codec's process.
struct FrameCoder {
    let description: PixelDescription
    let codec: CodecProcess

    /// The cells of a compressed frame, as the object's attributes allocate them.
    ///
    /// Throws `PixelCodecError` of code `malformed` where the stream does not agree with the attributes, or what `codec` throws.
    func decode(_ stream: [UInt8], _ compression: Compression) async throws -> [UInt8] {
        guard compression.family != .rle else {
            return try await codec.run(.decode, .rle, allocatedShape(colour: .gray), stream)
        }
        let header = try checkedHeader(stream, compression.family)
        var shape = allocatedShape(colour: try decodedColour(compression))
        shape.sampleByteCount = header.precision > 8 ? 2 : 1
        // GDCM decodes JPEG and JPEG-LS streams of fewer than eight bits as such of eight.
        shape.precision = compression.family == .jpeg2000 ? header.precision : max(8, header.precision)
        var cells = try await codec.run(.decode, compression.family, shape, stream)
        guard cells.count == shape.byteCount else {
            throw PixelCodecError(.malformed, "A frame decodes to \(cells.count) bytes instead of \(shape.byteCount)")
        }
        if header.isPlanar {
            cells = Cells.interleaved(cells, samples: shape.samples, sampleByteCount: shape.sampleByteCount)
        }
        shape.precision = header.precision
        return Cells.widened(cells, from: shape, to: description.cellByteCount, isSigned: description.isSigned)
    }

    /// A frame's cells compressed without loss, once they were decoded again and found the same, bit for bit.
    ///
    /// Throws `PixelCodecError` of code `bits-above-stored`, `cells-differ`, `unsupported`, or what `codec` throws.
    func encode(_ cells: [UInt8], _ compression: Compression, photometricInterpretation: String) async throws -> [UInt8] {
        guard !Cells.hasBitsAboveStored(cells, description) else {
            throw PixelCodecError(
                .bitsAboveStored, "Cells have data above Bits Stored (\(description.bitsStored) of \(description.bitsAllocated)): they are not compressed")
        }
        let colour = try Self.encodedColour(photometricInterpretation, samples: description.samples)
        let shape = allocatedShape(colour: colour)
        let stream = try await codec.run(.encode, compression.family, shape, cells)
        let back = compression.family == .rle
            ? try await codec.run(.decode, .rle, shape, stream) : try await decodeAgain(stream, compression.family, shape)
        guard back == cells else {
            throw PixelCodecError(.cellsDiffer, "A compressed frame does not decode to the cells that it was made from")
        }
        return stream
    }

    private func decodeAgain(_ stream: [UInt8], _ family: Compression.Family, _ shape: FrameShape) async throws -> [UInt8] {
        let header = try checkedHeader(stream, family)
        guard header.precision == shape.precision, header.isReversible else {
            throw PixelCodecError(.cellsDiffer, "A compressed frame has \(header.precision) bits instead of \(shape.precision), or lost something")
        }
        return try await codec.run(.decode, family, shape, stream)
    }

    /// Whether images of this kind can be compressed at all; throws `PixelCodecError` of code `unsupported` if not.
    func checkEncodable(_ compression: Compression) throws(PixelCodecError) {
        guard description.bitsAllocated <= 16 || compression.family == .rle else {
            throw PixelCodecError(.unsupported, "Cells of \(description.bitsAllocated) bits are compressed with RLE only")
        }
        guard description.highBit == description.bitsStored - 1 else {
            throw PixelCodecError(.unsupported, "High Bit \(description.highBit) is not that of \(description.bitsStored) stored bits: not compressed")
        }
        guard compression.family != .jpeg2000 || description.frameByteCount >= PixelCodecLimits.minimumJPEG2000ByteCount else {
            throw PixelCodecError(.unsupported, "Frames below \(PixelCodecLimits.minimumJPEG2000ByteCount) bytes are not compressed with JPEG 2000")
        }
    }

    /// What the decoded cells mean: decoders undo the colour transforms of JPEG 2000, and give each pixel of YBR_FULL_422 its chrominance.
    var decodedPhotometricInterpretation: String {
        switch description.photometricInterpretation {
        case "YBR_RCT", "YBR_ICT": "RGB"
        case "YBR_FULL_422": "YBR_FULL"
        case let given: given
        }
    }

    private func decodedColour(_ compression: Compression) throws(PixelCodecError) -> FrameShape.Colour {
        guard description.samples > 1 else { return .gray }
        guard !description.isSubsampled || compression.family == .jpeg && description.photometricInterpretation == "YBR_FULL_422" else {
            throw PixelCodecError(.unsupported, "\(description.photometricInterpretation) is not decoded from transfer syntaxes of this kind")
        }
        return description.photometricInterpretation.hasPrefix("YBR_FULL") ? .ybr : .rgb
    }

    private static func encodedColour(_ interpretation: String, samples: Int) throws(PixelCodecError) -> FrameShape.Colour {
        switch interpretation {
        case "MONOCHROME1" where samples == 1, "MONOCHROME2" where samples == 1, "PALETTE COLOR" where samples == 1: return .gray
        case "RGB" where samples == 3: return .rgb
        case "YBR_FULL" where samples == 3: return .ybr
        default:
            throw PixelCodecError(.unsupported, "Images of Photometric Interpretation \(interpretation) are not compressed")
        }
    }

    private func checkedHeader(_ stream: [UInt8], _ family: Compression.Family) throws(PixelCodecError) -> StreamHeader {
        let header = try StreamHeader(stream, family: family)
        guard header.columns == description.columns, header.rows == description.rows, header.samples == description.samples else {
            throw PixelCodecError(
                .malformed, "A frame is \(header.columns) × \(header.rows) × \(header.samples), the object says "
                    + "\(description.columns) × \(description.rows) × \(description.samples)")
        }
        guard header.precision <= min(16, description.bitsAllocated) else {
            throw PixelCodecError(.malformed, "A frame has \(header.precision) bits a cell, the object allocates \(description.bitsAllocated)")
        }
        let least = family == .jpeg2000 ? 1 : 2
        guard header.precision >= least else {
            throw PixelCodecError(.malformed, "A frame has \(header.precision) bits a cell, and must have \(least) at the least")
        }
        guard family != .jpeg2000 || Self.endsWithMarker(stream) else {
            throw PixelCodecError(.malformed, "A JPEG 2000 frame is cut: it has no end marker")
        }
        return header
    }

    /// Cut streams of JPEG 2000 decode to something. Behind the end marker (ISO 15444-1 §A.4.4) there is padding, of one byte by the standard.
    private static func endsWithMarker(_ stream: [UInt8]) -> Bool {
        var rest = stream[...]
        while let last = rest.last, last == 0 || last == 0xFF { rest.removeLast() }
        return rest.last == 0xD9 && rest.dropLast().last == 0xFF
    }

    /// The cells as they are allocated: all bits go into the stream.
    private func allocatedShape(colour: FrameShape.Colour) -> FrameShape {
        FrameShape(
            columns: description.columns, rows: description.rows, samples: description.samples,
            sampleByteCount: description.cellByteCount, precision: description.bitsAllocated, isSigned: description.isSigned,
            colour: colour)
    }
}
