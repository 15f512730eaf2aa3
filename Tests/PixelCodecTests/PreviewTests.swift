import DICOM
import Foundation
import Testing

@testable import PixelCodec

@Suite struct PreviewTests {
    private func picture(_ image: TestImage, _ change: (inout DataSet) throws -> Void = { _ in }) throws -> Picture {
        let shop = try Workshop()
        try image.write(to: shop.path("a"), change)
        let file = try ImageFile(FileImageSource(path: shop.path("a")))
        let frames = try FrameReader(file)
        return try Picture(frames.nativeCells(of: 0), frames.description, image.photometricInterpretation, file.dataSet)
    }

    @Test func `a window is applied as PS3.3 C.11.2.1.2 says, after the rescale`() throws {
        var image = TestImage(rows: 1, columns: 4, bitsStored: 16, isSigned: true)
        image.cells = [0, 0, 100, 0, 200, 0, 0x38, 0xFF]
        let shown = try picture(image) {
            try $0.set(.rescaleIntercept, "-100")
            try $0.set(.windowCenter, "0.5")
            try $0.set(.windowWidth, "101")
        }
        #expect(shown.bytes == [0, 128, 255, 0])
    }

    @Test func `without a window all values are shown, MONOCHROME1 the other way round, overlays not at all`() throws {
        var image = TestImage(rows: 1, columns: 3, bitsStored: 12, photometricInterpretation: "MONOCHROME1")
        image.cells = [0, 0xF0, 100, 0, 200, 0x10]
        #expect(try picture(image).bytes == [255, 127, 0])
    }

    @Test func `what is not shown is refused with its reason, and a frame that is not there with the frames that are`() async throws {
        let shop = try Workshop()
        try TestImage.sloped().write(to: shop.path("bits")) {
            try $0.set(.bitsAllocated, UInt16(1))
            try $0.set(.bitsStored, UInt16(1))
        }
        try TestImage.sloped().write(to: shop.path("one"))
        for (path, frame, expected) in [
            (shop.path("bits"), 0, PixelCodecError(
                .unsupported,
                "Pixels of Samples per Pixel 1 and Bits Allocated 1 are not compressed, decompressed or shown: 1 or 3 samples of 8, 16 or 32 bits are")),
            (try Workshop.wheel("SC_ybr_full_422_uncompressed.dcm"), 0, PixelCodecError(
                .unsupported, "Uncompressed pixels of Photometric Interpretation YBR_FULL_422, whose pixels share their colours, are neither compressed nor shown")),
            (shop.path("one"), 1, PixelCodecError(.noFrame, "Frame 2 was asked for, and the object has frames 1 to 1")),
        ] {
            let error = await #expect(throws: PixelCodecError.self) {
                _ = try await Preview(codec: Workshop.codec()).png(of: FileImageSource(path: path), frame: frame)
            }
            #expect(error == expected)
        }
    }

    private func table(_ descriptor: [UInt16], _ entries: [UInt16]) throws -> DataSet {
        let bytes = { (numbers: [UInt16]) in numbers.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] } }
        var item = DataSet(as: .explicitVRLittleEndian)
        try item.set(.lutDescriptor, vr: .US, value: bytes(descriptor))
        try item.set(.lutData, vr: .OW, value: bytes(entries))
        return item
    }

    @Test func `without a window the first VOI LUT is applied, after the Modality LUT`() throws {
        var image = TestImage(rows: 1, columns: 4, bitsStored: 12)
        image.cells = [0, 0, 1, 0, 2, 0, 200, 0]
        let shown = try picture(image) {
            try $0.set(.modalityLUTSequence, items: [table([3, 0, 16], [12, 11, 10])])
            try $0.set(.voiLUTSequence, items: [table([3, 10, 12], [0, 2048, 4095]), table([3, 10, 12], [7, 7, 7])])
        }
        #expect(shown.bytes == [255, 128, 0, 0])
        let windowed = try picture(image) {
            try $0.set(.voiLUTSequence, items: [table([3, 10, 12], [7, 7, 7])])
            try $0.set(.windowCenter, "1")
            try $0.set(.windowWidth, "2")
            try $0.set(.voiLUTFunction, "LINEAR_EXACT")
        }
        #expect(windowed.bytes == [0, 128, 255, 255])
    }

    @Test func `a VOI LUT of negative values is read as such`() throws {
        var image = TestImage(rows: 1, columns: 2, bitsStored: 16, isSigned: true)
        image.cells = [0xFE, 0xFF, 0, 0]
        #expect(try picture(image) { try $0.set(.voiLUTSequence, items: [table([3, 0xFFFE, 8], [51, 102, 255])]) }.bytes == [51, 255])
    }

    @Test func `a palette gives colours`() throws {
        var image = TestImage(rows: 1, columns: 3, bitsAllocated: 8, bitsStored: 8, photometricInterpretation: "PALETTE COLOR")
        image.cells = [10, 11, 99]
        let shown = try picture(image) { dataSet in
            for channel in UInt16(0)..<3 {
                try dataSet.set(Tag(0x0028, 0x1101 + channel), vr: .US, value: [2, 0, 10, 0, 16, 0])
                try dataSet.set(Tag(0x0028, 0x1201 + channel), vr: .OW, value: [0, UInt8(channel), 0, UInt8(100 + channel)])
            }
        }
        #expect(shown.bytes == [0, 1, 2, 100, 101, 102, 100, 101, 102])
    }

    @Test func `a reduced picture has the means, and an edge of the length that was asked for`() {
        let picture = Picture(columns: 4, rows: 2, samples: 1, bytes: [0, 10, 20, 30, 10, 20, 30, 40])
        #expect(picture.reduced(toEdge: 2) == Picture(columns: 2, rows: 1, samples: 1, bytes: [10, 30]))
        #expect(picture.reduced(toEdge: 4) == picture)
    }

    @Test(arguments: ["CT_small.dcm", "JPEG2000.dcm", "SC_rgb_rle.dcm"])
    func `a preview is a PNG of the image's proportions`(name: String) async throws {
        let source = try FileImageSource(path: Workshop.wheel(name))
        let description = try PixelDescription(ImageFile(source).dataSet)
        let png = try await Preview(codec: Workshop.codec()).png(of: source, maximumEdge: 64)
        #expect(png.prefix(8).elementsEqual([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]))
        let width = png[16..<20].reduce(0) { $0 << 8 | Int($1) }
        #expect(width == min(description.columns, 64 * description.columns / max(description.columns, description.rows)))
        #expect(await code { _ = try await Preview(codec: Workshop.codec()).png(of: source, frame: 99) } == .noFrame)
    }
}
