import Testing

@testable import DICOM

/// What becomes of elements that are written in another encoding.
@Suite struct ConversionTests {
    private static let padding = Tag(0x0028, 0x0120)
    private static let table = Tag(0x0028, 0x3000)
    private static let record = CoercionRecord(modifyingSystem: "SKEIN", dateTime: "20260102030405.000000+0900")

    /// An item with a look-up table that begins at -2000, or at 63536.
    private func lookUpTable(pixelRepresentation: UInt16?, entries: Int) throws -> DataSet {
        var item = DataSet(as: .implicitVRLittleEndian)
        if let pixelRepresentation { try item.set(.pixelRepresentation, pixelRepresentation) }
        try item.set(Tag(0x0028, 0x3002), vr: .US, value: [4, 0, 0x30, 0xF8, 16, 0])
        try item.set(Tag(0x0028, 0x3006), vr: .OW, value: [UInt8](repeating: 1, count: 2 * entries))
        return item
    }

    private func implicit(pixelRepresentation: UInt16) throws -> DataSet {
        var dataSet = DataSet(as: .implicitVRLittleEndian)
        try dataSet.set(.sopClassUID, "1.2")
        try dataSet.set(.sopInstanceUID, "1.3")
        try dataSet.set(.pixelRepresentation, pixelRepresentation)
        try dataSet.set(Self.padding, vr: .US, value: [0x30, 0xF8])
        try dataSet.set(Self.table, items: [
            lookUpTable(pixelRepresentation: nil, entries: 4), lookUpTable(pixelRepresentation: 0, entries: 40_000),
        ])
        try dataSet.set(Tag(0x6000, 0x3000), vr: .OB, value: [1, 2])
        return try DataSet(parsing: dataSet.encode(as: .implicitVRLittleEndian), as: .implicitVRLittleEndian)
    }

    @Test func `implicit values become signed ones where the samples are, as dcmdump reads them`() throws {
        let bytes = try implicit(pixelRepresentation: 1).encode(as: .explicitVRLittleEndian)
        let text = try DCMTK.dump(PartTen.bytes(dataSet: bytes, syntax: .explicitVRLittleEndian))
        #expect(text.contains("(0028,0120) SS -2000 "))
        // The first table takes the sign of the data set, the second has a Pixel Representation of its own.
        #expect(text.contains("(0028,3002) SS 4\\-2000\\16 "))
        #expect(text.contains("(0028,3002) US 4\\63536\\16 "))
        let unsigned = try implicit(pixelRepresentation: 0).encode(as: .explicitVRLittleEndian)
        #expect(try DataSet(parsing: unsigned, as: .explicitVRLittleEndian)[Self.padding]?.vr == .US)
    }

    @Test func `values of words, and numbers too many for a short length, become OW`() throws {
        let bytes = try implicit(pixelRepresentation: 1).encode(as: .explicitVRLittleEndian)
        let dataSet = try DataSet(parsing: bytes, as: .explicitVRLittleEndian)
        #expect(try dataSet.items(Self.table).map { $0[Tag(0x0028, 0x3006)]?.vr } == [.US, .OW])
        #expect(dataSet[Tag(0x6000, 0x3000)]?.vr == .OW)
    }

    @Test func `every element that PS3.6 leaves open between US and SS takes the sign`() {
        for (element, representations) in [(0x0106, [VR.US, .SS]), (0x1101, [.US, .SS]), (0x1200, [.US, .SS, .OW])] as [(UInt16, [VR])] {
            let tag = Tag(0x0028, element)
            #expect(DataDictionary.representations(of: tag) == representations)
            #expect(OpenRepresentation(hasSignedPixels: true).vr(of: tag, byteCount: 6) == .SS)
            #expect(OpenRepresentation(hasSignedPixels: false).vr(of: tag, byteCount: 6) == .US)
        }
        #expect(OpenRepresentation(hasSignedPixels: true).vr(of: .rows, byteCount: 2) == nil)
    }

    @Test func `items behind the pixels take the sign of what stands before these`() throws {
        var item = DataSet(as: .implicitVRLittleEndian)
        try item.set(Self.padding, vr: .US, value: [0x30, 0xF8])
        var behind = DataSet(as: .implicitVRLittleEndian)
        try behind.set(Self.table, items: [item])
        let trailing = try DataSet(
            parsing: behind.encode(as: .implicitVRLittleEndian), as: .implicitVRLittleEndian, behind: implicit(pixelRepresentation: 1))
        let written = try DataSet(parsing: trailing.encode(as: .explicitVRLittleEndian), as: .explicitVRLittleEndian)
        #expect(try written.items(Self.table)[0][Self.padding]?.vr == .SS)
    }

    @Test func `group lengths are right in what is written anew, in items too`() throws {
        var item = DataSet(as: .implicitVRLittleEndian)
        try item.set(Tag(0x0040, 0), UInt32(10))
        try item.set(Tag(0x0040, 0x4005), vr: .DT, value: Array("20".utf8))
        var dataSet = DataSet(as: .implicitVRLittleEndian)
        try dataSet.set(Tag(0x0010, 0), UInt32(10))
        try dataSet.set(.patientID, "1")
        try dataSet.set(Tag(0x0032, 0), UInt32(0))
        try dataSet.set(Tag(0x0032, 0x1064), items: [item, item])
        try dataSet.set(Tag(0x0040, 0), UInt32(10))
        try dataSet.set(Tag(0x0040, 0x4011), vr: .DT, value: Array("20".utf8))
        // A sequence is two elements of a length of 32 bits: twelve bytes each, and those of the items.
        let explicit = try DataSet(parsing: dataSet.encode(as: .explicitVRLittleEndian), as: .explicitVRLittleEndian)
        #expect(explicit.integer(Tag(0x0010, 0)) == 10)
        #expect(explicit.integer(Tag(0x0032, 0)) == 12 + 2 * (8 + 12 + 10))
        try dataSet.set(Tag(0x0009, 0), UInt32(10))
        try dataSet.set(Tag(0x0009, 0x1001), vr: .UN, value: [1, 2])
        let longer = try DataSet(parsing: dataSet.encode(as: .explicitVRLittleEndian), as: .explicitVRLittleEndian)
        #expect(longer.integer(Tag(0x0009, 0)) == 14)
        try item.set(Tag(0x0040, 0x0275), items: [])
        try dataSet.set(Tag(0x0032, 0x1064), items: [item])
        let inner = try DataSet(parsing: dataSet.encode(as: .explicitVRLittleEndian), as: .explicitVRLittleEndian)
        #expect(try inner.items(Tag(0x0032, 0x1064))[0].integer(Tag(0x0040, 0)) == 10 + 12)
    }

    @Test func `implicit elements before encapsulated pixels are sent explicit, with the right lengths of groups`() throws {
        var dataSet = DataSet(as: .implicitVRLittleEndian)
        try dataSet.set(Tag(0x0008, 0), UInt32(12 + 12 + 12))
        try dataSet.set(.lengthToEnd, UInt32(5000))
        try dataSet.set(.sopClassUID, "1.2")
        try dataSet.set(.sopInstanceUID, "1.3")
        try dataSet.set(Tag(0x0009, 0), UInt32(200_008))
        try dataSet.set(Tag(0x0009, 0x1010), vr: .UN, value: [UInt8](repeating: 7, count: 200_000))
        try dataSet.set(.pixelRepresentation, UInt16(1))
        try dataSet.set(Self.padding, vr: .US, value: [0x30, 0xF8])
        try dataSet.set(Tag(0x7FE0, 0), UInt32(30))
        let pixels: [UInt8] = [0xE0, 0x7F, 0x10, 0, 0xFF, 0xFF, 0xFF, 0xFF]
            + [0xFE, 0xFF, 0, 0xE0, 0, 0, 0, 0, 0xFE, 0xFF, 0, 0xE0, 2, 0, 0, 0, 1, 2, 0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0]
        var behind = DataSet(as: .implicitVRLittleEndian)
        try behind.set(Tag(0xFFFC, 0xFFFC), vr: .OB, value: [0, 0])
        let file = try PartTen.bytes(
            dataSet: dataSet.encode(as: .implicitVRLittleEndian) + pixels + behind.encode(as: .implicitVRLittleEndian),
            syntax: TransferSyntax(uid: "1.2.840.10008.1.2.4.70"))
        let header = try #require(try ObjectHeader.read(file))
        #expect(!header.dataSet.encoding.isExplicitVR)
        let object = try header.coerced(by: Coercion([]), record: Self.record) { Array(file[Int($0.lowerBound)..<Int($0.upperBound)]) }
        let sent = try DataSet(parsing: object.bytes(from: file), as: .explicitVRLittleEndian)
        #expect(sent[Tag(0x0009, 0x1010)]?.value?.count == 200_000)
        #expect(sent.integer(Tag(0x0009, 0)) == 200_012)
        #expect(sent.integer(Tag(0x0008, 0)) == 12 + 12)
        #expect(!sent.contains(.lengthToEnd) && !sent.contains(Tag(0x7FE0, 0)))
        #expect(sent[Self.padding]?.vr == .SS)
        #expect(sent[.pixelData]?.hasUndefinedLength == true)
        #expect(object.bytes(from: file).suffix(14) == [0xFC, 0xFF, 0xFC, 0xFF, 0x4F, 0x42, 0, 0, 2, 0, 0, 0, 0, 0])
    }

    @Test(arguments: [TransferSyntax.implicitVRLittleEndian, .explicitVRBigEndian])
    func `pixels that cannot be fragments are none, whatever the meta header says`(syntax: TransferSyntax) throws {
        let writer = ElementWriter(encoding: syntax.encoding)
        var dataSet = DataSet(as: syntax)
        try dataSet.set(.sopClassUID, "1.2")
        try dataSet.set(.sopInstanceUID, "1.3")
        let empty = try writer.element(.pixelData, vr: .OW, value: [])
        let delimiter = try writer.head(.sequenceDelimitation, vr: .UN, length: 0)
        let float = try writer.head(Tag(0x7FE0, 0x0008), vr: .OF, length: nil) + delimiter
        for pixels in [empty, float] {
            let file = try PartTen.bytes(dataSet: dataSet.encode(as: syntax) + pixels, syntax: TransferSyntax(uid: "1.2.840.10008.1.2.4.70"))
            let header = try #require(try ObjectHeader.read(file))
            #expect(header.transferSyntax == syntax)
            let object = try header.coerced(by: Coercion([]), record: Self.record)
            #expect(object.bytes(from: file).suffix(pixels.count) == pixels[...])
            #expect(object.segments == [.source(header.dataSetOffset..<Int64(file.count))])
        }
    }

    /// An element of this representation in the long form, with one item that has the number of rows.
    private func sequence(_ tag: DICOM.Tag, writtenAs vr: VR, as syntax: TransferSyntax) throws -> [UInt8] {
        var item = DataSet(as: syntax)
        try item.set(.rows, UInt16(7))
        let writer = ElementWriter(encoding: syntax.encoding)
        return try writer.element(tag, vr: vr, value: writer.item(item.encode(as: syntax)))
    }

    @Test(arguments: ["SJ", "OB", "OW", "UN"])
    func `a sequence that is written as something else is the same in each byte order`(written: String) throws {
        let letters = Array(written.utf8)
        let vr = VR(letters[0], letters[1])
        let explicit = [TransferSyntax.explicitVRBigEndian, .explicitVRLittleEndian]
        // Items of UN are implicit in little endian (PS3.5 §6.2.2).
        for (source, target) in [(explicit[0], explicit[1]), (explicit[1], explicit[0])] where vr != .UN || source.encoding.isBigEndian {
            let dataSet = try DataSet(parsing: sequence(Tag(0x0032, 0x1064), writtenAs: vr, as: source), as: source)
            let again = try DataSet(parsing: dataSet.encode(as: target), as: target)
            #expect(try again.items(Tag(0x0032, 0x1064)).map { $0.integer(.rows) } == [7])
            #expect(again.elementDigests == dataSet.elementDigests)
        }
    }

    @Test(arguments: ["SJ", "OB", "OW", "UN"])
    func `implicit items in a private element are the same in each byte order`(written: String) throws {
        let letters = Array(written.utf8)
        let value = try sequence(Tag(0x0009, 0x1001), writtenAs: .UN, as: .implicitVRLittleEndian).dropFirst(8)
        let bytes = try ElementWriter(encoding: TransferSyntax.explicitVRLittleEndian.encoding)
            .element(Tag(0x0009, 0x1001), vr: VR(letters[0], letters[1]), value: Array(value))
        let dataSet = try DataSet(parsing: bytes, as: .explicitVRLittleEndian)
        let again = try DataSet(parsing: dataSet.encode(as: .explicitVRBigEndian), as: .explicitVRBigEndian)
        #expect(again.consistsOfItems)
        #expect(again.elementDigests == dataSet.elementDigests)
    }

    @Test func `bytes that are no items stay bytes under a tag that is known for a sequence`() throws {
        let writer = ElementWriter(encoding: TransferSyntax.explicitVRBigEndian.encoding)
        let bytes = try writer.element(Tag(0x0032, 0x1064), vr: .OB, value: [1, 2, 3, 4])
        let dataSet = try DataSet(parsing: bytes, as: .explicitVRBigEndian)
        let again = try DataSet(parsing: dataSet.encode(as: .explicitVRLittleEndian), as: .explicitVRLittleEndian)
        #expect(again[Tag(0x0032, 0x1064)]?.value.map(Array.init) == [1, 2, 3, 4])
        #expect(again[Tag(0x0032, 0x1064)]?.vr == .OB)
    }

    /// Each as the bytes of a data set that is written in one syntax and then in another.
    private static let odd: [(hex: String, source: TransferSyntax, target: TransferSyntax)] = [
        // Overlay data, of which an implicit data set does not say whether it is bytes or words.
        ("00600030 02000000 0102", .implicitVRLittleEndian, .explicitVRBigEndian),
        // An explicit item, with LO for CS, in an element without representation.
        ("09001010 12000000 FEFF00E0 0A000000 08006000 4C4F 0200 4D52", .explicitVRLittleEndian, .implicitVRLittleEndian),
        // Items as bytes of numbers, in big endian.
        ("00091010 4F57 0000 00000010 FFFEE000 00080000 00091011 00000000", .explicitVRBigEndian, .explicitVRLittleEndian),
        ("00091010 554E 0000 00000008 FFFEE000 00000000", .explicitVRBigEndian, .explicitVRLittleEndian),
    ]

    @Test(arguments: odd.indices)
    func `odd elements mean the same in another encoding, or are not written there`(index: Int) throws {
        let (hex, source, target) = Self.odd[index]
        let dataSet = try DataSet(parsing: Self.bytes(hex), as: source)
        let digests = try #require(dataSet.elementDigests)
        guard let written = try? dataSet.encode(as: target) else { return #expect(index == 2) }
        #expect(try DataSet(parsing: written, as: target).elementDigests == digests)
        #expect(index != 2)
    }

    private static func bytes(_ hex: String) -> [UInt8] {
        let digits = Array(hex.utf8.filter { $0 != 0x20 })
        return stride(from: 0, to: digits.count, by: 2).map { UInt8(String(decoding: digits[$0...$0 + 1], as: UTF8.self), radix: 16)! }
    }

    @Test func `encapsulated pixels that are no fragments are not written in another encoding`() throws {
        let bytes = Self.bytes(
            "E07F1000 4F420000 FFFFFFFF FEFF00E0 FFFFFFFF 08006000 4C4F0200 4D52 FEFF0DE0 00000000 FEFFDDE0 00000000")
        let dataSet = try DataSet(parsing: bytes, as: .explicitVRLittleEndian)
        #expect(try dataSet.encode(as: .explicitVRLittleEndian) == bytes)
        let error = #expect(throws: DICOMError.self) { try dataSet.encode(as: .implicitVRLittleEndian) }
        #expect(error?.code == .malformed)
        #expect(error?.tag == .pixelData)
    }

    @Test func `an explicit item in an implicit data set may begin with any representation that its tag has`() throws {
        var item = DataSet()
        try item.set(Tag(0x0028, 0x3002), vr: .SS, value: [1, 0, 2, 0, 16, 0])
        var bytes = try item.encode(as: .explicitVRLittleEndian)
        bytes = try ElementWriter(encoding: .implicitLittleEndian).item(bytes)
        bytes = try ElementWriter(encoding: .implicitLittleEndian).element(Self.table, vr: .SQ, value: bytes)
        let items = try DataSet(parsing: bytes, as: .implicitVRLittleEndian).items(Self.table)
        #expect(items.map { $0[Tag(0x0028, 0x3002)]?.vr } == [.SS])
    }

    @Test func `a backslash divides values also before a combining mark`() throws {
        var dataSet = DataSet()
        try dataSet.set(.specificCharacterSet, "ISO_IR 192")
        try dataSet.set(Tag(0x0008, 0x1060), "A\\\u{301}B")
        #expect(dataSet.strings(Tag(0x0008, 0x1060)) == ["A", "\u{301}B"])
    }
}
