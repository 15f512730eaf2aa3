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
        let elements = try sequences.flatMap { items in
            var sequence = DataSet(as: .explicitVRLittleEndian)
            try sequence.set(.iconImageSequence, items: items)
            return try sequence.encode(as: .explicitVRLittleEndian)
        }
        return try await object(elements, in: shop)
    }

    /// An object in RLE with these elements before its pixels.
    private func object(_ bytes: [UInt8], in shop: Workshop) async throws -> String {
        try TestImage.sloped().write(to: shop.path("native")) { dataSet in
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

    /// Values of a sequence that have more than whole items and their elements: an item with these elements is first in each.
    private func damaged(_ item: DataSet) throws -> [[UInt8]] {
        let elements = try item.encode(as: .explicitVRLittleEndian)
        var plain = DataSet(as: .explicitVRLittleEndian)
        try plain.set(.seriesDescription, "BEHIND")
        let behind = try plain.encode(as: .explicitVRLittleEndian)
        let stray = [1, 2, 7].map { [UInt8](repeating: 0, count: $0) }
        let within = ([head(0xE00D, 0), head(0xE00D, 0) + behind] + stray).map { head(0xE000, elements.count + $0.count) + elements + $0 }
        let between = ([head(0xE0DD, 0) + head(0xE000, behind.count) + behind] + stray).map { head(0xE000, elements.count) + elements + $0 }
        var around = DataSet(as: .explicitVRLittleEndian)
        try around.set(.iconImageSequence, items: [item])
        let outer = try around.encode(as: .explicitVRLittleEndian)
        return within + between + [head(0xE000, outer.count + 4) + outer + [0, 0, 0, 0]]
    }

    /// The head of an item or a delimiter.
    private func head(_ element: UInt16, _ length: Int) -> [UInt8] {
        [0xFE, 0xFF, UInt8(element & 0xFF), UInt8(element >> 8)] + (0..<4).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) }
    }

    /// An Icon Image Sequence with this value and its length.
    private func sequence(_ value: [UInt8]) -> [UInt8] {
        [0x88, 0x00, 0x00, 0x02, 0x53, 0x51, 0, 0] + (0..<4).map { UInt8(truncatingIfNeeded: value.count >> (8 * $0)) } + value
    }

    @Test func `a sequence that has more than whole items is refused where one of them would change`() async throws {
        let item = try await icon(1, in: Workshop()).item
        for value in try damaged(item) + damaged(item).map({ head(0xE000, sequence($0).count) + sequence($0) }) {
            let shop = try Workshop()
            let path = try await object(sequence(value), in: shop)
            for target in [TransferSyntax.explicitVRLittleEndian, .implicitVRLittleEndian] {
                await #expect("\(target.uid)") { _ = try await shop.transcode(path, to: target, as: target.uid) } throws: { ($0 as? DICOMError)?.code == .malformed }
            }
        }
    }

    @Test func `a sequence that has more than whole items stays as it is where none of them changes`() async throws {
        var plain = DataSet(as: .explicitVRLittleEndian)
        try plain.set(.seriesDescription, "THE FIRST ONE")
        for value in try damaged(plain) {
            let shop = try Workshop()
            let path = try await object(sequence(value), in: shop)
            _ = try await shop.transcode(path, to: .explicitVRLittleEndian, as: "out")
            let made = try ImageFile(FileImageSource(path: shop.path("out"))).dataSet
            #expect(made[.iconImageSequence]?.value.map(Array.init) == value)
        }
    }

    @Test func `a cancelled task looks at no further sequence`() async throws {
        let shop = try Workshop()
        let file = try await ImageFile(FileImageSource(path: object([[]], in: shop)))
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            var items = ItemPixels(file: file, codec: Workshop.codec(), isLossy: false)
            _ = try await items.decompressed(file.dataSet)
        }
        await #expect(throws: CancellationError.self) { try await task.value }
    }
}
