import DICOM
import Foundation
import Testing

@testable import PixelCodec

/// Deflated objects: read piece by piece, in bounded memory, and no further than their stream goes.
@Suite(.timeLimit(.minutes(10))) struct DeflatedImageTests {
    /// Counts what is read, and from where.
    private final class CountingSource: ImageSource {
        let content: MemoryImageSource
        private(set) var largest = 0
        private(set) var furthest: Int64 = 0
        var byteCount: Int64 { content.byteCount }

        init(_ bytes: [UInt8]) { content = MemoryImageSource(content: bytes) }

        func bytes(_ range: Range<Int64>) throws -> [UInt8] {
            (largest, furthest) = (max(largest, range.count), max(furthest, range.upperBound))
            return try content.bytes(range)
        }
    }

    /// The deflated object of an image, with file meta information.
    private func deflate(_ image: TestImage, as path: String) throws {
        try image.write(to: path)
        let plain = try DataSet(parsing: [UInt8](Data(contentsOf: URL(fileURLWithPath: path))), as: .explicitVRLittleEndian)
        var meta = DataSet(as: .explicitVRLittleEndian)
        try meta.set(Tag(0x0002, 0x0000), UInt32(0))
        try meta.set(.transferSyntaxUID, TransferSyntax.deflatedExplicitVRLittleEndian.uid)
        try meta.correctGroupLengths([0x0002])
        let begin = try [UInt8](repeating: 0, count: 128) + Array("DICM".utf8) + meta.encode(as: .explicitVRLittleEndian)
        try Data(begin + plain.encode(as: .deflatedExplicitVRLittleEndian)).write(to: URL(fileURLWithPath: path))
    }

    @Test func `any place of it can be read, before and behind what was read last`() async throws {
        var dataSet = DataSet(as: .explicitVRLittleEndian)
        let value = (0..<50 << 20).map { UInt8(truncatingIfNeeded: ($0 >> 7) &* 2_654_435_761 >> 9) }
        try dataSet.set(Tag(0x0009, 0x1001), vr: .OB, value: value)
        let plain = try dataSet.encode(as: .explicitVRLittleEndian)
        let deflated = try dataSet.encode(as: .deflatedExplicitVRLittleEndian)
        let source = CountingSource([1, 2, 3] + deflated + [UInt8](repeating: 0x55, count: 1 << 20))
        let inflated = try InflatedImageSource(source, from: 3)
        #expect(inflated.byteCount == Int64(plain.count))
        for start in [0, 49 << 20, 17 << 20, 16 << 20, 48 << 20, 3, 33 << 20, 0, plain.count - 100] {
            let end = min(start + 70_000, plain.count)
            #expect(try inflated.bytes(Int64(start)..<Int64(end)) == Array(plain[start..<end]), "from \(start)")
        }
        #expect(try inflated.bytes(7..<7).isEmpty)
        #expect(await code { _ = try inflated.bytes(0..<Int64(plain.count) + 1) } == .malformed)
        #expect(source.largest <= Int(InflatedImageSource.readByteCount))
        #expect(source.furthest <= Int64(deflated.count) + 3 + InflatedImageSource.readByteCount)
    }

    @Test func `a stream that is cut or damaged is told`() async throws {
        var dataSet = DataSet(as: .explicitVRLittleEndian)
        try dataSet.set(Tag(0x0009, 0x1001), vr: .OB, value: (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* $0) })
        let deflated = try dataSet.encode(as: .deflatedExplicitVRLittleEndian)
        let cut = MemoryImageSource(content: Array(deflated.dropLast(9)))
        #expect(await code { _ = try InflatedImageSource(cut, from: 0) } == .malformed)
        #expect { try InflatedImageSource(MemoryImageSource(content: [0xFF] + deflated), from: 0) } throws: {
            ($0 as? DICOMError)?.code == .deflate
        }
    }

    @Test func `it is transcoded and shown in little memory, however much it inflates to and whatever is behind it`() async throws {
        let shop = try Workshop()
        var image = TestImage.sloped { ($0.rows, $0.columns) = (500, 500) }
        let frame = image.cells
        image.cells = (0..<400).flatMap { _ in frame }
        try deflate(image, as: shop.path("a"))
        try Data([UInt8](Data(contentsOf: URL(fileURLWithPath: shop.path("a")))) + [UInt8](repeating: 0x55, count: 200 << 20))
            .write(to: URL(fileURLWithPath: shop.path("a")))
        // 200 MB of cells in a process that may have 100 MiB of memory of its own.
        let limited = "ulimit -d 102400; \(Workshop.worker)"
        try Workshop.shell("\(limited) transcode --to explicit \(shop.path("a")) \(shop.path("b"))")
        #expect(try Data(contentsOf: URL(fileURLWithPath: shop.path("b"))).suffix(image.cells.count) == Data(image.cells))
        try Workshop.shell("\(limited) preview \(shop.path("a")) \(shop.path("a.png"))")
    }
}
