import DICOM
import Foundation
import Testing

@testable import PixelCodec

/// Compressed pixels in items of sequences, where nothing of the sequences may be lost, and memory is bounded.
@Suite(.timeLimit(.minutes(10))) struct ItemPixelsTests {
    /// An item with pixels of 8 bits in RLE.
    private func icon(_ byte: UInt8, in shop: Workshop) async throws -> (item: DataSet, cells: [UInt8]) {
        var image = TestImage.sloped { ($0.bitsAllocated, $0.bitsStored) = (8, 8) }
        image.cells = image.cells.map { $0 ^ byte }
        try image.write(to: shop.path("icon\(byte)"))
        _ = try await shop.transcode(shop.path("icon\(byte)"), to: .rleLossless, as: "compressed\(byte)")
        let file = try ImageFile(FileImageSource(path: shop.path("compressed\(byte)")))
        let head: [UInt8] = [0xE0, 0x7F, 0x10, 0x00, 0x4F, 0x42, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF]
        let pixels = try head + file.source.bytes(#require(file.pixels).value)
        return (try DataSet(parsing: file.dataSet.encode(as: .explicitVRLittleEndian) + pixels, as: .explicitVRLittleEndian), image.cells)
    }

    /// An object in RLE with an Icon Image Sequence for each of these lists of items.
    private func object(_ sequences: [[DataSet]], in shop: Workshop) async throws -> String {
        try TestImage.sloped().write(to: shop.path("native")) { dataSet in
            var bytes: [UInt8] = []
            for items in sequences {
                var sequence = DataSet(as: .explicitVRLittleEndian)
                try sequence.set(.iconImageSequence, items: items)
                bytes += try sequence.encode(as: .explicitVRLittleEndian)
            }
            let pixels = try dataSet.only([.pixelData]).encode(as: .explicitVRLittleEndian)
            dataSet.remove(.pixelData)
            dataSet = try DataSet(parsing: dataSet.encode(as: .explicitVRLittleEndian) + bytes + pixels, as: .explicitVRLittleEndian)
        }
        _ = try await shop.transcode(shop.path("native"), to: .rleLossless, as: "object")
        return shop.path("object")
    }

    @Test func `of doubled sequences each keeps what it has`() async throws {
        let shop = try Workshop()
        let (first, second) = (try await icon(1, in: shop), try await icon(2, in: shop))
        var plain = DataSet(as: .explicitVRLittleEndian)
        try plain.set(.seriesDescription, "THE FIRST ONE")
        let path = try await object([[plain], [first.item], [plain, second.item], []], in: shop)
        for target in [TransferSyntax.explicitVRLittleEndian, .implicitVRLittleEndian, .jpegLSLossless] {
            _ = try await shop.transcode(path, to: target, as: target.uid)
            let made = try ImageFile(FileImageSource(path: shop.path(target.uid))).dataSet
            let values = made.elements.filter { $0.tag == .iconImageSequence }.map { Data($0.value ?? []) }
            try #require(values.count == 4)
            let told = { (value: Data) in
                [value.range(of: Data("THE FIRST ONE".utf8)) != nil, value.range(of: Data(first.cells)) != nil, value.range(of: Data(second.cells)) != nil]
            }
            #expect(values.map(told) == [[true, false, false], [false, true, false], [true, false, true], [false, false, false]])
        }
    }

    @Test func `the cells of all items together are bounded`() async throws {
        let shop = try Workshop()
        let (one, other) = (try await icon(1, in: shop), try await icon(2, in: shop))
        let file = try await ImageFile(FileImageSource(path: object([[one.item, other.item], [one.item]], in: shop)))
        for (byteBudget, expected) in [(3 * one.cells.count, nil), (3 * one.cells.count - 1, PixelCodecError.Code.limit)] {
            var items = ItemPixels(file: file, codec: Workshop.codec(), isLossy: false, byteBudget: byteBudget)
            #expect(await code { _ = try await items.decompressed(file.dataSet) } == expected)
        }
    }

    @Test func `an item with two Pixel Data is refused, and neither is taken for the other`() async throws {
        let shop = try Workshop()
        let (one, other) = (try await icon(1, in: shop), try await icon(2, in: shop))
        let second = try other.item.only([.pixelData]).encode(as: .explicitVRLittleEndian)
        let doubled = try DataSet(parsing: one.item.encode(as: .explicitVRLittleEndian) + second, as: .explicitVRLittleEndian)
        let path = try await object([[doubled]], in: shop)
        #expect(await code { _ = try await shop.transcode(path, to: .explicitVRLittleEndian, as: "out") } == .malformed)
    }
}
