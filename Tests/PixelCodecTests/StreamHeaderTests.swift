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
}
