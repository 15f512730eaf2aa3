import DICOM
import Foundation
import Testing

@testable import PixelCodec

/// Lengths of groups (PS3.5 §7.2) that were true are true in what is written, in front of the pixels and behind them.
@Suite(.timeLimit(.minutes(10))) struct GroupLengthTests {
    private static let private7FE1: [(DICOM.Tag, VR, [UInt8])] = [
        (Tag(0x7FE1, 0x0010), .LO, Array("MAKER ".utf8)), (Tag(0x7FE1, 0x1001), .OB, [1, 2, 3, 4]),
    ]

    /// An item with pixels in RLE, as an icon has in an object of that transfer syntax.
    private func compressedItem(_ shop: Workshop) async throws -> DataSet {
        try TestImage.sloped { ($0.bitsAllocated, $0.bitsStored) = (8, 8) }.write(to: shop.path("icon"))
        _ = try await shop.transcode(shop.path("icon"), to: .rleLossless, as: "compressed icon")
        let file = try ImageFile(FileImageSource(path: shop.path("compressed icon")))
        let head: [UInt8] = [0xE0, 0x7F, 0x10, 0x00, 0x4F, 0x42, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF]
        return try DataSet(
            parsing: file.dataSet.encode(as: .explicitVRLittleEndian) + head + file.source.bytes(#require(file.pixels).value),
            as: .explicitVRLittleEndian)
    }

    /// What the length of a group says, and how long its elements are.
    private func length(of group: UInt16, in dataSet: DataSet, explicit: Bool) throws -> (said: Int, true: Int) {
        let said = try #require(dataSet[Tag(group, 0)]?.value).reversed().reduce(0) { $0 << 8 | Int($1) }
        let elements = dataSet.elements.filter { $0.tag.group == group && !$0.tag.isGroupLength }
        let long: [VR] = [.OB, .OW, .SQ, .UN]
        return (said, elements.reduce(0) { $0 + Int($1.valueByteCount) + (explicit && long.contains($1.vr) ? 12 : 8) })
    }

    @Test(arguments: [TransferSyntax.explicitVRLittleEndian, .implicitVRLittleEndian, .jpegLSLossless])
    func `where an item's pixels become native`(target: TransferSyntax) async throws {
        let shop = try Workshop()
        let item = try await compressedItem(shop)
        try TestImage.sloped().write(to: shop.path("a")) { dataSet in
            try dataSet.set(Tag(0x0088, 0x0000), UInt32(0))
            try dataSet.set(.iconImageSequence, items: [item])
            try dataSet.set(Tag(0x7FE1, 0x0000), UInt32(0))
            try dataSet.set(Tag(0x7FE1, 0x0010), vr: .LO, value: Array("MAKER ".utf8))
            try dataSet.set(Tag(0x7FE1, 0x1001), items: [item])
            try dataSet.correctGroupLengths([0x0088, 0x7FE1])
        }
        _ = try await shop.transcode(shop.path("a"), to: .rleLossless, as: "rle")
        _ = try await shop.transcode(shop.path("rle"), to: target, as: "b")
        let made = try ImageFile(FileImageSource(path: shop.path("b")))
        for (dataSet, group) in [(made.dataSet, UInt16(0x0088)), (made.trailing, 0x7FE1)] {
            let found = try length(of: group, in: dataSet, explicit: target != .implicitVRLittleEndian)
            #expect(found.said == found.true)
        }
    }

    @Test(arguments: [TransferSyntax.explicitVRLittleEndian, .implicitVRLittleEndian, .jpegLSLossless])
    func `within items whose pixels become native, or have such items in them`(target: TransferSyntax) async throws {
        let shop = try Workshop()
        var item = try await compressedItem(shop)
        try item.set(Tag(0x7FE0, 0x0000), UInt32(0))
        try item.correctGroupLengths([0x7FE0])
        var outer = DataSet(as: .explicitVRLittleEndian)
        try outer.set(Tag(0x0088, 0x0000), UInt32(0))
        try outer.set(.iconImageSequence, items: [item])
        try outer.correctGroupLengths([0x0088])
        try TestImage.sloped().write(to: shop.path("a")) { dataSet in
            try dataSet.set(.iconImageSequence, items: [item, outer])
            try dataSet.set(Tag(0x7FE1, 0x0010), vr: .LO, value: Array("MAKER ".utf8))
            try dataSet.set(Tag(0x7FE1, 0x1001), items: [outer])
        }
        _ = try await shop.transcode(shop.path("a"), to: .rleLossless, as: "rle")
        _ = try await shop.transcode(shop.path("rle"), to: target, as: "b")
        let made = try ImageFile(FileImageSource(path: shop.path("b")))
        let items = try made.dataSet.items(.iconImageSequence)
        let (before, behind) = (try #require(items.last), try #require(made.trailing.items(Tag(0x7FE1, 0x1001)).first))
        let icons = try [#require(items.first)] + before.items(.iconImageSequence) + behind.items(.iconImageSequence)
        try #require(icons.count == 3)
        let groups: [(DataSet, UInt16)] = icons.map { ($0, 0x7FE0) } + [(before, 0x0088), (behind, 0x0088)]
        for (dataSet, group) in groups {
            let found = try length(of: group, in: dataSet, explicit: target != .implicitVRLittleEndian)
            #expect(found.said == found.true)
        }
    }

    @Test func `where elements are encoded anew behind the pixels`() async throws {
        let shop = try Workshop()
        try TestImage.sloped().write(to: shop.path("a")) { dataSet in
            try dataSet.set(Tag(0x7FE1, 0x0000), UInt32(0))
            for (tag, vr, value) in Self.private7FE1 { try dataSet.set(tag, vr: vr, value: value) }
            try dataSet.correctGroupLengths([0x7FE1])
        }
        _ = try await shop.transcode(shop.path("a"), to: .implicitVRLittleEndian, as: "b")
        let made = try ImageFile(FileImageSource(path: shop.path("b")))
        let found = try length(of: 0x7FE1, in: made.trailing, explicit: false)
        #expect(found.said == found.true)
    }

    @Test func `a length that was false stays as it is where its group stays as it is`() async throws {
        let shop = try Workshop()
        try TestImage.sloped().write(to: shop.path("a")) { dataSet in
            try dataSet.set(Tag(0x7FE1, 0x0000), UInt32(7))
            for (tag, vr, value) in Self.private7FE1 { try dataSet.set(tag, vr: vr, value: value) }
        }
        _ = try await shop.transcode(shop.path("a"), to: .rleLossless, as: "b")
        let made = try ImageFile(FileImageSource(path: shop.path("b")))
        #expect(try length(of: 0x7FE1, in: made.trailing, explicit: true).said == 7)
    }
}
