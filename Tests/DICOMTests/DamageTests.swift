import Testing

@testable import DICOM

/// Objects that a drive or a copy damaged so that what is left looks like a shorter object.
@Suite struct DamageTests {
    private func fault(of bytes: [UInt8], pieceByteCount: Int = 1 << 20) throws -> DICOMError? {
        do {
            _ = try #require(try ObjectHeader.read(bytes, pieceByteCount: pieceByteCount))
            return nil
        } catch let error as DICOMError {
            return error
        }
    }

    /// Images of the wheel, one of each encoding and one whose pixels are encapsulated.
    private static let images = ["CT_small.dcm", "MR_small_implicit.dcm", "MR_small_bigendian.dcm", "JPEG2000.dcm"]

    @Test(arguments: images, [1, 700, 1 << 20])
    func `zeros in the place of elements of a header are damage`(name: String, pieceByteCount: Int) throws {
        var bytes = try Wheel.bytes(name)
        let header = try ObjectHeader.wheel(name)
        let element = try #require(header.dataSet.records.first { $0.tag == .studyInstanceUID })
        let start = Int(element.sourceOffset)
        bytes.replaceSubrange(start..<start + 200, with: [UInt8](repeating: 0, count: 200))
        let error = try fault(of: bytes, pieceByteCount: pieceByteCount)
        #expect(error?.code == .malformed)
        #expect(error?.offset == element.sourceOffset)
    }

    @Test func `an element of group 0000 is no padding`() throws {
        let bytes = try Wheel.bytes("reportsi.dcm")
        #expect(try fault(of: bytes + [0, 0, 0x10, 0, 0, 0, 0, 0])?.code == .malformed)
        #expect(try fault(of: bytes + [UInt8](repeating: 0, count: 5_000) + [1])?.code == .malformed)
        #expect(try fault(of: Wheel.bytes("CT_small.dcm") + [UInt8](repeating: 0, count: 5_000) + [1])?.code == .malformed)
        #expect(try fault(of: bytes + [0, 0, 1])?.code == .truncated)
    }

    @Test(arguments: images)
    func `an image that ends before its pixels is cut, also between two elements`(name: String) throws {
        let bytes = try Wheel.bytes(name)
        let header = try ObjectHeader.wheel(name)
        let described = try #require(header.dataSet.records.first { $0.tag == .bitsAllocated })
        let ends = header.dataSet.records.map { $0.sourceOffset + $0.byteCount }
        for end in ends where end >= described.sourceOffset {
            for zeros in [0, 3, 4_096] {
                let cut = Array(bytes[..<Int(end)]) + [UInt8](repeating: 0, count: zeros)
                let error = try fault(of: cut)
                #expect(error?.code == .truncated, "\(name) cut at \(end), \(zeros) zeros")
                #expect(error?.tag == .pixelData)
            }
        }
    }

    @Test func `a deflated image without its pixels is cut`() throws {
        var dataSet = try ObjectHeader.wheel("CT_small.dcm").dataSet
        let syntax = TransferSyntax.deflatedExplicitVRLittleEndian
        #expect(try fault(of: PartTen.bytes(dataSet: dataSet.encode(as: syntax), syntax: syntax))?.code == .truncated)
        try dataSet.set(.pixelData, vr: .OW, value: [1, 2])
        #expect(try fault(of: PartTen.bytes(dataSet: dataSet.encode(as: syntax), syntax: syntax)) == nil)
    }

    /// What stands in for the pixels, and whether the object is whole with it.
    @Test(arguments: [
        (DICOM.Tag(0x0028, 0x7FE0), VR.UR, true), (DICOM.Tag(0x5600, 0x0020), .OF, true), (DICOM.Tag(0x7FE1, 0x0010), .LO, true),
        (.floatPixelData, .OF, true), (.doubleFloatPixelData, .OD, true), (DICOM.Tag(0x7FE0, 0x0001), .OV, false),
        (DICOM.Tag(0x7FDF, 0x0010), .LO, false),
    ])
    func `rows without pixels are whole where something else stands for them`(tag: DICOM.Tag, vr: VR, isWhole: Bool) throws {
        var dataSet = DataSet()
        try dataSet.set(.sopClassUID, "1.2")
        try dataSet.set(.sopInstanceUID, "1.3")
        try dataSet.set(.rows, UInt16(2))
        try dataSet.set(tag, vr: vr, value: [0x31, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20])
        let file = try PartTen.bytes(dataSet: dataSet.encode(as: .explicitVRLittleEndian), syntax: .explicitVRLittleEndian)
        #expect(try fault(of: file)?.code == (isWhole ? nil : .truncated))
    }

    @Test func `pixels that their writer took out are not missed where the last group has its length`() throws {
        let bytes = try Wheel.bytes("chrJapMulti.dcm")
        #expect(try fault(of: bytes) == nil)
        let last = try #require(ObjectHeader.wheel("chrJapMulti.dcm").dataSet.records.last)
        #expect(try fault(of: Array(bytes[..<Int(last.sourceOffset)]))?.code == .truncated)
    }

    /// An image with a private block behind its pixels, as Siemens writes it, and where the block's element begins.
    private func withPrivateTail(as syntax: TransferSyntax) throws -> (bytes: [UInt8], element: Int) {
        var tail = DataSet(as: syntax)
        try tail.set(DICOM.Tag(0x7FE1, 0x0010), vr: .LO, value: Array("SIEMENS CSA NON-IMAGE ".utf8))
        let creator = try tail.encode(as: syntax).count
        try tail.set(DICOM.Tag(0x7FE1, 0x1010), vr: .OB, value: [UInt8](repeating: 0x5A, count: 4_000))
        let name = syntax == .implicitVRLittleEndian ? "MR_small_implicit.dcm" : "MR_small.dcm"
        let end = Int(try #require(try ObjectHeader.wheel(name).dataSetEnd))
        let image = try Wheel.bytes(name)
        let pixels = try #require(try ObjectHeader.wheel(name).pixelDataOffset)
        // Up to the end of the pixels: 64 x 64 x 2 bytes.
        let head = syntax == .implicitVRLittleEndian ? 8 : 12
        let whole = min(end, Int(pixels) + head + 8_192)
        return try (image[..<whole] + tail.encode(as: syntax), whole + creator)
    }

    @Test(arguments: [TransferSyntax.explicitVRLittleEndian, .implicitVRLittleEndian])
    func `a cut within a private element behind the pixels is a cut`(syntax: TransferSyntax) throws {
        let (bytes, element) = try withPrivateTail(as: syntax)
        #expect(try fault(of: bytes) == nil)
        for cut in [element + 4, element + 7, element + 8, element + 11, element + 12, element + 2_000, bytes.count - 1] {
            #expect(try fault(of: Array(bytes[..<cut]))?.code == .truncated, "cut at \(cut), element at \(element)")
        }
        #expect(try fault(of: Array(bytes[..<element])) == nil)
    }

    @Test(arguments: [TransferSyntax.explicitVRLittleEndian, .implicitVRLittleEndian])
    func `bytes that fill a file up behind the pixels are no private element`(syntax: TransferSyntax) throws {
        let (bytes, element) = try withPrivateTail(as: syntax)
        let image = Array(bytes[..<element])
        for (filler, count) in [(0xCD, 16), (0xCD, 4), (0xCD, 7), (0xFD, 4), (0xFD, 8), (0xFD, 12), (0xFD, 4_096)] as [(UInt8, Int)] {
            let header = try #require(try ObjectHeader.read(image + [UInt8](repeating: filler, count: count)))
            #expect(header.trailingByteCount == Int64(count), "\(count) of \(filler)")
        }
    }

    @Test func `stray bytes behind the pixels that are no element are left out`() throws {
        let bytes = try Wheel.bytes("CT_small.dcm")
        // A private tag whose block nobody reserved, no representation, a length beyond the file.
        let stray: [UInt8] = [0x0D, 0x0A, 0x0D, 0x0A, 0x1A, 0xFF, 0xFF, 0x7F, 0x0D, 0x0A]
        for count in [1, 2, 5, 7, 10] {
            let header = try #require(try ObjectHeader.read(bytes + stray.prefix(count)))
            #expect(header.trailingByteCount == Int64(count))
        }
    }
}
