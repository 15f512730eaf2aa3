import DICOM
import Foundation
import Testing

@testable import PixelCodec

/// Objects that do not say what they are: nothing of them is lost, and nothing lossy becomes lossless, without a word.
@Suite(.timeLimit(.minutes(10))) struct HonestyTests {
    @Test func `native pixels of more frames than Number of Frames tells are not compressed`() async throws {
        let shop = try Workshop()
        var image = TestImage.sloped()
        let one = image.cells
        image.cells += one
        try image.write(to: shop.path("two"))
        #expect(await code { _ = try await shop.transcode(shop.path("two"), to: .rleLossless, as: "b") } == .malformed)
        try image.write(to: shop.path("told")) { try $0.set(.numberOfFrames, "2") }
        #expect(try await shop.transcode(shop.path("told"), to: .rleLossless, as: "c").frameCount == 2)
    }

    @Test func `numbers that no image has are malformed`() async throws {
        let shop = try Workshop()
        let huge: [(DICOM.Tag, VR, [UInt8])] = [
            (.rows, .IS, Array("4000000000000".utf8)), (.columns, .UL, [0xFF, 0xFF, 0xFF, 0xFF]),
            (.bitsStored, .IS, Array("-9223372036854775808".utf8)), (.bitsStored, .IS, Array("-1".utf8)),
            (.samplesPerPixel, .SL, [0xFF, 0xFF, 0xFF, 0x7F]), (.highBit, .IS, Array("9223372036854775807".utf8)),
        ]
        for (index, (tag, vr, value)) in huge.enumerated() {
            try TestImage.sloped().write(to: shop.path("in\(index)")) { try $0.set(tag, vr: vr, value: value) }
            #expect(await code { _ = try await shop.transcode(shop.path("in\(index)"), to: .rleLossless, as: "out") } == .malformed, "\(tag)")
        }
    }

    @Test func `an odd number of bytes is padded, and that is no other frame`() async throws {
        let shop = try Workshop()
        var image = TestImage.sloped { ($0.rows, $0.columns, $0.bitsAllocated, $0.bitsStored) = (41, 41, 8, 8) }
        let cells = image.cells
        image.cells += [0]
        try image.write(to: shop.path("a"))
        _ = try await shop.transcode(shop.path("a"), to: .rleLossless, as: "b")
        #expect(try await Workshop.cells(shop.path("b")) == cells)
    }

    @Test(arguments: [TransferSyntax.jpegLosslessSV1, .jpegLSLossless, .jpeg2000Lossless, .rleLossless])
    func `several compressed images are not one frame`(syntax: TransferSyntax) async throws {
        let shop = try Workshop()
        var image = TestImage.sloped()
        image.cells += image.cells
        try image.write(to: shop.path("native")) { try $0.set(.numberOfFrames, "2") }
        _ = try await shop.transcode(shop.path("native"), to: syntax, as: "two")
        let bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: shop.path("two"))))
        let element = Tag.numberOfFrames
        let head = [element.group, element.element].flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] } + Array("IS".utf8)
        let place = try #require(bytes.indices.first { bytes[$0...].starts(with: head) })
        var changed = bytes
        changed[place + 8] = UInt8(ascii: "1")
        try Data(changed).write(to: URL(fileURLWithPath: shop.path("one")))
        #expect(await code { _ = try await shop.transcode(shop.path("one"), to: .explicitVRLittleEndian, as: "b") } == .malformed)
        #expect(try await shop.transcode(shop.path("two"), to: .explicitVRLittleEndian, as: "c").frameCount == 2)
    }

    @Test(arguments: [
        ("SC_rgb_dcmtk_+eb+cy+np.dcm", "1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.70"),
        ("JPEG2000.dcm", "1.2.840.10008.1.2.4.91", "1.2.840.10008.1.2.4.90"),
    ])
    func `what was compressed with loss is so whatever the transfer syntax says`(name: String, actual: String, claimed: String) async throws {
        let shop = try Workshop()
        var bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: Workshop.wheel(name))))
        let place = try #require(bytes.indices.first { bytes[$0...].starts(with: Array(actual.utf8)) })
        bytes.replaceSubrange(place..<place + claimed.utf8.count, with: Array(claimed.utf8))
        try Data(bytes).write(to: URL(fileURLWithPath: shop.path("a")))
        #expect(await code { _ = try await shop.transcode(shop.path("a"), to: .explicitVRLittleEndian, as: "b") } == .lossySource)
        let report = try await shop.transcode(shop.path("a"), to: .explicitVRLittleEndian, as: "c", decompressesLossy: true)
        #expect(report.wasLossy)
        #expect(try ImageFile(FileImageSource(path: shop.path("c"))).dataSet.string(.lossyImageCompression) == "01")
    }

    @Test func `a near-lossless stream under the name of the lossless syntax is lossy`() async throws {
        let shop = try Workshop()
        try TestImage.sloped().write(to: shop.path("a"))
        try Workshop.dcmtk("dcmcjpls", "+en", "+md", "2", shop.path("a"), shop.path("near"))
        var bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: shop.path("near"))))
        let (actual, claimed) = (Array("1.2.840.10008.1.2.4.81".utf8), Array("1.2.840.10008.1.2.4.80".utf8))
        let place = try #require(bytes.indices.first { bytes[$0...].starts(with: actual) })
        bytes.replaceSubrange(place..<place + claimed.count, with: claimed)
        try Data(bytes).write(to: URL(fileURLWithPath: shop.path("b")))
        #expect(await code { _ = try await shop.transcode(shop.path("b"), to: .explicitVRLittleEndian, as: "c") } == .lossySource)
    }

    @Test func `a picture is never written over a file, its own object least of all`() async throws {
        let shop = try Workshop()
        try TestImage.sloped().write(to: shop.path("a"))
        let before = try Data(contentsOf: URL(fileURLWithPath: shop.path("a")))
        #expect(await code { try await Preview(codec: Workshop.codec()).writePNG(of: FileImageSource(path: shop.path("a")), to: shop.path("a")) } == .file)
        #expect(try Data(contentsOf: URL(fileURLWithPath: shop.path("a"))) == before)
        try await Preview(codec: Workshop.codec()).writePNG(of: FileImageSource(path: shop.path("a")), to: shop.path("a.png"))
        #expect(try Data(contentsOf: URL(fileURLWithPath: shop.path("a.png"))).starts(with: [0x89, 0x50, 0x4E, 0x47]))
    }
}
