import DICOM
import Foundation
import Testing

@testable import PixelCodec

/// Objects whose pixels say what no pixels can be: they cost themselves, and nothing is taken for what it is not.
@Suite(.timeLimit(.minutes(10))) struct HostilePixelsTests {
    /// Transcodes an image, and changes bytes of what was made: so many behind the first place where these stand.
    private func damaged(
        _ shop: Workshop, _ image: TestImage, as syntax: TransferSyntax, at marker: [UInt8], _ offset: Int, to value: UInt8
    ) throws -> String {
        let (plain, made) = (shop.path("plain\(value)"), "made \(syntax.uid) \(value)")
        try image.write(to: plain)
        _ = try shop.transcode(plain, to: syntax, as: made)
        var bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: shop.path(made))))
        let place = try #require(bytes.indices.first { bytes[$0...].starts(with: marker) })
        bytes[place + offset] = value
        try Data(bytes).write(to: URL(fileURLWithPath: shop.path("damaged")))
        return shop.path("damaged")
    }

    @Test(arguments: [(TransferSyntax.jpegLosslessSV1, UInt8(0xC3)), (.jpegLSLossless, 0xF7)], [UInt8(0), 1])
    func `a stream of fewer bits a cell than there can be is malformed, signed or not`(stream: (TransferSyntax, UInt8), precision: UInt8) throws {
        for isSigned in [false, true] {
            let shop = try Workshop()
            let path = try damaged(shop, .sloped { $0.isSigned = isSigned }, as: stream.0, at: [0xFF, stream.1, 0x00, 0x0B], 4, to: precision)
            #expect(code { _ = try shop.transcode(path, to: .explicitVRLittleEndian, as: "out") } == .malformed)
        }
    }
}
