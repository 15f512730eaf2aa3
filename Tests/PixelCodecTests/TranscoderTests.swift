import DICOM
import Foundation
import Testing

@testable import PixelCodec

@Suite(.timeLimit(.minutes(10))) struct TranscoderTests {
    private static let compressed: [TransferSyntax] = [.jpegLosslessSV1, .jpegLSLossless, .jpeg2000Lossless, .rleLossless]
    /// DCMTK's own decoders; it has none for JPEG 2000.
    private static let decoders: [(TransferSyntax, String)] = [
        (.jpegLosslessSV1, "dcmdjpeg"), (.jpegLSLossless, "dcmdjpls"), (.rleLossless, "dcmdrle"),
    ]

    @Test(arguments: compressed)
    func `every bit comes back, of signed and unsigned cells, of gray and colour`(target: TransferSyntax) async throws {
        let images: [TestImage] = [
            .sloped(), .sloped { $0.isSigned = true }, .sloped { ($0.bitsAllocated, $0.bitsStored) = (8, 8) },
            .sloped { ($0.bitsAllocated, $0.bitsStored) = (8, 6) },
            .sloped { ($0.samples, $0.bitsAllocated, $0.bitsStored, $0.photometricInterpretation) = (3, 8, 8, "RGB") },
            .sloped { ($0.samples, $0.bitsStored, $0.photometricInterpretation) = (3, 16, "YBR_FULL") },
        ]
        for (index, image) in images.enumerated() {
            let shop = try Workshop()
            try image.write(to: shop.path("a"))
            let report = try await shop.transcode(shop.path("a"), to: target, as: "b")
            #expect(report.frameCount == 1)
            #expect(try await Workshop.cells(shop.path("b")) == image.cells, "image \(index)")
            _ = try await shop.transcode(shop.path("b"), to: .explicitVRLittleEndian, as: "c")
            #expect(try await Workshop.cells(shop.path("c")) == image.cells, "image \(index)")
        }
    }

    @Test(arguments: decoders)
    func `DCMTK decodes the same cells`(target: TransferSyntax, decoder: String) async throws {
        for name in ["CT_small.dcm", "MR_small_bigendian.dcm", "SC_rgb_small_odd.dcm", "SC_rgb_small_odd_big_endian.dcm", "examples_palette.dcm"] {
            let shop = try Workshop()
            let source = try Workshop.wheel(name)
            _ = try await shop.transcode(source, to: target, as: "there")
            try Workshop.dcmtk(decoder, shop.path("there"), shop.path("back"))
            #expect(try await Workshop.cells(shop.path("back")) == Workshop.cells(source), "\(name)")
        }
    }

    @Test func `compressing again from one codec to the other keeps the cells, frame by frame`() async throws {
        let shop = try Workshop()
        let source = try Workshop.wheel("SC_rgb_rle_2frame.dcm")
        _ = try await shop.transcode(source, to: .jpegLosslessSV1, as: "b")
        let frames = try FrameReader(ImageFile(FileImageSource(path: shop.path("b"))))
        #expect(frames.frameCount == 2)
        #expect(frames.pixels.offsetTable.count == 2)
        for frame in 0..<2 { #expect(try await Workshop.cells(shop.path("b"), frame: frame) == Workshop.cells(source, frame: frame)) }
    }

    @Test(arguments: compressed)
    func `an object with data above Bits Stored is not compressed, and no file is left`(target: TransferSyntax) async throws {
        let shop = try Workshop()
        for (isSigned, bits) in [(false, UInt8(0x10)), (false, 0x80), (true, 0x40)] {
            var image = TestImage.sloped { $0.isSigned = isSigned }
            image.cells[2001] ^= bits
            try image.write(to: shop.path("a"))
            #expect(await code { _ = try await shop.transcode(shop.path("a"), to: target, as: "b") } == .bitsAboveStored)
            #expect(try FileManager.default.contentsOfDirectory(atPath: shop.folder) == ["a"])
            _ = try await shop.transcode(shop.path("a"), to: .implicitVRLittleEndian, as: "c")
            #expect(try await Workshop.cells(shop.path("c")) == image.cells)
            try FileManager.default.removeItem(atPath: shop.path("c"))
        }
    }

    @Test func `what was compressed with loss stays so, or is decompressed on demand and declared`() async throws {
        let shop = try Workshop()
        let source = try Workshop.wheel("SC_rgb_dcmtk_+eb+cy+np.dcm")
        for target in Self.compressed + [.explicitVRLittleEndian] {
            #expect(await code { _ = try await shop.transcode(source, to: target, as: "b") } == .lossySource)
        }
        #expect(shop.isEmpty)
        let report = try await shop.transcode(source, to: .explicitVRLittleEndian, as: "b", decompressesLossy: true)
        #expect(report.wasLossy)
        let made = try ImageFile(FileImageSource(path: shop.path("b"))).dataSet
        #expect(made.string(.lossyImageCompression) == "01")
        #expect(made.string(.photometricInterpretation) == "YBR_FULL")
        let item = try #require(made.items(.originalAttributesSequence).last)
        let modified = try #require(item.items(.modifiedAttributesSequence).first)
        #expect(modified.string(.photometricInterpretation) == "YBR_FULL_422")
        #expect(report.changes.map(\.tag) == [.photometricInterpretation])
    }

    @Test func `planes become colour by pixel and RGB becomes YBR_RCT, declared`() async throws {
        let shop = try Workshop()
        var image = TestImage.sloped { ($0.samples, $0.bitsAllocated, $0.bitsStored, $0.photometricInterpretation) = (3, 8, 8, "RGB") }
        let cells = image.cells
        let count = cells.count / 3
        image.isPlanar = true
        image.cells = (0..<3).flatMap { sample in (0..<count).map { cells[3 * $0 + sample] } }
        try image.write(to: shop.path("a"))
        let report = try await shop.transcode(shop.path("a"), to: .jpeg2000Lossless, as: "b")
        #expect(report.changes.map(\.tag) == [.photometricInterpretation, .planarConfiguration])
        let made = try ImageFile(FileImageSource(path: shop.path("b"))).dataSet
        #expect(made.string(.photometricInterpretation) == "YBR_RCT")
        #expect(made.integer(.planarConfiguration) == 0)
        let modified = try made.items(.originalAttributesSequence).first?.items(.modifiedAttributesSequence).first
        #expect(modified?.integer(.planarConfiguration) == 1)
        #expect(try await Workshop.cells(shop.path("b")) == cells)
    }

    @Test func `all other elements stay, in front of the pixels and behind them`() async throws {
        let shop = try Workshop()
        let image = TestImage.sloped()
        let long = [UInt8](repeating: 7, count: 100_000)
        try image.write(to: shop.path("a")) { dataSet in
            try dataSet.set(Tag(0x0009, 0x0010), vr: .LO, value: Array("MAKER".utf8))
            try dataSet.set(Tag(0x0009, 0x1001), vr: .OB, value: long)
            try dataSet.set(Tag(0x7FE1, 0x0010), vr: .LO, value: Array("MAKER ".utf8))
        }
        let before = try ImageFile(FileImageSource(path: shop.path("a")))
        _ = try await shop.transcode(shop.path("a"), to: .jpegLSLossless, as: "b")
        let after = try ImageFile(FileImageSource(path: shop.path("b")))
        #expect(try after.dataSet.encode(as: .explicitVRLittleEndian) == before.dataSet.encode(as: .explicitVRLittleEndian))
        #expect(try after.trailing.encode(as: .explicitVRLittleEndian) == before.trailing.encode(as: .explicitVRLittleEndian))
        #expect(after.trailing.count == 1)
    }

    @Test func `an icon that is compressed as its object is becomes native in every other transfer syntax`() async throws {
        let shop = try Workshop()
        let icon = TestImage.sloped { ($0.bitsAllocated, $0.bitsStored) = (8, 8) }
        try icon.write(to: shop.path("icon"))
        _ = try await shop.transcode(shop.path("icon"), to: .rleLossless, as: "compressed icon")
        let compressed = try ImageFile(FileImageSource(path: shop.path("compressed icon")))
        let pixels = try #require(compressed.pixels)
        let head: [UInt8] = [0xE0, 0x7F, 0x10, 0x00, 0x4F, 0x42, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF]
        let item = try DataSet(
            parsing: compressed.dataSet.encode(as: .explicitVRLittleEndian) + head + compressed.source.bytes(pixels.value),
            as: .explicitVRLittleEndian)
        let image = TestImage.sloped()
        try image.write(to: shop.path("a")) { try $0.set(.iconImageSequence, items: [item]) }
        // The icon of the native object is nobody's to decode; that of the object in RLE is in RLE.
        _ = try await shop.transcode(shop.path("a"), to: .rleLossless, as: "rle")
        for target in [TransferSyntax.jpegLSLossless, .rleLossless, .explicitVRLittleEndian, .implicitVRLittleEndian] {
            _ = try await shop.transcode(shop.path("rle"), to: target, as: target.uid)
            let made = try ImageFile(FileImageSource(path: shop.path(target.uid)))
            let shown = try #require(made.dataSet.items(.iconImageSequence).first)
            #expect(shown[.pixelData]?.hasUndefinedLength == false)
            #expect(shown[.pixelData]?.value.map(Array.init) == icon.cells)
            #expect(shown.count == item.count)
            #expect(try await Workshop.cells(shop.path(target.uid)) == image.cells)
        }
    }

    @Test func `an image that no codec takes is refused by name, a frame that is cut too`() async throws {
        let shop = try Workshop()
        try TestImage.sloped { ($0.rows, $0.columns, $0.bitsAllocated, $0.bitsStored) = (3, 3, 8, 8) }.write(to: shop.path("tiny"))
        #expect(await code { _ = try await shop.transcode(shop.path("tiny"), to: .jpeg2000Lossless, as: "b") } == .unsupported)
        try TestImage.sloped().write(to: shop.path("high")) { try $0.set(.highBit, UInt16(15)) }
        #expect(await code { _ = try await shop.transcode(shop.path("high"), to: .rleLossless, as: "b") } == .unsupported)
        try TestImage.sloped().write(to: shop.path("short")) { try $0.set(.rows, UInt16(41)) }
        #expect(await code { _ = try await shop.transcode(shop.path("short"), to: .rleLossless, as: "b") } == .malformed)
        var longer = TestImage.sloped()
        longer.cells += [0, 0]
        try longer.write(to: shop.path("longer"))
        #expect(await code { _ = try await shop.transcode(shop.path("longer"), to: .rleLossless, as: "b") } == .malformed)
        try TestImage.sloped().write(to: shop.path("none")) { $0.remove(.pixelData) ; $0.remove(.rows); $0.remove(.bitsAllocated) }
        #expect(await code { _ = try await shop.transcode(shop.path("none"), to: .rleLossless, as: "b") } == .noPixels)
        try TestImage.sloped().write(to: shop.path("good"))
        #expect(await code { _ = try await shop.transcode(shop.path("good"), to: .rleLossless, as: "tiny") } == .file)
    }
}
