import Testing

@testable import DICOM

/// Small files that a writer with a fault, or an enemy, can make: each costs itself at most.
@Suite struct HostileNumberTests {
    private func start() throws -> DataSet {
        var dataSet = DataSet()
        try dataSet.set(.sopClassUID, "1.2.840.10008.5.1.4.1.1.7")
        try dataSet.set(.sopInstanceUID, "1.2.3")
        return dataSet
    }

    /// An explicit object, whose elements behind the first two are these, as they stand here.
    private func object(_ elements: [(tag: DICOM.Tag, vr: VR, value: [UInt8])]) throws -> [UInt8] {
        var bytes: [UInt8] = try start().encode(as: .explicitVRLittleEndian)
        for element in elements {
            bytes += try ElementWriter(encoding: .explicitLittleEndian).element(element.tag, vr: element.vr, value: element.value)
        }
        return bytes
    }

    @Test(arguments: ["9223372036854775807", "-9223372036854775808", "30"])
    func `a group length that is no UL says nothing, and stops nothing`(text: String) throws {
        let bytes = try object([
            (DICOM.Tag(0x0028, 0), .IS, Array(text.utf8)), (.rows, .US, [4, 0]), (.columns, .US, [4, 0]), (.bitsAllocated, .US, [16, 0]),
        ])
        // Whole groups end a file whose pixels were taken out; this one was cut.
        let error = #expect(throws: DICOMError.self) { try ObjectHeader.read(bytes) }
        #expect(error?.code == .truncated)
    }

    @Test func `rows that no image has make no pixel digest`() throws {
        let huge: [(VR, [UInt8])] = [
            (.IS, Array("4000000000000".utf8)), (.UL, [0xFF, 0xFF, 0xFF, 0xFF]), (.UL, [0, 0, 1, 0]), (.SS, [0xFF, 0xFF]),
            (.IS, Array("-9223372036854775808".utf8)),
        ]
        for (vr, value) in huge {
            let bytes = try object([
                (.rows, vr, value), (.columns, vr, value), (.bitsAllocated, .US, [16, 0]), (.pixelData, .OW, [1, 2, 3, 4]),
            ])
            var reader = ObjectHeaderReader(byteCount: Int64(bytes.count), digestsPixels: true)
            _ = try reader.read(bytes)
            #expect(reader.pixelDigest == nil, "\(vr)")
            #expect(try ObjectHeader.read(bytes)?.dataSet.unsigned16(.rows) == nil)
        }
    }

    @Test(arguments: [
        (DICOM.Tag.samplesPerPixel, VR.SS, [0xFF, 0xFF]), (.samplesPerPixel, .UL, [0, 0, 1, 0]), (.samplesPerPixel, .IS, Array("1 2 ".utf8)),
        (.numberOfFrames, .UL, [0, 0, 0, 0x80]), (.numberOfFrames, .IS, Array("4294967296".utf8)), (.numberOfFrames, .IS, Array("1 2 ".utf8)),
    ] as [(DICOM.Tag, VR, [UInt8])])
    func `numbers that such elements cannot have are as absent in a pixel digest`(tag: DICOM.Tag, vr: VR, value: [UInt8]) throws {
        let image: [(tag: DICOM.Tag, vr: VR, value: [UInt8])] = [
            (.rows, .US, [2, 0]), (.columns, .US, [1, 0]), (.bitsAllocated, .US, [16, 0]), (.pixelData, .OW, [1, 2, 3, 4]),
        ]
        let digests = try [[(tag, vr, value)] + image, image].map { elements in
            let bytes = try object(elements)
            var reader = ObjectHeaderReader(byteCount: Int64(bytes.count), digestsPixels: true)
            _ = try reader.read(bytes)
            return reader.pixelDigest
        }
        #expect(digests[0] != nil)
        #expect(digests[0] == digests[1])
    }

    @Test func `spaces around an integer string are none of it`() throws {
        let digests = try [" 2", "2 ", "1 "].map { frames in
            let bytes = try object([
                (.numberOfFrames, .IS, Array(frames.utf8)), (.rows, .US, [2, 0]), (.columns, .US, [1, 0]), (.bitsAllocated, .US, [8, 0]),
                (.pixelData, .OW, [1, 2, 3, 4]),
            ])
            var reader = ObjectHeaderReader(byteCount: Int64(bytes.count), digestsPixels: true)
            _ = try reader.read(bytes)
            return reader.pixelDigest
        }
        #expect(digests[0] != nil && digests[0] == digests[1])
        #expect(digests[0] != digests[2])
    }

    @Test func `as many frames as an integer string can say are too few pixels, not too many bits`() throws {
        let bytes = try object([
            (.numberOfFrames, .IS, Array("2147483647".utf8)), (.rows, .US, [0xFF, 0xFF]), (.columns, .US, [0xFF, 0xFF]),
            (.bitsAllocated, .US, [64, 0]), (.pixelData, .OW, [1, 2, 3, 4]),
        ])
        var reader = ObjectHeaderReader(byteCount: Int64(bytes.count), digestsPixels: true)
        _ = try reader.read(bytes)
        #expect(reader.pixelDigest == nil)
    }

    @Test func `what follows the pixels of a big endian object is read by the rules of what stands before them`() throws {
        var item = DataSet(as: .explicitVRBigEndian)
        try item.set(DICOM.Tag(0x0008, 0x0104), "HI")
        var value: [UInt8] = [0xFF, 0xFE, 0xE0, 0x00, 0xFF, 0xFF, 0xFF, 0xFF]
        value += try item.encode(as: .explicitVRBigEndian)
        value += [0xFF, 0xFE, 0xE0, 0x0D, 0, 0, 0, 0, 0xFF, 0xFE, 0xE0, 0xDD, 0, 0, 0, 0] as [UInt8]
        for group in [0x0029, 0x7FE1] as [UInt16] {
            var dataSet = DataSet(as: .explicitVRBigEndian)
            try dataSet.set(.sopClassUID, "1.2.840.10008.5.1.4.1.1.7")
            try dataSet.set(.sopInstanceUID, "1.2.3")
            try dataSet.set(DICOM.Tag(group, 0x0010), "ACME")
            let head = try ElementWriter(encoding: .explicitBigEndian).head(DICOM.Tag(group, 0x1010), vr: .UN, length: nil)
            dataSet.put(head + value, tag: DICOM.Tag(group, 0x1010))
            try dataSet.set(.pixelData, vr: .OW, value: [1, 2])
            let bytes = try dataSet.encode(as: .explicitVRBigEndian)
            for pieceByteCount in [1, 7, 1 << 20] {
                #expect(try ObjectHeader.read(bytes, pieceByteCount: pieceByteCount)?.dataSetEnd == Int64(bytes.count))
            }
        }
    }

    @Test func `a private element that was cut behind the pixels is no stray bytes`() throws {
        var dataSet = DataSet(as: .implicitVRLittleEndian)
        try dataSet.set(.sopClassUID, "1.2.840.10008.5.1.4.1.1.7")
        try dataSet.set(.sopInstanceUID, "1.2.3")
        try dataSet.set(.pixelData, vr: .OW, value: [1, 2])
        let head: [UInt8] = [0xE1, 0x7F, 0x10, 0x10, 0xA0, 0x0F, 0, 0]
        var bytes: [UInt8] = try dataSet.encode(as: .implicitVRLittleEndian)
        bytes += head
        bytes += [UInt8](repeating: 7, count: 2_000)
        let error = #expect(throws: DICOMError.self) { try ObjectHeader.read(bytes) }
        #expect(error?.code == .truncated)
    }

    @Test func `a long first element without preamble is one however the bytes come`() throws {
        let letters = [UInt8](repeating: 0x41, count: 30_000)
        let first = try ElementWriter(encoding: .explicitLittleEndian).element(DICOM.Tag(0x0008, 0x0008), vr: .CS, value: letters)
        let bytes: [UInt8] = try first + object([])
        for pieceByteCount in [1, 132, 8 << 10, 1 << 20] {
            var known = ObjectHeaderReader(byteCount: Int64(bytes.count))
            #expect(try known.read(bytes, pieceByteCount: pieceByteCount)?.dataSet.string(.sopInstanceUID) == "1.2.3")
            var unknown = ObjectHeaderReader(byteCount: nil)
            #expect(try unknown.read(bytes, pieceByteCount: pieceByteCount)?.dataSet.string(.sopInstanceUID) == "1.2.3")
        }
        let noObject = try ObjectHeader.read(first + letters)
        #expect(noObject?.transferSyntax == nil)
    }

    /// A deflated object whose pixels say that they have so many bytes; these parts follow.
    private func deflated(pixelByteCount: Int, _ parts: [[UInt8]]) throws -> [UInt8] {
        var begin: [UInt8] = try object([])
        begin += try ElementWriter(encoding: .explicitLittleEndian).head(.pixelData, vr: .OW, length: pixelByteCount)
        var meta = DataSet()
        try meta.set(.transferSyntaxUID, TransferSyntax.deflatedExplicitVRLittleEndian.uid)
        var bytes = [UInt8](repeating: 0, count: 128)
        bytes += Array("DICM".utf8)
        bytes += try meta.encode(as: .explicitVRLittleEndian)
        var deflater = try Deflater()
        for part in [begin] + parts { try part.withBuffer { (buffer) throws(DICOMError) in try deflater.add(buffer) } }
        bytes += try deflater.finish()
        return bytes
    }

    @Test func `faults of a deflated object say where, and in what the place is counted`() throws {
        let bytes = try deflated(pixelByteCount: 3_000, [[UInt8](repeating: 9, count: 3_000)])
        let start = Int(try #require(try ObjectHeader.read(bytes)).dataSetOffset)
        var damaged = bytes
        damaged.replaceSubrange(start..., with: [UInt8](repeating: 0xFF, count: 100))
        let error = #expect(throws: DICOMError.self) { try ObjectHeader.read(damaged) }
        #expect(error?.code == .deflate)
        #expect((start...damaged.count).contains(Int(error?.offset ?? -1)))
        #expect(error?.description.contains("of the inflated data set") == false)
        let cut = #expect(throws: DICOMError.self) { try ObjectHeader.read(Array(bytes[..<(bytes.count - 8)])) }
        #expect(cut?.code == .truncated)
        #expect(cut?.offset == Int64(bytes.count - 8))
        let inner = try deflated(pixelByteCount: 3_000, [[UInt8](repeating: 9, count: 2_000)])
        let within = #expect(throws: DICOMError.self) { try ObjectHeader.read(inner) }
        #expect(within?.tag == .pixelData)
        #expect(within?.description.hasSuffix("of the inflated data set") == true)
    }

    @Test func `of two faults the first one is told, in however large pieces a deflated object comes`() throws {
        // Zeros that do not reach to the end; and something else than an item, in a sequence for whose end the header waits.
        let sequence: [UInt8] = [8, 0, 0x40, 0x11, 0x53, 0x51, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFE, 0xFF, 0, 0xE0, 40, 0, 0, 0]
        try requireFirstFault(of: object([]) + [UInt8](repeating: 0, count: 8) + [1, 2, 3, 4])
        try requireFirstFault(of: sequence + [UInt8](repeating: 0, count: 40) + [8, 0, 0x50, 0, 0x53, 0x48, 0, 0])
    }

    private func requireFirstFault(of plain: [UInt8]) throws {
        var meta = DataSet()
        try meta.set(.transferSyntaxUID, TransferSyntax.deflatedExplicitVRLittleEndian.uid)
        var bytes = [UInt8](repeating: 0, count: 128)
        bytes += Array("DICM".utf8)
        bytes += try meta.encode(as: .explicitVRLittleEndian)
        // A stored block (RFC 1951 §3.2.4), and one of a type that there is not.
        let (low, high) = (UInt8(plain.count & 0xFF), UInt8(plain.count >> 8))
        bytes += [0, low, high, ~low, ~high]
        bytes += plain
        bytes.append(7)
        let found = [1, 5, bytes.count].map { count in #expect(throws: DICOMError.self) { try ObjectHeader.read(bytes, pieceByteCount: count) } }
        #expect(found[0]?.code == .malformed)
        #expect(found[1] == found[0])
        #expect(found[2] == found[0])
    }

    @Test func `a header with too many elements says at which one, a meta header that is too long says where`() throws {
        let front: [UInt8] = [0x08, 0, 0x16, 0, 0, 0, 0, 0]
        let element: [UInt8] = [0x09, 0, 0x01, 0x10, 0, 0, 0, 0]
        let bytes = front + Array(repeatElement(element, count: DataSet.maximumElementCount).joined())
        #expect(try ObjectHeader.read(Array(bytes.dropLast(element.count)))?.dataSet.count == DataSet.maximumElementCount)
        let errors = [bytes.count, 1_000].map { count in #expect(throws: DICOMError.self) { try ObjectHeader.read(bytes, pieceByteCount: count) } }
        #expect(errors[0]?.tag == DICOM.Tag(0x0009, 0x1001))
        #expect(errors[0]?.offset == Int64(bytes.count - element.count))
        #expect(errors[1] == errors[0])
        let meta = try ElementWriter(encoding: .explicitLittleEndian).element(
            DICOM.Tag(0x0002, 0x0102), vr: .OB, value: [UInt8](repeating: 1, count: 2 * FileFormat.maximumMetaByteCount))
        let fault = #expect(throws: DICOMError.self) { try ObjectHeader.read([UInt8](repeating: 0, count: 128) + Array("DICM".utf8) + meta) }
        #expect(fault?.code == .limit)
        #expect(fault?.offset == 132)
    }

    @Test func `a deflated data set that goes on and on is given up`() throws {
        let zeros = [UInt8](repeating: 0, count: 1 << 20)
        let bytes = try deflated(pixelByteCount: 3 << 30, Array(repeating: zeros, count: 1_025))
        let error = #expect(throws: DICOMError.self) { try ObjectHeader.read(bytes) }
        #expect(error?.code == .limit)
    }
}
