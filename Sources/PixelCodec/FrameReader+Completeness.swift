internal import DICOM

/// What lies beyond the frames that an object tells of: nobody would miss it where it was left out.
extension FrameReader {
    /// Throws `PixelCodecError` of code `malformed` where the pixel data holds more than Number of Frames (0028,0008) tells.
    func requireNothingBeyond() throws {
        guard let compression else {
            let needed = Int64(description.frameByteCount) * Int64(frameCount)
            // A value has an even number of bytes (PS3.5 §7.1).
            guard Int64(pixels.value.count) <= needed + needed % 2 else {
                throw PixelCodecError(
                    .malformed, "The pixel data has \(pixels.value.count) bytes, \(frameCount) frames need \(needed): the rest is no padding")
            }
            return
        }
        for frame in 0..<frameCount {
            for fragment in fragments[frame].dropFirst() where try beginsStream(fragment, compression.family) {
                throw PixelCodecError(
                    .malformed, "Frame \(frame + 1) of \(frameCount) is more than one image: another begins at byte \(fragment.lowerBound)")
            }
        }
    }

    /// Whether a fragment begins with what only the begin of a stream has.
    private func beginsStream(_ fragment: Range<Int64>, _ family: Compression.Family) throws -> Bool {
        let head = try file.source.bytes(fragment.prefix(upTo: Self.rleHeaderByteCount))
        return switch family {
        // SOI and the first byte of another marker (ISO 10918-1 §B.1): within a stream, 0xFF stands only before 0 and markers.
        case .jpeg, .jpegLS: head.starts(with: [0xFF, 0xD8, 0xFF])
        // SOC and SIZ (ISO 15444-1 §A.4), or the file format's signature box (annex I).
        case .jpeg2000: head.starts(with: [0xFF, 0x4F, 0xFF, 0x51]) || head.starts(with: [0, 0, 0, 12, 0x6A, 0x50, 0x20, 0x20])
        // 1 to 15 segments, the first of which follows the header (PS3.5 §G.5); what is not used is 0.
        case .rle:
            head.count == Self.rleHeaderByteCount && (1...15).contains(head.uint32(at: 0)) && head.uint32(at: 4) == UInt32(Self.rleHeaderByteCount)
                && head[(4 + 4 * Int(head.uint32(at: 0)))...].allSatisfy { $0 == 0 }
        }
    }

    private static let rleHeaderByteCount = 64
}

extension Range<Int64> {
    fileprivate func prefix(upTo count: Int) -> Range<Int64> { lowerBound..<Swift.min(upperBound, lowerBound + Int64(count)) }
}
