internal import DICOM

/// A picture of an object for people: one frame with its window applied, as PNG. Markers and burned-in names are legible at full size.
public struct Preview {
    /// Longest edge of a small preview, in pixels.
    public static let smallEdge = 512

    private let codec: CodecProcess

    /// Previews whose frames are decoded by this process.
    public init(codec: CodecProcess) {
        self.codec = codec
    }

    /// One frame as PNG, 8 bits a sample.
    ///
    /// - Parameters:
    ///   - frame: which, from 0.
    ///   - maximumEdge: pixels of the longer edge; `nil`: as many as the image has.
    /// - Throws: `PixelCodecError`; `DICOMError` for a damaged object; what the source throws.
    public func png(of source: any ImageSource, frame: Int = 0, maximumEdge: Int? = smallEdge) async throws -> [UInt8] {
        let file = try ImageFile(source)
        let frames = try FrameReader(file)
        guard (0..<frames.frameCount).contains(frame) else {
            throw PixelCodecError(.noFrame, "Frame \(frame + 1) was asked for, and the object has frames 1 to \(frames.frameCount)")
        }
        let coder = FrameCoder(description: frames.description, codec: codec)
        let (cells, interpretation) = if let compression = frames.compression {
            (try await coder.decode(frames.stream(of: frame), compression), coder.decodedPhotometricInterpretation)
        } else {
            (try frames.nativeCells(of: frame), frames.description.photometricInterpretation)
        }
        let elements = file.elementSyntax.isBigEndian
            ? try DataSet(parsing: file.dataSet.encode(as: .explicitVRLittleEndian), as: .explicitVRLittleEndian) : file.dataSet
        let picture = try Picture(cells, frames.description, interpretation, elements)
        return PNG.encode(maximumEdge.map { picture.reduced(toEdge: $0) } ?? picture)
    }

    /// As `png(of:frame:maximumEdge:)`, into a file. Throws `PixelCodecError` of code `file` too, also where there is one of that name.
    public func writePNG(of source: any ImageSource, to path: String, frame: Int = 0, maximumEdge: Int? = smallEdge) async throws {
        let output = try OutputFile(path: path)
        try await output.write(png(of: source, frame: frame, maximumEdge: maximumEdge))
        try output.finish()
    }
}

/// Gray or RGB, 8 bits a sample, as it is shown.
struct Picture: Hashable {
    let columns: Int
    let rows: Int
    /// 1 or 3.
    let samples: Int
    let bytes: [UInt8]

    init(columns: Int, rows: Int, samples: Int, bytes: [UInt8]) {
        self.columns = columns
        self.rows = rows
        self.samples = samples
        self.bytes = bytes
    }

    /// The cells as PS3.3 §C.7.6.3.1.2 says what they mean.
    init(_ cells: [UInt8], _ description: PixelDescription, _ interpretation: String, _ dataSet: DataSet) throws(PixelCodecError) {
        let values = StoredValues(cells, description)
        switch interpretation {
        case "MONOCHROME1" where description.samples == 1, "MONOCHROME2" where description.samples == 1:
            let scale = GrayScale(dataSet, of: values)
            let isInverted = interpretation == "MONOCHROME1"
            bytes = values.map { isInverted ? 255 - scale.gray(of: $0) : scale.gray(of: $0) }
            samples = 1
        case "PALETTE COLOR" where description.samples == 1:
            let palette = try Palette(dataSet)
            bytes = values.flatMap { palette.colour(of: $0) }
            samples = 3
        case "RGB" where description.samples == 3, "YBR_FULL" where description.samples == 3:
            let shift = max(0, description.bitsStored - 8)
            let scaled = values.map { UInt8(truncatingIfNeeded: min(255, max(0, $0 >> shift))) }
            bytes = interpretation == "RGB" ? scaled : Self.rgb(fromYBR: scaled)
            samples = 3
        default:
            throw PixelCodecError(.unsupported, "Images of Photometric Interpretation \(interpretation) are not shown")
        }
        columns = description.columns
        rows = description.rows
    }

    /// PS3.3 §C.7.6.3.1.2, YBR_FULL.
    private static func rgb(fromYBR bytes: [UInt8]) -> [UInt8] {
        var result = bytes
        for place in stride(from: 0, to: bytes.count - 2, by: 3) {
            let (y, cb, cr) = (Double(bytes[place]), Double(bytes[place + 1]) - 128, Double(bytes[place + 2]) - 128)
            let colour = [y + 1.402 * cr, y - 0.344136 * cb - 0.714136 * cr, y + 1.772 * cb]
            for sample in 0..<3 { result[place + sample] = UInt8(min(255, max(0, colour[sample].rounded()))) }
        }
        return result
    }

    /// A picture whose longer edge has at most so many pixels: each is the mean of those that it stands for.
    func reduced(toEdge edge: Int) -> Picture {
        let longest = max(columns, rows)
        guard longest > edge else { return self }
        let width = max(1, columns * edge / longest)
        let height = max(1, rows * edge / longest)
        var result: [UInt8] = []
        result.reserveCapacity(width * height * samples)
        for y in 0..<height {
            let lines = y * rows / height..<max(y * rows / height + 1, (y + 1) * rows / height)
            for x in 0..<width {
                let places = x * columns / width..<max(x * columns / width + 1, (x + 1) * columns / width)
                for sample in 0..<samples { result.append(mean(lines, places, sample)) }
            }
        }
        return Picture(columns: width, rows: height, samples: samples, bytes: result)
    }

    private func mean(_ lines: Range<Int>, _ places: Range<Int>, _ sample: Int) -> UInt8 {
        var sum = 0
        for line in lines {
            for place in places { sum += Int(bytes[(line * columns + place) * samples + sample]) }
        }
        return UInt8(sum / (lines.count * places.count))
    }
}

/// The stored values of a frame's cells: without what is above High Bit, with their sign (PS3.5 §8.1.1).
struct StoredValues: RandomAccessCollection {
    private let cells: [UInt8]
    private let size: Int
    private let shift: UInt32
    private let mask: UInt32
    private let signBit: UInt32

    init(_ cells: [UInt8], _ description: PixelDescription) {
        self.cells = cells
        size = description.cellByteCount
        shift = UInt32(description.highBit + 1 - description.bitsStored)
        mask = description.bitsStored == 32 ? .max : (1 << UInt32(description.bitsStored)) - 1
        signBit = description.isSigned ? 1 << UInt32(description.bitsStored - 1) : 0
    }

    var startIndex: Int { 0 }
    var endIndex: Int { cells.count / size }

    subscript(index: Int) -> Int {
        var value: UInt32 = 0
        for byte in 0..<size { value |= UInt32(cells[index * size + byte]) << (8 * UInt32(byte)) }
        value = value >> shift & mask
        return value & signBit == 0 ? Int(value) : Int(value) - Int(mask) - 1
    }
}

/// The colours of palette images (PS3.3 §C.7.6.3.1.5).
struct Palette {
    private let first: Int
    private let tables: [[UInt8]]

    init(_ dataSet: DataSet) throws(PixelCodecError) {
        var tables: [[UInt8]] = []
        var first = 0
        for channel in UInt16(0)..<3 {
            guard let descriptor = dataSet[Tag(0x0028, 0x1101 + channel)]?.value.map(Array.init), descriptor.count >= 6,
                let data = dataSet[Tag(0x0028, 0x1201 + channel)]?.value.map(Array.init)
            else { throw PixelCodecError(.unsupported, "The palette is missing or segmented") }
            let number = { (place: Int) in Int(descriptor[place]) | Int(descriptor[place + 1]) << 8 }
            let count = number(0) == 0 ? 1 << 16 : number(0)
            first = Int(Int16(truncatingIfNeeded: number(2)))
            // Entries of 8 bits take a byte each, or a word as those of 16 do.
            let size = data.count >= 2 * count ? 2 : 1
            let upper = number(4) > 8 ? 1 : 0
            tables.append((0..<min(count, data.count / size)).map { data[$0 * size + (size == 2 ? upper : 0)] })
        }
        guard tables.allSatisfy({ !$0.isEmpty }) else { throw PixelCodecError(.unsupported, "The palette is empty") }
        self.first = first
        self.tables = tables
    }

    func colour(of value: Int) -> [UInt8] {
        tables.map { $0[min($0.count - 1, max(0, value - first))] }
    }
}
