import DICOM
import Foundation
import Testing

@testable import PixelCodec

/// Objects whose pixels say what no pixels can be: they cost themselves, and nothing is taken for what it is not.
@Suite(.timeLimit(.minutes(10))) struct HostilePixelsTests {
    /// Transcodes an image, and changes bytes of what was made: so many behind the first place where these stand.
    private func damaged(
        _ shop: Workshop, _ image: TestImage, as syntax: TransferSyntax, at marker: [UInt8], _ offset: Int, to value: UInt8
    ) async throws -> String {
        let (plain, made) = (shop.path("plain\(value)"), "made \(syntax.uid) \(value)")
        try image.write(to: plain)
        _ = try await shop.transcode(plain, to: syntax, as: made)
        var bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: shop.path(made))))
        let place = try #require(bytes.indices.first { bytes[$0...].starts(with: marker) })
        bytes[place + offset] = value
        try Data(bytes).write(to: URL(fileURLWithPath: shop.path("damaged")))
        return shop.path("damaged")
    }

    @Test(arguments: [(TransferSyntax.jpegLosslessSV1, UInt8(0xC3)), (.jpegLSLossless, 0xF7)], [UInt8(0), 1])
    func `a stream of fewer bits a cell than there can be is malformed, signed or not`(stream: (TransferSyntax, UInt8), precision: UInt8) async throws {
        for isSigned in [false, true] {
            let shop = try Workshop()
            let path = try await damaged(shop, .sloped { $0.isSigned = isSigned }, as: stream.0, at: [0xFF, stream.1, 0x00, 0x0B], 4, to: precision)
            #expect(await code { _ = try await shop.transcode(path, to: .explicitVRLittleEndian, as: "out") } == .malformed)
        }
    }

    @Test(arguments: [1, 3])
    func `lossless JPEG with a point transform has lost bits`(samples: Int) async throws {
        let shop = try Workshop()
        let image = TestImage.sloped {
            ($0.samples, $0.bitsAllocated, $0.bitsStored, $0.photometricInterpretation) = (samples, 8, 8, samples == 3 ? "RGB" : "MONOCHROME2")
        }
        let scan: [UInt8] = [0xFF, 0xDA, 0x00, UInt8(6 + 2 * samples), UInt8(samples)]
        let path = try await damaged(shop, image, as: .jpegLosslessSV1, at: scan, 7 + 2 * samples, to: 2)
        #expect(await code { _ = try await shop.transcode(path, to: .explicitVRLittleEndian, as: "out") } == .lossySource)
        await #expect(throws: PixelCodecError.self) { try await Workshop.codec().pixelDigest(of: FileImageSource(path: path)) }
    }

    @Test(arguments: ["1e30", "-1e30", "1e308", "nan", "inf"])
    func `a rescale to numbers that no image has is shown all the same`(slope: String) async throws {
        let shop = try Workshop()
        var item = DataSet(as: .explicitVRLittleEndian)
        try item.set(.lutDescriptor, vr: .US, value: [3, 0, 0, 0, 8, 0])
        try item.set(.lutData, vr: .OW, value: [1, 0, 2, 0, 3, 0])
        for table in [Tag.voiLUTSequence, nil] {
            try TestImage.sloped().write(to: shop.path("a")) { dataSet in
                try dataSet.set(.rescaleSlope, slope)
                try dataSet.set(.rescaleIntercept, "-1e308")
                if let table { try dataSet.set(table, items: [item]) }
            }
            let png = try await Preview(codec: Workshop.codec()).png(of: FileImageSource(path: shop.path("a")))
            #expect(png.starts(with: [0x89, 0x50, 0x4E, 0x47]))
        }
    }
}
