import DICOM
import Foundation
import Testing

@testable import PixelCodec

@Suite(.timeLimit(.minutes(10))) struct PixelDigestsTests {
    private func digest(_ path: String) async throws -> ContentDigest {
        try await Workshop.codec().pixelDigest(of: FileImageSource(path: path))
    }

    @Test func `the pixel digest is the same in every lossless compression, and another one for another bit`() async throws {
        let images: [TestImage] = [
            .sloped(), .sloped { $0.isSigned = true }, .sloped { ($0.bitsAllocated, $0.bitsStored) = (8, 8) },
            .sloped { ($0.samples, $0.bitsAllocated, $0.bitsStored, $0.photometricInterpretation) = (3, 8, 8, "RGB") },
        ]
        for image in images {
            let shop = try Workshop()
            try image.write(to: shop.path("a"))
            let native = try await digest(shop.path("a"))
            for target in [TransferSyntax.jpegLosslessSV1, .jpegLSLossless, .jpeg2000Lossless, .rleLossless, .implicitVRLittleEndian] {
                _ = try await shop.transcode(shop.path("a"), to: target, as: target.uid)
                #expect(try await digest(shop.path(target.uid)) == native)
            }
            var other = image
            other.cells[7] ^= 1
            try other.write(to: shop.path("b"))
            _ = try await shop.transcode(shop.path("b"), to: .jpegLSLossless, as: "c")
            #expect(try await digest(shop.path("c")) != native)
        }
    }

    @Test func `frames of the wheel's compressed objects have the digest of what they decompress to`() async throws {
        for name in ["SC_rgb_rle_2frame.dcm", "MR_small_jp2klossless.dcm", "MR_small_jpeg_ls_lossless.dcm", "SC_rgb_jpeg_gdcm.dcm", "rtdose_rle.dcm"] {
            let shop = try Workshop()
            let source = try Workshop.wheel(name)
            let compressed = try await digest(source)
            _ = try await shop.transcode(source, to: .explicitVRLittleEndian, as: "a")
            #expect(try await digest(shop.path("a")) == compressed, "\(name)")
        }
    }

    @Test func `pixels that decoders may differ about, and objects without pixels, have none, and the reason is told`() async throws {
        let shop = try Workshop()
        let lossy = try Workshop.wheel("SC_rgb_jpeg_dcmtk.dcm")
        #expect(await code { _ = try await digest(lossy) } == .lossySource)
        try TestImage.sloped().write(to: shop.path("none")) { $0.remove(.pixelData); $0.remove(.rows); $0.remove(.bitsAllocated) }
        #expect(await code { _ = try await digest(shop.path("none")) } == .noPixels)
        try TestImage.sloped().write(to: shop.path("twelve")) { try $0.set(.bitsAllocated, UInt16(12)) }
        #expect(await code { _ = try await digest(shop.path("twelve")) } == .malformed)
    }
}
