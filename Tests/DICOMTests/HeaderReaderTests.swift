import Testing

@testable import DICOM

@Suite struct HeaderReaderTests {
    /// The file with another transfer syntax in its meta header, padded to the same length.
    private func redeclared(_ name: String, from old: String, to new: String) throws -> [UInt8] {
        let bytes = try Wheel.bytes(name)
        let wanted = Array(old.utf8)
        let index = try #require((0..<400).first { bytes[$0..<$0 + wanted.count].elementsEqual(wanted) })
        let length = wanted.count + wanted.count % 2
        let written = Array(new.utf8) + [UInt8](repeating: 0, count: length - new.utf8.count)
        return Array(bytes[..<index]) + written + bytes[(index + length)...]
    }

    @Test func `a first element whose group is low in neither byte order is read in the declared one`() throws {
        for syntax in [TransferSyntax.explicitVRLittleEndian, .explicitVRBigEndian] {
            var dataSet = DataSet(as: syntax)
            try dataSet.set(Tag(0x3F03, 0x0010), vr: .LO, value: Array("MEDICAL SYSTEMS ".utf8))
            let header = try ObjectHeader.read(PartTen.bytes(dataSet: dataSet.encode(as: syntax), syntax: syntax))
            #expect(header?.transferSyntax == syntax)
            #expect(header?.dataSet.string(Tag(0x3F03, 0x0010)) == "MEDICAL SYSTEMS")
        }
    }

    @Test func `a meta header is read to its end, whatever length its group is said to have`() throws {
        var meta = DataSet()
        try meta.set(Tag(0x0002, 0x0000), UInt32(0))
        try meta.set(.mediaStorageSOPInstanceUID, "1.3")
        try meta.set(.transferSyntaxUID, TransferSyntax.explicitVRLittleEndian.uid)
        var dataSet = DataSet()
        try dataSet.set(.sopInstanceUID, "1.3")
        // None, to the end of the first element, to the end of all, and one byte more.
        for length in [0, 12, 40, 41] as [UInt32] {
            try meta.set(Tag(0x0002, 0x0000), length)
            let front = try [UInt8](repeating: 0, count: 128) + Array("DICM".utf8) + meta.encode(as: .explicitVRLittleEndian)
            let header = try #require(try ObjectHeader.read(front + dataSet.encode(as: .explicitVRLittleEndian)))
            #expect(header.dataSetOffset == front.count, "\(length)")
            #expect(header.metaInformation?.string(.transferSyntaxUID) == TransferSyntax.explicitVRLittleEndian.uid, "\(length)")
            #expect(header.dataSet.elements.map(\.tag) == [.sopInstanceUID], "\(length)")
        }
    }

    @Test func `a transfer syntax that the content contradicts is corrected`() throws {
        let cases: [(String, String, String, TransferSyntax)] = [
            ("CT_small.dcm", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2", .explicitVRLittleEndian),
            ("CT_small.dcm", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2", .explicitVRLittleEndian),
            ("MR_small_bigendian.dcm", "1.2.840.10008.1.2.2", "1.2.840.10008.1.2.1", .explicitVRBigEndian),
            ("liver_expb_1frame.dcm", "1.2.840.10008.1.2.2", "1.2.840.10008.1.2", .explicitVRBigEndian),
        ]
        for (name, old, new, found) in cases {
            let header = try #require(try ObjectHeader.read(redeclared(name, from: old, to: new)))
            let truth = try ObjectHeader.wheel(name)
            #expect(header.transferSyntax == found, "\(name) as \(new)")
            #expect(header.dataSet.string(.patientID) == truth.dataSet.string(.patientID))
            #expect(header.pixelDataOffset == truth.pixelDataOffset)
        }
    }

    @Test func `pixels with a length are native whatever the meta header says`() throws {
        let jpeg2000 = try Wheel.bytes("JPEG2000.dcm")
        #expect(try ObjectHeader.read(jpeg2000)?.transferSyntax.isEncapsulated == true)
        var dataSet = DataSet()
        try dataSet.set(.sopClassUID, "1.2")
        try dataSet.set(.sopInstanceUID, "1.3")
        try dataSet.set(.pixelData, vr: .OW, value: [1, 2])
        let bytes = try dataSet.encode(as: .explicitVRLittleEndian)
        let file = try PartTen.bytes(dataSet: bytes, syntax: TransferSyntax(uid: "1.2.840.10008.1.2.4.70"))
        #expect(try ObjectHeader.read(file)?.transferSyntax == .explicitVRLittleEndian)
    }

    @Test func `a file is read without its preamble, and without preamble and meta header`() throws {
        for name in ["CT_small.dcm", "MR_small_implicit.dcm", "MR_small_bigendian.dcm"] {
            let bytes = try Wheel.bytes(name)
            let truth = try ObjectHeader.wheel(name)
            let noPreamble = try #require(try ObjectHeader.read(Array(bytes[132...])))
            #expect(noPreamble.dataSetOffset == truth.dataSetOffset - 132)
            #expect(noPreamble.metaInformation?.string(.transferSyntaxUID) == truth.transferSyntax.uid)
            let noMeta = try #require(try ObjectHeader.read(Array(bytes[Int(truth.dataSetOffset)...])))
            #expect(noMeta.dataSetOffset == 0)
            #expect(noMeta.metaInformation == nil || noMeta.metaInformation?.isEmpty == true)
            for header in [noPreamble, noMeta] {
                #expect(header.transferSyntax == truth.transferSyntax, "\(name)")
                #expect(header.dataSet.elements.map(\.tag) == truth.dataSet.elements.map(\.tag), "\(name)")
            }
        }
    }

    @Test func `the header is there before the pixels, and the reader goes on to the end`() throws {
        let bytes = try Wheel.bytes("CT_small.dcm")
        let truth = try ObjectHeader.wheel("CT_small.dcm")
        let pixels = Int(try #require(truth.pixelDataOffset))
        var reader = ObjectHeaderReader(byteCount: nil)
        guard case .needsMore = try reader.feed(bytes[..<pixels]) else { throw DICOMError(.malformed, "too early") }
        guard case .done(let header) = try reader.feed(bytes[pixels..<pixels + 12]) else { throw DICOMError(.malformed, "too late") }
        #expect(header.dataSetEnd == nil)
        #expect(header.dataSet.string(.modality) == "CT")
        _ = try reader.feed(bytes[(pixels + 12)...])
        #expect(try reader.finish()?.dataSetEnd == Int64(bytes.count))
    }

    @Test func `a fragment that is missing its delimiter is found`() throws {
        let bytes = try Wheel.bytes("JPEG2000.dcm")
        var reader = ObjectHeaderReader(byteCount: Int64(bytes.count - 8))
        let error = #expect(throws: DICOMError.self) { try reader.read(Array(bytes.dropLast(8))) }
        #expect(error?.code == .truncated)
        #expect(error?.tag == .pixelData)
    }

    @Test func `a copy of a reader goes its own way`() throws {
        let bytes = try Wheel.bytes("image_dfl.dcm")
        let half = bytes.count / 2
        var first = ObjectHeaderReader(byteCount: nil, digestsPixels: true)
        _ = try first.feed(bytes[..<half])
        var second = first
        _ = try first.feed(bytes[half...])
        _ = try second.feed(bytes[half...])
        #expect(try first.finish() != nil && second.finish() != nil)
        #expect(first.pixelDigest == second.pixelDigest)
    }

    @Test func `implicit items within an explicit data set are read, and the other way round`() throws {
        let implicitItem: [UInt8] = [0xFE, 0xFF, 0x00, 0xE0, 10, 0, 0, 0, 0x08, 0, 0x50, 0x11, 2, 0, 0, 0] + "1\0".utf8
        let explicitItem: [UInt8] = [0xFE, 0xFF, 0x00, 0xE0, 10, 0, 0, 0, 0x08, 0, 0x50, 0x11] + "UI".utf8 + [2, 0] + "1\0".utf8
        let tag = DICOM.Tag(0x0008, 0x1115)
        for (syntax, item) in [(TransferSyntax.explicitVRLittleEndian, implicitItem), (.implicitVRLittleEndian, explicitItem)] {
            var dataSet = DataSet(as: syntax)
            try dataSet.set(tag, vr: .SQ, value: item)
            let items = try DataSet(parsing: dataSet.encode(as: syntax), as: syntax).items(tag)
            #expect(items.first?.string(DICOM.Tag(0x0008, 0x1150)) == "1")
        }
    }

    @Test func `absent and empty are told apart`() throws {
        var dataSet = DataSet()
        try dataSet.set(.patientID, "")
        #expect(dataSet.string(.patientID) == "")
        #expect(dataSet.string(.patientName) == nil)
        #expect(dataSet.strings(.patientID) == [])
    }
}
