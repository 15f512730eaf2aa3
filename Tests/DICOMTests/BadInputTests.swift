import Testing

@testable import DICOM

@Suite struct BadInputTests {
    /// Small objects of each encoding, with sequences.
    private static let names = [
        "rtplan_truncated.dcm", "nested_priv_SQ.dcm", "UN_sequence.dcm", "MR_small_bigendian.dcm", "image_dfl.dcm",
        "no_meta.dcm", "SC_rgb_jpeg.dcm",
    ]

    @Test func `a file cut anywhere is never whole, and no cut is a crash`() throws {
        for name in ["UN_sequence.dcm", "nested_priv_SQ.dcm", "priv_SQ.dcm", "reportsi.dcm"] {
            let bytes = try Wheel.bytes(name)
            let boundaries = try elementBoundaries(bytes)
            let wrong = (0..<bytes.count).filter { cut in
                let header = try? ObjectHeader.read(Array(bytes[..<cut]), pieceByteCount: 64)
                // Between two elements, or up to seven bytes behind, a shorter object is a whole one.
                return header?.dataSetEnd.map { !boundaries.contains($0) } ?? false
            }
            #expect(wrong == [], "\(name)")
        }
    }

    /// Offsets at which a data set may end: after each element of the top level.
    private func elementBoundaries(_ bytes: [UInt8]) throws -> Set<Int64> {
        guard let header = try ObjectHeader.read(bytes) else { return [] }
        let ends = header.dataSet.records.map { $0.sourceOffset + $0.byteCount }
        return Set(ends + [Int64(bytes.count)])
    }

    @Test func `a cut says where and in which element, and the fields before it can be read`() throws {
        let bytes = try Wheel.bytes("CT_small.dcm")
        var reader = ObjectHeaderReader(byteCount: 10_000)
        let error = #expect(throws: DICOMError.self) { try reader.read(Array(bytes[..<10_000])) }
        #expect(error?.code == .truncated)
        #expect(error?.tag == .pixelData)
        #expect(reader.headerSoFar?.dataSet.string(.patientID) == "1CT1")
    }

    @Test func `a cut within the header keeps what stands before it`() throws {
        let bytes = try Wheel.bytes("CT_small.dcm")
        var reader = ObjectHeaderReader(byteCount: 1_500)
        #expect(throws: DICOMError.self) { try reader.read(Array(bytes[..<1_500])) }
        #expect(reader.headerSoFar?.dataSet.string(.sopInstanceUID)?.isEmpty == false)
    }

    @Test func `a delimiter among the elements of a data set is an error, and nothing behind it is lost`() throws {
        let element: [UInt8] = [0x10, 0, 0x20, 0, 0x4C, 0x4F, 2, 0, 0x41, 0x42]
        let delimiter: [UInt8] = [0xFE, 0xFF, 0x0D, 0xE0, 0, 0, 0, 0]
        let error = #expect(throws: DICOMError.self) { try DataSet(parsing: element + delimiter + element, as: .explicitVRLittleEndian) }
        #expect(error?.code == .malformed)
        #expect(error?.offset == 10)
        #expect(try DataSet(parsing: element + [0, 0, 0, 0], as: .explicitVRLittleEndian).count == 1)
    }

    @Test func `an item with more than its elements is written as it was, and not written anew`() throws {
        let item: [UInt8] = [0xFE, 0xFF, 0, 0xE0, 14, 0, 0, 0, 0x08, 0, 0, 1, 0x53, 0x48, 2, 0, 0x41, 0x42, 1, 2, 3, 4]
        let bytes: [UInt8] = [0x40, 0, 0x75, 2, 0x53, 0x51, 0, 0, UInt8(item.count), 0, 0, 0] + item
        let dataSet = try DataSet(parsing: bytes, as: .explicitVRLittleEndian)
        #expect(try dataSet.encode(as: .explicitVRLittleEndian) == bytes)
        let error = #expect(throws: DICOMError.self) { try dataSet.encode(as: .implicitVRLittleEndian) }
        #expect(error?.code == .malformed)
    }

    @Test func `sequences of defined length in sequences are written anew 64 deep and no deeper`() throws {
        for (depth, code) in [(64, nil), (65, .limit), (2_000, .limit)] as [(Int, DICOMError.Code?)] {
            var bytes: [UInt8] = []
            for _ in 0..<depth {
                var front: [UInt8] = [0x40, 0, 0x75, 2, 0x53, 0x51, 0, 0]
                front.append(UInt32(bytes.count + 8), bigEndian: false)
                front += [0xFE, 0xFF, 0, 0xE0]
                front.append(UInt32(bytes.count), bigEndian: false)
                bytes = front + bytes
            }
            let dataSet = try DataSet(parsing: bytes, as: .explicitVRLittleEndian)
            var found: DICOMError.Code?
            do { _ = try dataSet.encode(as: .implicitVRLittleEndian) } catch { found = error.code }
            #expect(found == code, "\(depth) deep")
            #expect(dataSet.elementDigests?.entries.count == 1)
            let taken = try Self.taken(from: dataSet)
            #expect(taken.depth == min(depth, 64))
            #expect(taken.error?.code == code)
        }
    }

    /// How often an item can be taken out of an item, and what ends that.
    private static func taken(from dataSet: DataSet) throws -> (depth: Int, error: DICOMError?) {
        var (depth, inner) = (0, dataSet)
        while !inner.isEmpty {
            do {
                inner = try #require(try inner.items(Tag(0x0040, 0x0275)).first)
                depth += 1
            } catch let error as DICOMError {
                return (depth, error)
            }
        }
        return (depth, nil)
    }

    @Test func `fragments of pixels are not written big endian, where they could not be read`() throws {
        let front: [UInt8] = [0xE0, 0x7F, 0x10, 0, 0x4F, 0x42, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF]
        let bytes = front + [0xFE, 0xFF, 0, 0xE0, 2, 0, 0, 0, 1, 2, 0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0]
        let dataSet = try DataSet(parsing: bytes, as: .explicitVRLittleEndian)
        let error = #expect(throws: DICOMError.self) { try dataSet.encode(as: .explicitVRBigEndian) }
        #expect(error?.code == .value)
        #expect(try dataSet.encode(as: .explicitVRLittleEndian) == bytes)
    }

    @Test func `more elements than a data set may have are a limit`() throws {
        let element: [UInt8] = [0x09, 0, 0x01, 0x10, 0, 0, 0, 0]
        let front: [UInt8] = [0x08, 0, 0x16, 0, 0, 0, 0, 0]
        let bytes = front + Array(repeatElement(element, count: DataSet.maximumElementCount).joined())
        let error = #expect(throws: DICOMError.self) { try DataSet(parsing: bytes, as: .implicitVRLittleEndian) }
        #expect(error?.code == .limit)
        let fault = #expect(throws: DICOMError.self) { try ObjectHeader.read(bytes) }
        #expect(fault?.code == .limit)
    }

    @Test func `more items than a sequence may have are a limit, and are digested one by one`() throws {
        let item: [UInt8] = [0xFE, 0xFF, 0, 0xE0, 0, 0, 0, 0]
        let count = DataSet.maximumItemCount + 1
        var bytes: [UInt8] = [0x40, 0, 0x75, 2]
        bytes.append(UInt32(8 * count), bigEndian: false)
        bytes += Array(repeatElement(item, count: count).joined())
        let dataSet = try DataSet(parsing: bytes, as: .implicitVRLittleEndian)
        let error = #expect(throws: DICOMError.self) { try dataSet.items(Tag(0x0040, 0x0275)) }
        #expect(error?.code == .limit)
        #expect(error?.tag == Tag(0x0040, 0x0275))
        let explicit = try DataSet(parsing: dataSet.encode(as: .explicitVRLittleEndian), as: .explicitVRLittleEndian)
        #expect(explicit.elementDigests == dataSet.elementDigests)
    }

    @Test func `what is wrong within an item is told with its place in the file`() throws {
        var bytes: [UInt8] = [0x08, 0, 0x60, 0, 2, 0, 0, 0, 0x43, 0x54, 0x08, 0, 0x70, 0, 2, 0, 0, 0, 0x41, 0x42]
        // A value that is passed over, so that what follows lies elsewhere in memory than in the file.
        let longCount = ObjectHeaderReader.maximumKeptValueByteCount + 2
        bytes += [0x09, 0, 0x01, 0x10]
        bytes.append(UInt32(longCount), bigEndian: false)
        bytes += [UInt8](repeating: 1, count: longCount)
        let sequence = bytes.count
        // A sequence, an item, a sequence in it, an item, and an element that is longer than that.
        bytes += [0x40, 0, 0x75, 2, 32, 0, 0, 0, 0xFE, 0xFF, 0, 0xE0, 24, 0, 0, 0]
        bytes += [0x40, 0, 0x08, 0, 16, 0, 0, 0, 0xFE, 0xFF, 0, 0xE0, 8, 0, 0, 0]
        bytes += [0x08, 0, 0x00, 1, 100, 0, 0, 0]
        let header = try #require(try ObjectHeader.read(bytes))
        let outer = try #require(try header.dataSet.items(Tag(0x0040, 0x0275)).first)
        let error = #expect(throws: DICOMError.self) { try outer.items(Tag(0x0040, 0x0008)) }
        #expect(error?.code == .truncated)
        #expect(error?.tag == Tag(0x0008, 0x0100))
        #expect(error?.offset == Int64(sequence) + 32)
    }

    @Test func `a character set is the same whatever it is written as, in whatever byte order`() throws {
        var bytes = try ElementWriter(encoding: .explicitLittleEndian).element(.specificCharacterSet, vr: .SS, value: Array("GB18030 ".utf8))
        bytes += try ElementWriter(encoding: .explicitLittleEndian).element(.patientName, vr: .PN, value: [0xCD, 0xF5, 0x5E, 0xD0, 0xA1, 0x20])
        let dataSet = try DataSet(parsing: bytes, as: .explicitVRLittleEndian)
        #expect(dataSet.string(.patientName) == "王^小")
        for syntax in [TransferSyntax.explicitVRBigEndian, .implicitVRLittleEndian] {
            let again = try DataSet(parsing: dataSet.encode(as: syntax), as: syntax)
            #expect(again.elementDigests == dataSet.elementDigests)
            #expect(again.string(.patientName) == "王^小")
        }
        var inSequence = try ElementWriter(encoding: .explicitLittleEndian).element(.specificCharacterSet, vr: .SQ, value: [])
        inSequence += bytes.suffix(14)
        #expect(try DataSet(parsing: inSequence, as: .explicitVRLittleEndian).characterSet == .defaultRepertoire)
    }

    @Test func `what stands in the place of former records of changes is not made into something else`() throws {
        var dataSet = DataSet()
        try dataSet.set(.sopClassUID, "1.2.840.10008.5.1.4.1.1.7")
        try dataSet.set(.sopInstanceUID, "1.2.3")
        // The second one is too long to be kept.
        let others = [(VR.CS, Array("GR".utf8)), (.OB, [UInt8](repeating: 7, count: ObjectHeaderReader.maximumKeptValueByteCount + 2))]
        for (vr, value) in others {
            try dataSet.set(.originalAttributesSequence, vr: vr, value: value)
            let header = try #require(try ObjectHeader.read(dataSet.encode(as: .explicitVRLittleEndian)))
            let record = CoercionRecord(modifyingSystem: "SKEIN", dateTime: "20260101120000")
            let error = #expect(throws: DICOMError.self) { try header.coerced(by: Coercion([.init(.accessionNumber, "A1")]), record: record) }
            #expect(error?.code == .malformed)
            #expect(error?.tag == .originalAttributesSequence)
        }
    }

    @Test func `an element without a representation is not read otherwise after a change, or there is none`() throws {
        // For a length of 32 bits there is no room behind it: it has one of 16.
        let blank: [UInt8] = [0x20, 0, 0x30, 0x37, 0x06, 0, 0, 0]
        let front = try ElementWriter(encoding: .explicitLittleEndian).element(.modality, vr: .CS, value: Array("CT".utf8))
        var dataSet = try DataSet(parsing: front + blank, as: .explicitVRLittleEndian)
        #expect(try dataSet.encode(as: .explicitVRLittleEndian) == front + blank)
        try dataSet.set(.accessionNumber, "A1")
        #expect(try DataSet(parsing: dataSet.encode(as: .explicitVRLittleEndian), as: .explicitVRLittleEndian).string(.accessionNumber) == "A1")
        try dataSet.set(.rows, UInt16(7))
        let error = #expect(throws: DICOMError.self) { try dataSet.encode(as: .explicitVRLittleEndian) }
        #expect(error?.code == .malformed)
        #expect(error?.tag == Tag(0x0020, 0x3730))
    }

    @Test func `items are no text, whatever tag they stand under`() throws {
        let names: [UInt8] = [0x08, 0, 0x30, 0x10, 2, 0, 0, 0, 0x41, 0x20, 0x08, 0, 0x30, 0x10, 0xFF, 0xFF, 0xFF, 0xFF]
        let dataSet = try DataSet(parsing: names + [0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0], as: .implicitVRLittleEndian)
        #expect(dataSet.count == 2)
        #expect(dataSet.string(.studyDescription) == nil)
    }

    @Test func `an undefined length is not written where there are 16 bits for it`() throws {
        let writer = ElementWriter(encoding: .explicitLittleEndian)
        let error = #expect(throws: DICOMError.self) { try writer.head(.patientName, vr: .PN, length: nil) }
        #expect(error?.code == .value)
        #expect(error?.tag == .patientName)
        #expect(try writer.head(.item, vr: .LO, length: nil).suffix(4) == [0xFF, 0xFF, 0xFF, 0xFF])
        #expect(try ElementWriter(encoding: .implicitLittleEndian).head(.patientName, vr: .PN, length: nil).suffix(4) == [0xFF, 0xFF, 0xFF, 0xFF])
    }

    @Test func `flipped bytes cost an error at most`() throws {
        var numbers = SeededNumbers(state: 20_260_101)
        for name in Self.names {
            let bytes = try Wheel.bytes(name)
            for _ in 0..<150 {
                var flipped = bytes
                for _ in 0..<Int.random(in: 1...8, using: &numbers) {
                    flipped[Int.random(in: 0..<min(bytes.count, 4_000), using: &numbers)] = .random(in: 0...255, using: &numbers)
                }
                var reader = ObjectHeaderReader(byteCount: Int64(flipped.count), digestsPixels: true)
                let header = (try? reader.read(flipped, pieceByteCount: 1_000)) ?? reader.headerSoFar
                for element in header?.dataSet.elements.map({ $0 }) ?? [] {
                    _ = header?.dataSet.string(element.tag)
                    _ = try? header?.dataSet.items(element.tag)
                }
            }
        }
    }

    @Test func `a length beyond the file is found before its bytes are waited for`() throws {
        var bytes = try Wheel.bytes("UN_sequence.dcm")
        let index = try #require(try ObjectHeader.read(bytes)?.dataSet.records.last?.sourceOffset)
        bytes.replaceSubrange(Int(index) + 4..<Int(index) + 12, with: Array("UN".utf8) + [0, 0, 0xF0, 0xFF, 0xFF, 0x7F])
        var reader = ObjectHeaderReader(byteCount: Int64(bytes.count))
        let error = #expect(throws: DICOMError.self) { try reader.read(bytes) }
        #expect(error?.code == .truncated)
        #expect(error?.offset == index)
    }

    @Test func `sequences nested deeper than the bound are refused`() throws {
        var value: [UInt8] = []
        for _ in 0...ElementScanner.maximumDepth {
            // An undefined sequence with an undefined item, never closed.
            value += [0x09, 0x00, 0x10, 0x10, 0xFF, 0xFF, 0xFF, 0xFF, 0xFE, 0xFF, 0x00, 0xE0, 0xFF, 0xFF, 0xFF, 0xFF]
        }
        let error = #expect(throws: DICOMError.self) { try DataSet(parsing: value, as: .implicitVRLittleEndian) }
        #expect(error?.code == .limit)
    }

    @Test func `a header longer than the bound is refused`() throws {
        var reader = ObjectHeaderReader(byteCount: nil)
        var start = DataSet(as: .implicitVRLittleEndian)
        try start.set(.sopClassUID, "1.2")
        try start.set(.sopInstanceUID, "1.3")
        var bytes = try start.encode(as: .implicitVRLittleEndian)
        // A sequence that never ends, of items of one mebibyte.
        bytes += [0x08, 0x00, 0x15, 0x11, 0xFF, 0xFF, 0xFF, 0xFF]
        _ = try reader.feed(bytes)
        let item: [UInt8] = [0xFE, 0xFF, 0x00, 0xE0, 0, 0, 0x10, 0] + [UInt8](repeating: 0, count: 1 << 20)
        let error = #expect(throws: DICOMError.self) {
            for _ in 0...ObjectHeaderReader.maximumHeaderByteCount >> 20 { _ = try reader.feed(item) }
        }
        #expect(error?.code == .limit)
    }

    @Test func `what is no DICOM is told from what is`() throws {
        let junk: [[UInt8]] = [
            [], [0x08], Array("[autorun]\r\nopen=viewer.exe\r\n".utf8), [UInt8](repeating: 0, count: 5_000),
            [0xFF, 0xD8, 0xFF, 0xE0] + [UInt8](repeating: 7, count: 900), Array("MZ".utf8) + [UInt8](repeating: 0x90, count: 900),
            [0x08, 0x00] + [UInt8](repeating: 0x41, count: 400),
        ]
        for bytes in junk { #expect(try ObjectHeader.read(bytes)?.transferSyntax == nil) }
    }

    @Test func `zeros and stray bytes behind the data set are no part of it`() throws {
        for name in ["CT_small.dcm", "UN_sequence.dcm", "reportsi.dcm"] {
            let bytes = try Wheel.bytes(name)
            let header = try #require(try ObjectHeader.read(bytes))
            for trailing in [[0, 0, 0], [UInt8](repeating: 0, count: 700)] as [[UInt8]] {
                let padded = try #require(try ObjectHeader.read(bytes + trailing))
                #expect(padded.dataSetEnd == header.dataSetEnd, "\(name)")
                #expect(padded.trailingByteCount == Int64(trailing.count), "\(name)")
            }
        }
    }

    @Test func `a damaged deflated data set is an error`() throws {
        var bytes = try Wheel.bytes("image_dfl.dcm")
        #expect(throws: DICOMError.self) { try ObjectHeader.read(Array(bytes[..<(bytes.count / 2)])) }
        for index in bytes.count / 2..<bytes.count / 2 + 400 { bytes[index] = 0xFF }
        #expect(throws: DICOMError.self) { try ObjectHeader.read(bytes) }
    }
}

