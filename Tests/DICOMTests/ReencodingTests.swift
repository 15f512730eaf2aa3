import Testing

@testable import DICOM

@Suite struct ReencodingTests {
    private static let record = CoercionRecord(modifyingSystem: "SKEIN", dateTime: "20260101120000")
    private static let inUTF8 = Coercion([.inUTF8])

    /// The object with these changes, and the same read again from its bytes.
    private func changed(_ name: String, by coercion: Coercion) throws -> (header: ObjectHeader, object: CoercedObject, after: ObjectHeader, sent: [UInt8]) {
        let bytes = try Wheel.bytes(name)
        let header = try #require(try ObjectHeader.read(bytes))
        let object = try header.coerced(by: coercion, record: Self.record)
        let sent = object.bytes(from: bytes)
        let after = try #require(try ObjectHeader.read(PartTen.bytes(dataSet: sent, syntax: header.transferSyntax)))
        return (header, object, after, sent)
    }

    @Test(arguments: ["chrKoreanMulti.dcm", "chrH31.dcm", "chrH32.dcm", "chrI2.dcm", "chrX2.dcm", "chrFren.dcm", "chrRuss.dcm", "chrSQEncoding1.dcm"])
    func `an object in UTF-8 says the same as before, and what its bytes were`(name: String) throws {
        let (header, object, after, sent) = try changed(name, by: Self.inUTF8)
        #expect(after.dataSet.string(.specificCharacterSet) == "ISO_IR 192")
        #expect(after.dataSet.string(.patientName) == header.dataSet.string(.patientName))
        let excluded: Set<DICOM.Tag> = [.originalAttributesSequence]
        #expect(ElementDigests(of: [after.dataSet], without: excluded) == ElementDigests(of: [header.dataSet], without: excluded))
        let tags = object.changes.map(\.tag)
        #expect(tags.contains(.specificCharacterSet))
        let item = try #require(try after.dataSet.items(.originalAttributesSequence).last)
        let originals = try item.items(.modifiedAttributesSequence)[0]
        for tag in tags {
            #expect(originals[tag]?.value.map { Array($0) } == header.dataSet[tag]?.value.map { Array($0) }, "\(tag)")
        }
        // dcmdump +U8 takes no heed of the character set of an item, which the originals have.
        let text = try DCMTK.dump(PartTen.bytes(dataSet: sent, syntax: header.transferSyntax))
        #expect(text.contains("[ISO_IR 192]"))
        if let name = header.dataSet.string(.patientName) { #expect(text.contains("[\(name)")) }
    }

    @Test func `a name in another script than the object's is written in UTF-8 if that is asked for, and only then`() throws {
        let name = Coercion.Change(.patientName, "HONG^GILDONG=洪^吉洞=홍^길동")
        let header = try ObjectHeader.wheel("chrFren.dcm")
        let description = Coercion.Change(.studyDescription, "가슴")
        #expect(throws: DICOMError.self) { try header.coerced(by: Coercion([name, description]), record: Self.record) }
        let (_, object, after, _) = try changed("chrFren.dcm", by: Coercion([name, description, .inUTF8]))
        #expect(after.dataSet.string(.patientName) == name.value)
        #expect(after.dataSet.string(.studyDescription) == "가슴")
        #expect(object.changes.first { $0.tag == .patientName }?.previous == header.dataSet.string(.patientName))
        #expect(object.changes.map(\.tag) == object.changes.map(\.tag).sorted())
    }

    @Test func `an object in UTF-8 stays as it is`() throws {
        let (_, object, _, _) = try changed("chrX1.dcm", by: Self.inUTF8)
        #expect(object.changes.isEmpty)
        #expect(object.segments.count == 1)
    }

    /// Explicit little endian: undeclared Korean, at the top and in a sequence, and a private element of unknown representation.
    private func korean(declaring set: String? = nil) throws -> [UInt8] {
        var item = DataSet()
        try item.set(Tag(0x0008, 0), UInt32(10))
        try item.set(.studyDescription, vr: .LO, value: [0xB0, 0xA1])
        var declaring = DataSet()
        try declaring.set(.specificCharacterSet, "ISO_IR 100")
        try declaring.set(.studyDescription, vr: .LO, value: [0xE9])
        var dataSet = DataSet()
        if let set { try dataSet.set(.specificCharacterSet, set) }
        try dataSet.set(.sopClassUID, "1.2")
        try dataSet.set(.sopInstanceUID, "1.3")
        try dataSet.set(Tag(0x0009, 0x1010), vr: .UN, value: [0xB0, 0xA1])
        try dataSet.set(.patientName, vr: .PN, value: [0xC8, 0xAB, 0x5E, 0xB1, 0xE6])
        try dataSet.set(Tag(0x0040, 0x0275), items: [item, declaring])
        return try dataSet.encode(as: .explicitVRLittleEndian)
    }

    private func header(_ bytes: [UInt8], assuming assumed: AssumedCharacterSet?) throws -> ObjectHeader {
        var reader = ObjectHeaderReader(byteCount: Int64(bytes.count), assuming: assumed)
        return try #require(try reader.read(bytes))
    }

    @Test func `text that is only assumed becomes UTF-8, its bytes are kept, and items with a set of their own stay`() throws {
        let bytes = try korean()
        let assumed = try header(bytes, assuming: AssumedCharacterSet("ISO 2022 IR 149"))
        #expect(assumed.dataSet.usesAssumedCharacterSet)
        let object = try assumed.coerced(by: Self.inUTF8, record: Self.record)
        let after = try DataSet(parsing: object.bytes(from: bytes), as: .explicitVRLittleEndian)
        #expect(after.string(.patientName) == "홍^길")
        #expect(after[Tag(0x0009, 0x1010)]?.value.map { Array($0) } == [0xB0, 0xA1])
        let items = try after.items(Tag(0x0040, 0x0275))
        #expect(items[0].string(.studyDescription) == "가")
        #expect(items[0].integer(Tag(0x0008, 0)) == 12)
        #expect(items[1].string(.studyDescription) == "é")
        #expect(items[1].string(.specificCharacterSet) == "ISO_IR 100")
        let record = try after.items(.originalAttributesSequence)[0]
        #expect(try record.items(.modifiedAttributesSequence)[0].string(.specificCharacterSet) == "")
        let bytesOfName = try record.items(.nonconformingModifiedAttributesSequence)[0][.nonconformingDataElementValue]?.value
        #expect(bytesOfName?.starts(with: [0xC8, 0xAB, 0x5E, 0xB1, 0xE6]) == true)
    }

    @Test func `text that no set explains is not written anew`() throws {
        for (set, assumed) in [(nil, nil), ("GB18030", nil), (nil, AssumedCharacterSet("ISO_IR 13"))] as [(String?, AssumedCharacterSet?)] {
            var bytes = try korean(declaring: set)
            if set != nil || assumed != nil { bytes = bytes.map { $0 == 0xAB ? 0xFF : $0 } }
            let header = try header(bytes, assuming: assumed)
            let error = #expect(throws: DICOMError.self) { try header.coerced(by: Self.inUTF8, record: Self.record) }
            #expect(error?.code == .characterSet)
            #expect(error?.tag == .patientName)
        }
    }

    @Test func `a previous value without a declared set is recorded as the bytes that it was`() throws {
        let bytes = try korean()
        let object = try header(bytes, assuming: nil).coerced(by: Coercion([.init(.patientName, "HONG^GILDONG")]), record: Self.record)
        let item = try object.dataSet.items(.originalAttributesSequence)[0]
        #expect(try item.items(.modifiedAttributesSequence)[0].string(.patientName) == "")
        #expect(try item.items(.nonconformingModifiedAttributesSequence)[0][.nonconformingDataElementValue]?.value?.starts(with: [0xC8, 0xAB]) == true)
    }

    @Test func `items keep their kind of length where one of a sequence is written anew, and the others their bytes`() throws {
        let writer = ElementWriter(encoding: .explicitLittleEndian)
        let text = try writer.element(.studyDescription, vr: .LO, value: Array("AB".utf8))
        let korean = try writer.element(.studyDescription, vr: .LO, value: [0xB0, 0xA1])
        let inner = try writer.element(Tag(0x0040, 0x0008), vr: .SQ, value: writer.item(text, hasUndefinedLength: true))
        let items = try [
            writer.item(text + inner, hasUndefinedLength: true), writer.item(korean, hasUndefinedLength: true), writer.item(korean), writer.item(inner),
        ]
        let bytes = try self.korean()
            + writer.element(Tag(0x0040, 0x0310), vr: .SQ, value: Array(items.joined()))
        let object = try header(bytes, assuming: AssumedCharacterSet("ISO 2022 IR 149")).coerced(by: Self.inUTF8, record: Self.record)
        let anew = try writer.element(.studyDescription, vr: .LO, value: Array("가".utf8))
        let expected = try items[0] + writer.item(anew, hasUndefinedLength: true) + writer.item(anew) + items[3]
        #expect(object.dataSet[Tag(0x0040, 0x0310)]?.value.map { Array($0) } == expected)
    }

    @Test func `an element of an item that would be read otherwise behind longer text is refused, and nothing of the text is lost`() throws {
        let writer = ElementWriter(encoding: .explicitLittleEndian)
        // For a length of 32 bits there is no room behind it: it has one of 16.
        let blank: [UInt8] = [0x08, 0, 0x60, 0, 0x20, 0, 0, 0]
        let text = try writer.element(.studyDescription, vr: .LO, value: [UInt8](repeating: 0xE9, count: 14))
        var dataSet = DataSet()
        try dataSet.set(.specificCharacterSet, "ISO_IR 100")
        try dataSet.set(.sopClassUID, "1.2")
        try dataSet.set(.sopInstanceUID, "1.3")
        let sequence = try writer.element(Tag(0x0008, 0x1140), vr: .SQ, value: writer.item(blank + text))
        let header = try header(dataSet.encode(as: .explicitVRLittleEndian) + sequence, assuming: nil)
        let item = try #require(try header.dataSet.items(Tag(0x0008, 0x1140)).first)
        #expect(item.elements.map(\.tag) == [Tag(0x0008, 0x0060), .studyDescription])
        let error = #expect(throws: DICOMError.self) { try header.coerced(by: Self.inUTF8, record: Self.record) }
        #expect(error?.code == .malformed)
    }

    @Test(arguments: [VR.CS, .OB])
    func `text that is written as something without a character set is not left behind in another one`(vr: VR) throws {
        var dataSet = try DataSet(parsing: korean(), as: .explicitVRLittleEndian)
        try dataSet.set(Tag(0x0010, 0x4000), vr: vr, value: [0xB0, 0xA1])
        let header = try header(dataSet.encode(as: .explicitVRLittleEndian), assuming: AssumedCharacterSet("ISO 2022 IR 149"))
        let error = #expect(throws: DICOMError.self) { try header.coerced(by: Self.inUTF8, record: Self.record) }
        #expect(error?.code == .characterSet)
        #expect(error?.tag == Tag(0x0010, 0x4000))
    }

    @Test func `a sequence without a representation is written as one`() throws {
        let writer = ElementWriter(encoding: .explicitLittleEndian)
        let item = try writer.item(writer.element(Tag(0x0040, 0x0007), vr: .LO, value: [0xB0, 0xA1]))
        let bytes = try korean() + [0x40, 0, 0x21, 3, 0x20, 0x20, UInt8(item.count), 0] + item
        let object = try header(bytes, assuming: AssumedCharacterSet("ISO 2022 IR 149")).coerced(by: Self.inUTF8, record: Self.record)
        let sent = try DataSet(parsing: object.bytes(from: bytes), as: .explicitVRLittleEndian)
        #expect(sent[Tag(0x0040, 0x0321)]?.vr == .SQ)
        #expect(try sent.items(Tag(0x0040, 0x0321)).first?.string(Tag(0x0040, 0x0007)) == "가")
    }

    /// Korean names, one behind the other.
    private func doubled(_ names: [[UInt8]]) throws -> ObjectHeader {
        var dataSet = DataSet()
        try dataSet.set(.specificCharacterSet, "\\ISO 2022 IR 149")
        try dataSet.set(.sopClassUID, "1.2")
        try dataSet.set(.sopInstanceUID, "1.3")
        let writer = ElementWriter(encoding: .explicitLittleEndian)
        let elements = try names.flatMap { try writer.element(.patientName, vr: .PN, value: [0x1B, 0x24, 0x29, 0x43] + $0) }
        return try header(dataSet.encode(as: .explicitVRLittleEndian) + elements, assuming: nil)
    }

    @Test func `each doubled element that is written anew is recorded once`() throws {
        let (ga, na) = ([0xB0, 0xA1], [0xB3, 0xAA]) as ([UInt8], [UInt8])
        let object = try doubled([ga, na, ga, na]).coerced(by: Self.inUTF8, record: Self.record)
        let names = object.dataSet.elements.filter { $0.tag == .patientName }
        #expect(names.map { String(decoding: $0.value ?? [], as: UTF8.self) } == ["가 ", "나 ", "가 ", "나 "])
        let item = try object.dataSet.items(.originalAttributesSequence)[0]
        #expect(try item.items(.modifiedAttributesSequence)[0].string(.patientName) == "나")
        let others = try item.items(.nonconformingModifiedAttributesSequence)
        #expect(others.map { Array($0[.nonconformingDataElementValue]?.value ?? []) } == [[0x1B, 0x24, 0x29, 0x43] + ga])
    }

    @Test func `more doubled elements than a record tells of are a limit, and cost no more than reading them`() throws {
        let names = (0..<1_000).map { number in [0xB0, 0xA1] + Array("\(number)".utf8) }
        let recorded = try doubled(names).coerced(by: Self.inUTF8, record: Self.record)
        let item = try recorded.dataSet.items(.originalAttributesSequence)[0]
        #expect(try item.items(.nonconformingModifiedAttributesSequence).count == 999)
        let many = try doubled(Array(repeating: [0xB0, 0xA1], count: OriginalAttributes.maximumElementCount + 1))
        let error = #expect(throws: DICOMError.self) { try many.coerced(by: Self.inUTF8, record: Self.record) }
        #expect(error?.code == .limit)
        #expect(error?.tag == .patientName)
    }
}
