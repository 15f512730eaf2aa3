import DICOM
import Foundation
import Testing

@testable import PixelCodec

@Suite struct StreamHeaderTests {
    @Test(arguments: [
        ("SC_rgb_jpeg_gdcm.dcm", 3, 8, false, true), ("JPGExtended.dcm", 1, 12, false, false), ("GDCMJ2K_TextGBR.dcm", 3, 8, false, true),
        ("JPEG2000.dcm", 1, 16, false, false), ("MR_small_jp2klossless.dcm", 1, 16, false, true), ("MR_small_jpeg_ls_lossless.dcm", 1, 16, false, true),
        ("SC_rgb_jls_lossy_sample.dcm", 3, 8, false, false),
    ])
    func `streams of the wheel say their size`(name: String, samples: Int, precision: Int, isPlanar: Bool, isReversible: Bool) throws {
        let frames = try FrameReader(ImageFile(FileImageSource(path: Workshop.wheel(name))))
        let family = try #require(frames.compression?.family)
        let header = try StreamHeader(frames.stream(of: 0), family: family)
        #expect(header.columns == frames.description.columns)
        #expect(header.rows == frames.description.rows)
        #expect(header.samples == samples && header.precision == precision, "\(name)")
        #expect(header.isPlanar == isPlanar)
        #expect(header.isReversible == isReversible, "\(name)")
    }

    @Test func `every cut of a stream is refused or told, and never read past`() throws {
        for name in ["SC_rgb_jpeg_gdcm.dcm", "JPEG2000.dcm", "MR_small_jpeg_ls_lossless.dcm"] {
            let frames = try FrameReader(ImageFile(FileImageSource(path: Workshop.wheel(name))))
            let family = try #require(frames.compression?.family)
            let stream = try frames.stream(of: 0)
            var told = 0
            for length in 0..<200 where (try? StreamHeader(stream.prefix(length), family: family)) != nil { told += 1 }
            #expect(told > 0 && told < 190, "\(name)")
        }
    }

    private static let end: [UInt8] = [0xFF, 0xD9]
    /// Parameters of a scan that loses nothing.
    private static func intact(_ frame: UInt8) -> [UInt8] { frame == 0xC3 ? [1, 0, 0] : [0, 0, 0] }

    private static func begin(_ frame: UInt8) -> [UInt8] {
        [0xFF, 0xD8, 0xFF, frame, 0, 17, 8, 0, 40, 0, 41, 3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0]
    }

    /// A scan of one sample, with data that would lead astray whoever took 0xFF 0x3A for a marker.
    private static func scan(_ component: UInt8, _ parameters: [UInt8], byteCount: Int = 0) -> [UInt8] {
        [0xFF, 0xDA, 0, 8, 1, component, 0] + parameters + [7, 0xFF, 0x3A, 0, 200] + [UInt8](repeating: 7, count: byteCount)
    }

    @Test(arguments: [UInt8(0xC3), 0xF7])
    func `what any scan lost is lost`(frame: UInt8) throws {
        let intact = Self.intact(frame)
        for (last, isReversible) in [(intact, true), ([intact[0], 0, 2], false), ([2, 0, 0], frame == 0xC3)] {
            let stream = Self.begin(frame) + Self.scan(1, intact) + Self.scan(2, intact) + Self.scan(3, last) + Self.end
            let header = try StreamHeader(stream, family: frame == 0xF7 ? .jpegLS : .jpeg)
            #expect(header.isReversible == isReversible, "\(last)")
            #expect(header.isPlanar == (frame == 0xF7))
        }
    }

    @Test(arguments: [UInt8(0xC0), 0xC2, 0xC3, 0xF7])
    func `a frame that lacks the scan of a sample is malformed`(frame: UInt8) async throws {
        let (family, intact) = (frame == 0xF7 ? Compression.Family.jpegLS : .jpeg, Self.intact(frame))
        let two = Self.begin(frame) + Self.scan(1, intact) + Self.scan(2, intact)
        for stream in [two + Self.end, two + Self.scan(2, intact) + Self.end] {
            #expect(await code { _ = try StreamHeader(stream, family: family) } == .malformed)
        }
        #expect(try StreamHeader(two + Self.scan(3, intact) + Self.end, family: family).samples == 3)
        guard frame == 0xC2 else { return }
        // Of the third sample only finer values.
        #expect(await code { _ = try StreamHeader(two + Self.scan(3, [1, 63, 0]) + Self.end, family: family) } == .malformed)
    }

    @Test(arguments: [(UInt8(0xC3), TransferSyntax.jpegLosslessSV1), (0xF7, .jpegLSLossless)])
    func `what a scan lost is lost however long those before it are`(frame: UInt8, syntax: TransferSyntax) async throws {
        let (shop, intact) = (try Workshop(), Self.intact(frame))
        let lost: [UInt8] = frame == 0xF7 ? [2, 0, 0] : [1, 0, 2]
        for (last, isReversible) in [(intact, true), (lost, false)] {
            let scans = Self.scan(1, intact, byteCount: 1 << 20) + Self.scan(2, intact, byteCount: 1 << 20) + Self.scan(3, last)
            let path = try await Self.object(Self.begin(frame) + scans + Self.end, syntax, shop)
            let frames = try FrameReader(ImageFile(FileImageSource(path: path)))
            let compression = try #require(frames.compression)
            #expect(try frames.header(of: 0, compression).isReversible == isReversible)
            #expect(try StreamHeader(frames.stream(of: 0), family: compression.family).isReversible == isReversible)
            // What has no cells to be decoded fails at them, unless it was refused before.
            let refused: PixelCodecError.Code = isReversible ? .codecFailed : .lossySource
            #expect(await code { _ = try await shop.transcode(path, to: .explicitVRLittleEndian, as: "out") } == refused)
        }
    }

    /// An object of 40 × 41 cells in colour, with this stream in place of its own.
    private static func object(_ stream: [UInt8], _ syntax: TransferSyntax, _ shop: Workshop) async throws -> String {
        let image = TestImage.sloped { ($0.samples, $0.bitsAllocated, $0.bitsStored, $0.photometricInterpretation) = (3, 8, 8, "RGB") }
        let (name, path) = ("b\(UInt32.random(in: 0...UInt32.max))", shop.path("c"))
        try image.write(to: shop.path("a"))
        _ = try await shop.transcode(shop.path("a"), to: syntax, as: name)
        let own = try FrameReader(ImageFile(FileImageSource(path: shop.path(name)))).fragments[0][0]
        let padded = stream + (stream.count % 2 == 0 ? [] : [0])
        let length = (0..<4).map { UInt8(truncatingIfNeeded: padded.count >> (8 * $0)) }
        let delimiter: [UInt8] = [0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0]
        try (Data(contentsOf: URL(fileURLWithPath: shop.path(name))).prefix(Int(own.lowerBound) - 4) + length + padded + delimiter)
            .write(to: URL(fileURLWithPath: path))
        return path
    }
}
