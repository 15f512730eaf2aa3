@testable import DICOM
@testable import PixelCodec

/// Pixels of any bytes, as the worker's own process takes them apart: what a codec's process would decode is passed over. The input is a file, a stream, and
/// a frame in RLE.
enum PictureTarget {
    /// Frames of one input that are looked at, and bytes of cells that are made of one: no input is worth more.
    private static let frameCount = 4
    private static let cellByteCount = 1 << 16

    static func run(_ input: [UInt8]) {
        for family in [Compression.Family.jpeg, .jpegLS, .jpeg2000] { _ = try? StreamHeader(input, family: family) }
        runLength(input)
        guard let file = try? ImageFile(MemoryImageSource(content: input)) else { return }
        look(at: file)
        for element in file.dataSet.elements where element.vr == .SQ {
            for item in (try? file.dataSet.items(element.tag)) ?? [] where item[.pixelData]?.hasUndefinedLength == true {
                if let alone = try? ImageFile(item: item, of: file) { look(at: alone) }
            }
        }
    }

    private static func look(at file: ImageFile) {
        if let unit = try? file.swapUnit() { require([1, 2, 4, 8].contains(unit), "numbers of \(unit) bytes are turned round") }
        guard let frames = try? FrameReader(file) else { return }
        _ = try? frames.requireNothingBeyond()
        for frame in 0..<min(frameCount, frames.frameCount) {
            guard let compression = frames.compression else {
                guard let cells = try? frames.nativeCells(of: frame) else { continue }
                show(cells, frames)
                continue
            }
            decode(frame, of: frames, compression)
        }
    }

    private static func decode(_ frame: Int, of frames: FrameReader, _ compression: Compression) {
        let description = frames.description
        guard description.frameByteCount <= cellByteCount, let stream = try? frames.stream(of: frame) else { return }
        guard compression.family == .rle else {
            guard let header = try? frames.header(of: frame, compression), header.samples == description.samples,
                (2...min(16, description.bitsAllocated)).contains(header.precision)
            else { return }
            // What a decoder would give, of the size that it must have.
            let shape = shape(description, byteCount: header.precision > 8 ? 2 : 1, precision: header.precision)
            let decoded = (0..<shape.byteCount).map { stream[$0 % stream.count] }
            return show(Cells.widened(decoded, from: shape, to: description.cellByteCount, isSigned: description.isSigned), frames)
        }
        let whole = shape(description, byteCount: description.cellByteCount, precision: description.bitsAllocated)
        if let cells = try? RunLength.decode(stream, whole) { show(cells, frames) }
    }

    private static func shape(_ description: PixelDescription, byteCount: Int, precision: Int) -> FrameShape {
        FrameShape(
            columns: description.columns, rows: description.rows, samples: description.samples, sampleByteCount: byteCount, precision: precision,
            isSigned: description.isSigned, colour: .gray)
    }

    private static func show(_ cells: [UInt8], _ frames: FrameReader) {
        let description = frames.description
        require(cells.count == description.frameByteCount, "a frame of \(description.frameByteCount) bytes has \(cells.count)")
        _ = Cells.hasBitsAboveStored(cells, description)
        guard let picture = try? Picture(cells, description, description.photometricInterpretation, frames.file.dataSet) else { return }
        for edge in [1, 7, 512] {
            let reduced = picture.reduced(toEdge: edge)
            require(max(reduced.columns, reduced.rows) <= max(edge, 1), "a picture is larger than \(edge)")
            require(reduced.bytes.count == reduced.columns * reduced.rows * reduced.samples, "a picture has \(reduced.bytes.count) bytes")
        }
        _ = PNG.encode(picture)
    }

    /// The first bytes are the shape. What is decoded is decoded again from what it is compressed to.
    private static func runLength(_ input: [UInt8]) {
        guard input.count > 4 else { return }
        let size = [1, 2, 4][Int(input[3]) % 3]
        let shape = FrameShape(
            columns: 1 + Int(input[0]), rows: 1 + Int(input[1] & 0x0F), samples: input[2] & 1 == 0 ? 1 : 3, sampleByteCount: size,
            precision: 8 * size, isSigned: false, colour: .gray)
        guard let cells = try? RunLength.decode(Array(input.dropFirst(4)), shape) else { return }
        guard let stream = try? RunLength.encode(cells, shape), let again = try? RunLength.decode(stream, shape) else {
            return require(false, "cells of a frame in RLE cannot be compressed and decoded")
        }
        require(again == cells, "cells of a frame in RLE are others when they are compressed and decoded")
    }
}
