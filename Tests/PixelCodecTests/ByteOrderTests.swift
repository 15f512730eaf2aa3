import DICOM
import Foundation
import Testing

@testable import PixelCodec

/// Native pixels keep their cells, and have the representation of PS3.5 annex A, whatever byte order they come in.
@Suite(.timeLimit(.minutes(10))) struct ByteOrderTests {
    private static let privateGE = TransferSyntax(uid: "1.2.840.113619.5.2")

    /// An image with preamble and meta header in a transfer syntax; the cells as they stand.
    private func write(_ image: TestImage, to path: String, as syntax: TransferSyntax) throws {
        var meta = DataSet(as: .explicitVRLittleEndian)
        try meta.set(.transferSyntaxUID, syntax.uid)
        var bytes = [UInt8](repeating: 0, count: 128) + Array("DICM".utf8)
        try image.write(to: path) { dataSet in
            bytes += try meta.encode(as: .explicitVRLittleEndian) + dataSet.encode(as: syntax)
        }
        try Data(bytes).write(to: URL(fileURLWithPath: path))
    }

    @Test(arguments: [TransferSyntax.explicitVRLittleEndian, .implicitVRLittleEndian, .jpegLSLossless])
    func `GE's private syntax has big endian pixels`(target: TransferSyntax) async throws {
        let shop = try Workshop()
        let image = TestImage.sloped()
        try image.write(to: shop.path("a"))
        var swapped = image
        swapped.cells = Cells.swapped(image.cells, unit: 2)
        try write(swapped, to: shop.path("ge"), as: Self.privateGE)
        _ = try await shop.transcode(shop.path("ge"), to: target, as: "b")
        #expect(try await Workshop.cells(shop.path("b")) == image.cells)
        let codec = Workshop.codec()
        let expected = try await codec.pixelDigest(of: FileImageSource(path: shop.path("a")))
        for name in ["ge", "b"] { #expect(try await codec.pixelDigest(of: FileImageSource(path: shop.path(name))) == expected, "\(name)") }
    }

    @Test func `cells of GE's private syntax that programs read in two ways are not written anew`() async throws {
        for image in [TestImage.sloped { ($0.bitsAllocated, $0.bitsStored) = (8, 8) }, .sloped { ($0.bitsAllocated, $0.bitsStored) = (32, 31) }] {
            let shop = try Workshop()
            try write(image, to: shop.path("ge"), as: Self.privateGE)
            for target in [TransferSyntax.explicitVRLittleEndian, .rleLossless] {
                #expect(await code { _ = try await shop.transcode(shop.path("ge"), to: target, as: "b") } == .unsupported)
            }
        }
    }

    @Test func `pixels without a written representation are OW where they get one`() async throws {
        let shop = try Workshop()
        for (name, syntax) in [("implicit", TransferSyntax.implicitVRLittleEndian), ("ge", Self.privateGE)] {
            try write(.sloped(), to: shop.path(name), as: syntax)
            _ = try await shop.transcode(shop.path(name), to: .explicitVRLittleEndian, as: "\(name) explicit")
            #expect(try ImageFile(FileImageSource(path: shop.path("\(name) explicit"))).pixels?.vr == .OW, "\(name)")
        }
    }

    @Test func `big endian cells of three bytes are not turned round`() async throws {
        let shop = try Workshop()
        var image = TestImage.sloped { ($0.rows, $0.columns) = (600, 600) }
        image.cells = (0..<3 * 600 * 600).map { UInt8(truncatingIfNeeded: $0) }
        image.bitsAllocated = 24
        image.bitsStored = 24
        try write(image, to: shop.path("b"), as: .explicitVRBigEndian)
        #expect(await code { _ = try await shop.transcode(shop.path("b"), to: .explicitVRLittleEndian, as: "c") } == .unsupported)
    }
}
