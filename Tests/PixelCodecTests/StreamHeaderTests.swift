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
        #expect([header.samples, header.precision] == [samples, precision], "\(name)")
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

    @Test(arguments: [UInt8(0xC3), 0xF7])
    func `what any scan lost is lost`(frame: UInt8) throws {
        let begin: [UInt8] = [0xFF, 0xD8, 0xFF, frame, 0, 17, 8, 0, 4, 0, 4, 3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0]
        // Data that would lead astray whoever took 0xFF 0x3A for a marker.
        let scan = { (component: UInt8, parameters: [UInt8]) -> [UInt8] in [0xFF, 0xDA, 0, 8, 1, component, 0] + parameters + [7, 0xFF, 0x3A, 0, 200, 7] }
        let intact: [UInt8] = frame == 0xF7 ? [0, 0, 0] : [1, 0, 0]
        for (last, isReversible) in [(intact, true), ([intact[0], 0, 2], false), ([2, 0, 0], frame == 0xC3)] {
            let stream = begin + scan(1, intact) + scan(2, intact) + scan(3, last) + [0xFF, 0xD9]
            let header = try StreamHeader(stream, family: frame == 0xF7 ? .jpegLS : .jpeg)
            #expect(header.isReversible == isReversible, "\(last)")
            #expect(header.isPlanar == (frame == 0xF7))
        }
    }
}
