import DICOM
import Foundation
import Testing

@testable import PixelCodec

/// Compressed frames that lost something: cells that a decoder makes up are not passed off as those of the image.
@Suite(.timeLimit(.minutes(10))) struct DamagedStreamTests {
    private static let end: [UInt8] = [0xFF, 0xD9]

    private func noise() -> TestImage {
        var image = TestImage.sloped { ($0.bitsAllocated, $0.bitsStored) = (8, 8) }
        image.cells = image.cells.indices.map { UInt8(truncatingIfNeeded: ($0 &* $0 &* 2_654_435_761) >> 13) }
        return image
    }

    /// The one frame of an object, and what decodes it.
    private func frame(of path: String) throws -> (stream: [UInt8], decode: ([UInt8]) async throws -> [UInt8]) {
        let frames = try FrameReader(ImageFile(FileImageSource(path: path)))
        let compression = try #require(frames.compression)
        let coder = FrameCoder(description: frames.description, codec: Workshop.codec())
        return (try frames.stream(of: 0), { try await coder.decode($0, compression) })
    }

    @Test(arguments: [TransferSyntax.jpegLosslessSV1, .jpegLSLossless, .jpeg2000Lossless])
    func `a stream that is cut and has its end marker is refused`(syntax: TransferSyntax) async throws {
        let shop = try Workshop()
        let image = noise()
        try image.write(to: shop.path("a"))
        _ = try await shop.transcode(shop.path("a"), to: syntax, as: "b")
        let (stream, decode) = try frame(of: shop.path("b"))
        #expect(try await decode(stream) == image.cells)
        for part in [3, 5, 9] { #expect(await code { _ = try await decode(stream.prefix(stream.count * part / 10) + Self.end) } == .codecFailed, "\(part) tenths") }
    }

    @Test(arguments: [TransferSyntax.jpegLosslessSV1, .jpegLSLossless])
    func `a stream with zeros in its middle is refused`(syntax: TransferSyntax) async throws {
        let shop = try Workshop()
        try noise().write(to: shop.path("a"))
        _ = try await shop.transcode(shop.path("a"), to: syntax, as: "b")
        var (stream, decode) = try frame(of: shop.path("b"))
        for place in stream.count / 2..<stream.count / 2 + 64 { stream[place] = 0 }
        #expect(await code { _ = try await decode(stream) } == .codecFailed)
    }

    @Test func `a lossy stream that is cut is refused, and what is only odd is decoded`() async throws {
        let (stream, decode) = try frame(of: Workshop.wheel("SC_rgb_dcmtk_+eb+cy+np.dcm"))
        let cells = try await decode(stream)
        #expect(await code { _ = try await decode(stream.prefix(stream.count * 4 / 5) + Self.end) } == .codecFailed)
        let odd = try Self.odd(stream)
        #expect(try await decode(odd) == cells)
        // Of 12 bits, where GDCM asks its libjpeg of 8 bits first; the one with odd parameters as well.
        for name in ["JPGExtended.dcm", "JPEG-lossy.dcm"] { #expect(try await Workshop.cells(Workshop.wheel(name)).count == 1024 * 256 * 2) }
    }

    /// libjpeg tells the first of an image's warnings only, and GDCM ends its process at that of JFIF and Adobe.
    @Test func `a warning that harms nothing costs no lossy image, and hides no cut`() async throws {
        let (stream, decode) = try frame(of: Workshop.wheel("SC_rgb_dcmtk_+eb+cy+np.dcm"))
        let cells = try await decode(stream)
        var harmless = ["parameters": try Self.odd(stream), "JFIF": stream]
        harmless["JFIF"]?[11] = 2
        // In place of JFIF, which tells the colours before Adobe's mark does.
        for transform in [UInt8(2), 3] { harmless["Adobe \(transform)"] = [0xFF, 0xD8] + Self.adobe(transform) + stream.dropFirst(20) }
        for (name, whole) in harmless {
            #expect(try await decode(whole) == cells, "\(name)")
            #expect(await code { _ = try await decode(whole.prefix(whole.count * 4 / 5) + Self.end) } == .codecFailed, "\(name)")
        }
        let twelve = try frame(of: Workshop.wheel("JPEG-lossy.dcm"))
        #expect(await code { _ = try await twelve.decode(twelve.stream.prefix(4000) + Self.end) } == .codecFailed)
    }

    @Test(arguments: [[0xFF, 0xE0, 0, 16, 0x4A, 0x46, 0x49, 0x46, 0, 2, 1, 0, 0, 1, 0, 1, 0, 0], adobe(3)])
    func `a warning that harms nothing costs no lossless image, and hides no cut`(mark: [UInt8]) async throws {
        let shop = try Workshop()
        let image = noise()
        try image.write(to: shop.path("a"))
        _ = try await shop.transcode(shop.path("a"), to: .jpegLosslessSV1, as: "b")
        let (stream, decode) = try frame(of: shop.path("b"))
        let whole = stream.prefix(2) + mark + stream.dropFirst(2)
        #expect(try await decode(Array(whole)) == image.cells)
        #expect(await code { _ = try await decode(whole.prefix(whole.count / 2) + Self.end) } == .codecFailed)
    }

    /// The end of the scan's spectral selection, which has no meaning in a sequential one: libjpeg warns of it.
    private static func odd(_ stream: [UInt8]) throws -> [UInt8] {
        let scan = try #require(stream.indices.first { stream[$0...].starts(with: [0xFF, 0xDA, 0, 12]) })
        var odd = stream
        odd[scan + 12] = 62
        return odd
    }

    private static func adobe(_ transform: UInt8) -> [UInt8] { [0xFF, 0xEE, 0, 14] + Array("Adobe".utf8) + [0, 100, 0, 0, 0, 0, transform] }
}
