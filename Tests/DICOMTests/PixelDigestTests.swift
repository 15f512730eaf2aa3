import Testing

@testable import DICOM

@Suite struct PixelDigestTests {
    private func digest(_ bytes: [UInt8], pieceByteCount: Int = 1 << 20) throws -> ContentDigest? {
        var reader = ObjectHeaderReader(byteCount: Int64(bytes.count), digestsPixels: true)
        _ = try reader.read(bytes, pieceByteCount: pieceByteCount)
        return reader.pixelDigest
    }

    @Test(arguments: [
        ["MR_small.dcm", "MR_small_implicit.dcm", "MR_small_bigendian.dcm", "MR_small_expb.dcm"],
        ["SC_rgb_small_odd.dcm", "SC_rgb_small_odd_big_endian.dcm"],
        ["liver_1frame.dcm", "liver_expb_1frame.dcm"],
        ["rtdose.dcm", "rtdose_expb.dcm"],
        ["rtdose_1frame.dcm", "rtdose_expb_1frame.dcm"],
    ])
    func `one image in several transfer syntaxes has one pixel digest`(names: [String]) throws {
        let digests = try names.map { try digest(Wheel.bytes($0)) }
        #expect(digests[0] != nil)
        for (name, digest) in zip(names, digests) { #expect(digest == digests[0], "\(name)") }
    }

    @Test func `pieces do not matter to a pixel digest`() throws {
        for name in ["MR_small_bigendian.dcm", "CT_small.dcm", "image_dfl.dcm"] {
            let bytes = try Wheel.bytes(name)
            #expect(try digest(bytes, pieceByteCount: 13) == digest(bytes), "\(name)")
        }
    }

    @Test func `a bit that is allocated but not stored changes the pixel digest`() throws {
        var bytes = try Wheel.bytes("CT_small.dcm")
        let before = try digest(bytes)
        bytes[bytes.count - 500] ^= 0x80
        #expect(try digest(bytes) != before)
    }

    @Test func `encapsulated pixels have no digest yet`() throws {
        #expect(try digest(Wheel.bytes("JPEG2000.dcm")) == nil)
    }

    @Test func `planes and colour by pixel have one digest`() throws {
        let byPixel = try image(planar: 0, pixels: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
        let byPlane = try image(planar: 1, pixels: [1, 4, 7, 10, 2, 5, 8, 11, 3, 6, 9, 12])
        #expect(try digest(byPixel) == digest(byPlane))
        #expect(try digest(byPixel) != nil)
    }

    @Test func `large planes are put in order too`() throws {
        let count = 600 * 600
        let planes = (0..<3 * count).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 13) }
        let pixels = (0..<count).flatMap { [planes[$0], planes[count + $0], planes[2 * count + $0]] }
        #expect(try digest(image(planar: 1, pixels: planes, edge: 600)) == digest(image(planar: 0, pixels: pixels, edge: 600)))
    }

    /// A square colour image without meta header.
    private func image(planar: UInt16, pixels: [UInt8], edge: UInt16 = 2) throws -> [UInt8] {
        var dataSet = DataSet(as: .explicitVRLittleEndian)
        try dataSet.set(.sopClassUID, "1.2.840.10008.5.1.4.1.1.7")
        try dataSet.set(.sopInstanceUID, "1.2.3")
        try dataSet.set(.samplesPerPixel, UInt16(3))
        try dataSet.set(.planarConfiguration, planar)
        try dataSet.set(.rows, edge)
        try dataSet.set(.columns, edge)
        try dataSet.set(.bitsAllocated, UInt16(8))
        try dataSet.set(.pixelData, vr: .OB, value: pixels)
        return try dataSet.encode(as: .explicitVRLittleEndian)
    }
}
