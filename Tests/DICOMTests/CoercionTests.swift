import Foundation
import Testing

@testable import DICOM

@Suite struct CoercionTests {
    static let record = CoercionRecord(
        modifyingSystem: "SKEIN", dateTime: "20260102030405.000000+0900", sourceOfPreviousValues: "1999-CT-003")
    /// What a match changes.
    static let identity = Coercion([
        .init(.accessionNumber, "A0001234"), .init(.patientID, "00123456"), .init(.issuerOfPatientID, "SEVERANCE"),
        .init(.patientName, "HONG^GILDONG=洪^吉洞=홍^길동"), .init(.patientBirthDate, "19500102"), .init(.patientSex, "F"),
        .init(.requestedProcedureDescription, "Unspecified Exam"),
    ])
    /// Implicit, big endian, explicit, encapsulated, no meta header, no pixels, encapsulated pixels in implicit elements.
    static let names = [
        "MR_small_implicit.dcm", "MR_small_bigendian.dcm", "CT_small.dcm", "JPEG2000.dcm", "ExplVR_LitEndNoMeta.dcm",
        "reportsi.dcm", "rtplan.dcm", "SC_rgb_jpeg.dcm", "liver_expb_1frame.dcm", "image_dfl.dcm",
    ]

    private func coerced(_ name: String, by coercion: Coercion = identity) throws -> (ObjectHeader, [UInt8], CoercedObject, [UInt8]) {
        let source = try Wheel.bytes(name)
        let header = try ObjectHeader.wheel(name)
        let object = try header.coerced(by: coercion, record: Self.record) {
            Array(source[Int($0.lowerBound)..<Int($0.upperBound)])
        }
        return (header, source, object, object.bytes(from: source))
    }

    @Test(arguments: names)
    func `only what was declared changes, in every transfer syntax`(name: String) throws {
        let (header, source, object, sent) = try coerced(name)
        #expect(object.byteCount == Int64(sent.count))
        let before = try wholeDataSet(header, source)
        let after = try DataSet(parsing: sent, as: header.transferSyntax)
        let changed = Set(Self.identity.changes.map(\.tag) + [.originalAttributesSequence])
        for change in Self.identity.changes where change.tag != .patientName {
            #expect(after.string(change.tag) == change.value)
        }
        #expect(after.string(.patientName) == "HONG^GILDONG")
        let kept = before.elements.filter { !changed.contains($0.tag) && !$0.tag.isGroupLength }
        let left = after.elements.filter { !changed.contains($0.tag) && !$0.tag.isGroupLength }
        #expect(kept.map(\.tag) == left.map(\.tag))
        #expect(zip(kept, left).allSatisfy { $0.value == $1.value && $0.tag == $1.tag })
        #expect(object.dataSet.string(.patientID) == "00123456")
    }

    private func wholeDataSet(_ header: ObjectHeader, _ source: [UInt8]) throws -> DataSet {
        let range = Int(header.dataSetOffset)..<Int(try #require(header.dataSetEnd))
        guard header.dataSet.encoding == header.transferSyntax.encoding else {
            return try DataSet(parsing: Array(source[range]), as: .implicitVRLittleEndian)
        }
        return try DataSet(parsing: Array(source[range]), as: header.transferSyntax)
    }

    @Test(arguments: names)
    func `the item of Original Attributes Sequence says what the values were`(name: String) throws {
        let (header, _, object, sent) = try coerced(name)
        let after = try DataSet(parsing: sent, as: header.transferSyntax)
        let item = try #require(try after.items(.originalAttributesSequence).last)
        #expect(item.string(.modifyingSystem) == "SKEIN")
        #expect(item.string(.attributeModificationDateTime) == "20260102030405.000000+0900")
        #expect(item.string(.sourceOfPreviousValues) == "1999-CT-003")
        #expect(item.string(.reasonForTheAttributeModification) == "COERCE")
        let previous = try #require(try item.items(.modifiedAttributesSequence).first)
        let issuerGoesAlong: [DICOM.Tag] = header.dataSet.contains(.issuerOfPatientID) ? [.issuerOfPatientID] : []
        #expect(Set(previous.elements.map(\.tag)) == Set(object.changes.map(\.tag) + issuerGoesAlong))
        for change in object.changes {
            #expect(change.previous == header.dataSet.string(change.tag))
            #expect(previous.string(change.tag) == (change.previous ?? ""))
        }
    }

    @Test(arguments: names)
    func `dcmdump reads what was written, value by value`(name: String) throws {
        let (header, _, _, sent) = try coerced(name)
        let file = try PartTen.bytes(dataSet: sent, syntax: header.transferSyntax)
        let text = try DCMTK.dump(file)
        for expected in ["[A0001234]", "[00123456]", "[SEVERANCE]", "[19500102]", "[HONG^GILDONG]", "[Unspecified Exam]", "[COERCE]"] {
            #expect(text.contains(expected), "\(expected)")
        }
        #expect(text.components(separatedBy: "OriginalAttributesSequence").count == 2)
    }

    @Test func `an item that is there stays byte for byte, and a new one follows`() throws {
        for name in ["CT_small.dcm", "MR_small_bigendian.dcm", "MR_small_implicit.dcm"] {
            let (first, _, _, once) = try coerced(name)
            let second = try #require(try ObjectHeader.read(PartTen.bytes(dataSet: once, syntax: first.transferSyntax)))
            let again = try second.coerced(by: Coercion([.init(.patientID, "7")]), record: Self.record)
            let before = try #require(second.dataSet[.originalAttributesSequence]?.value)
            let after = try #require(again.dataSet[.originalAttributesSequence]?.value)
            #expect(after.starts(with: before), "\(name)")
            let items = try again.dataSet.items(.originalAttributesSequence)
            #expect(items.count == 2)
            #expect(try items[1].items(.modifiedAttributesSequence)[0].string(.patientID) == "00123456")
            // A number goes with the name of who gave it.
            #expect(try items[1].items(.modifiedAttributesSequence)[0].string(.issuerOfPatientID) == "SEVERANCE")
        }
    }

    @Test func `a new item goes before the delimiter of a sequence without length, and into one of unknown representation`() throws {
        let item: [UInt8] = [0xFE, 0xFF, 0x00, 0xE0, 0, 0, 0, 0]
        let delimiter: [UInt8] = [0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0]
        let sequences: [[UInt8]] = [
            [0, 4, 0x61, 5] + "SQ".utf8 + [0, 0, 0xFF, 0xFF, 0xFF, 0xFF] + item + delimiter,
            [0, 4, 0x61, 5] + "UN".utf8 + [0, 0, 0xFF, 0xFF, 0xFF, 0xFF] + item + delimiter,
            [0, 4, 0x61, 5] + "UN".utf8 + [0, 0, 8, 0, 0, 0] + item,
            // A delimiter although there is a length.
            [0, 4, 0x61, 5] + "SQ".utf8 + [0, 0, 16, 0, 0, 0] + item + delimiter,
        ]
        for sequence in sequences {
            let header = try header(with: sequence)
            let object = try header.coerced(by: Coercion([.init(.patientID, "7")]), record: Self.record)
            let items = try object.dataSet.items(.originalAttributesSequence)
            #expect(items.count == 2)
            #expect(try items.last?.items(.modifiedAttributesSequence).first?.string(.patientID) == "1")
            #expect(try DataSet(parsing: object.bytes(from: []), as: .explicitVRLittleEndian).count == 4)
        }
    }

    @Test(arguments: ["LO", "  ", "OB"])
    func `former changes become a sequence where they are written as something else, and none says nothing`(written: String) throws {
        let item: [UInt8] = [0xFE, 0xFF, 0x00, 0xE0, 0, 0, 0, 0]
        for items in [[], item] {
            let count = UInt8(items.count)
            let sequence = [0, 4, 0x61, 5] + Array(written.utf8) + (written == "OB" ? [0, 0, count, 0, 0, 0] : [count, 0]) + items
            let object = try header(with: sequence).coerced(by: Coercion([.init(.patientID, "7")]), record: Self.record)
            let sent = try DataSet(parsing: object.bytes(from: []), as: .explicitVRLittleEndian)
            #expect(sent[.originalAttributesSequence]?.vr == .SQ)
            #expect(try sent.items(.originalAttributesSequence).count == (items.isEmpty ? 1 : 2))
        }
    }

    @Test(arguments: ["1", "É"])
    func `a previous value that had no representation is recorded with one`(value: String) throws {
        let character = try #require(value.unicodeScalars.first)
        let element: [UInt8] = [0x10, 0, 0x30, 0x10, 0x20, 0x20, 2, 0, UInt8(character.value), 0x20]
        let object = try header(with: element).coerced(by: Coercion([.init(Tag(0x0010, 0x1030), "70")]), record: Self.record)
        let sent = try DataSet(parsing: object.bytes(from: []), as: .explicitVRLittleEndian)
        #expect(sent.string(Tag(0x0010, 0x1030)) == "70")
        let item = try #require(try sent.items(.originalAttributesSequence).first)
        let previous = try item.items(.modifiedAttributesSequence)[0]
        #expect(previous[Tag(0x0010, 0x1030)]?.vr == .DS)
        #expect(previous.string(Tag(0x0010, 0x1030)) == (value == "1" ? "1" : ""))
        #expect(try item.items(.nonconformingModifiedAttributesSequence).count == (value == "1" ? 0 : 1))
    }

    @Test func `of doubled sequences of former changes each keeps its items`() throws {
        let former = ["20010101", "20020202"].map { date in
            let text = [0, 4, 0x62, 5] + Array("DT".utf8) + [8, 0] + Array(date.utf8)
            let item = [0xFE, 0xFF, 0x00, 0xE0, 16, 0, 0, 0] + text
            return [0, 4, 0x61, 5] + Array("SQ".utf8) + [0, 0, 24, 0, 0, 0] + item
        }
        let object = try header(with: former.flatMap { $0 }).coerced(by: Coercion([.init(.patientID, "7")]), record: Self.record)
        let sent = try DataSet(parsing: object.bytes(from: []), as: .explicitVRLittleEndian)
        let places = sent.records.indices.filter { sent.records[$0].tag == .originalAttributesSequence }
        let items = try places.map { try sent.items(at: $0, giving: sent.attributesForItems) }
        #expect(items.map { $0.map { $0.string(.attributeModificationDateTime) } } == [["20010101"], ["20020202", Self.record.dateTime]])
    }

    /// An explicit little endian object of three elements and these bytes.
    private func header(with sequence: [UInt8]) throws -> ObjectHeader {
        var dataSet = DataSet()
        try dataSet.set(.sopClassUID, "1.2")
        try dataSet.set(.sopInstanceUID, "1.3")
        try dataSet.set(.patientID, "1")
        let bytes = try dataSet.encode(as: .explicitVRLittleEndian) + sequence
        var header = try #require(try ObjectHeader.read(bytes))
        // Made here, so that no source is needed to put the segments together.
        for index in header.dataSet.records.indices { header.dataSet.records[index].sourceOffset = -1 }
        return header
    }

    @Test func `a value that is there already is no change`() throws {
        let header = try ObjectHeader.wheel("CT_small.dcm")
        let same = Coercion([.init(.patientID, "1CT1"), .init(.patientName, "CompressedSamples^CT1=홍^길동"), .init(.patientSex, "O")])
        let object = try header.coerced(by: same, record: Self.record)
        #expect(object.changes.isEmpty)
        #expect(object.segments.count == 1)
        let mixed = try header.coerced(by: Coercion(same.changes + [.init(.accessionNumber, "5")]), record: Self.record)
        #expect(mixed.changes.map(\.tag) == [.accessionNumber])
    }

    @Test func `of two changes of one attribute the later one counts, also where it is what was there`() throws {
        let header = try ObjectHeader.wheel("CT_small.dcm")
        let back = Coercion([.init(.patientID, "OTHER"), .init(.patientID, "1CT1")])
        let object = try header.coerced(by: back, record: Self.record)
        #expect(object.dataSet.string(.patientID) == "1CT1")
        #expect(object.changes.isEmpty)
        let twice = try header.coerced(by: Coercion([.init(.patientID, "OTHER"), .init(.patientID, "7")]), record: Self.record)
        #expect(twice.dataSet.string(.patientID) == "7")
        #expect(twice.changes.map(\.value) == ["7"])
        #expect(twice.changes.map(\.previous) == ["1CT1"])
    }

    @Test func `a previous value that does not conform is kept as bytes`() throws {
        var dataSet = DataSet()
        try dataSet.set(.sopClassUID, "1.2")
        try dataSet.set(.sopInstanceUID, "1.3")
        try dataSet.set(.patientBirthDate, vr: .DA, value: Array("1950.01.02".utf8))
        let header = try #require(try ObjectHeader.read(dataSet.encode(as: .explicitVRLittleEndian)))
        let object = try header.coerced(by: Coercion([.init(.patientBirthDate, "19500102")]), record: Self.record)
        let item = try object.dataSet.items(.originalAttributesSequence)[0]
        #expect(try item.items(.modifiedAttributesSequence)[0].string(.patientBirthDate) == "")
        let nonconforming = try item.items(.nonconformingModifiedAttributesSequence)[0]
        #expect(nonconforming[.nonconformingDataElementValue]?.value.map { Array($0) } == Array("1950.01.02".utf8))
        #expect(nonconforming[.selectorAttribute]?.value.map { Array($0) } == [0x10, 0x00, 0x30, 0x00])
    }

    @Test func `group lengths of groups that changed are corrected, others stay`() throws {
        var dataSet = DataSet(as: .implicitVRLittleEndian)
        try dataSet.set(Tag(0x0008, 0), UInt32(999))
        try dataSet.set(.lengthToEnd, UInt32(5000))
        try dataSet.set(.sopClassUID, "1.2")
        try dataSet.set(.sopInstanceUID, "1.3")
        try dataSet.set(Tag(0x0010, 0), UInt32(10))
        try dataSet.set(.patientID, "1")
        let header = try #require(try ObjectHeader.read(dataSet.encode(as: .implicitVRLittleEndian)))
        let object = try header.coerced(by: Coercion([.init(.patientID, "123456")]), record: Self.record)
        #expect(object.dataSet.integer(Tag(0x0010, 0)) == 14)
        #expect(object.dataSet.integer(Tag(0x0008, 0)) == 999)
        let growth = object.byteCount - Int64(try dataSet.encode(as: .implicitVRLittleEndian).count)
        #expect(object.dataSet.integer(.lengthToEnd) == 5000 + Int(growth))
    }

    @Test func `a Length to End that is no UL stays what it is`() throws {
        var dataSet = DataSet()
        try dataSet.set(.lengthToEnd, vr: .IS, value: Array("1234".utf8))
        try dataSet.set(.sopClassUID, "1.2")
        try dataSet.set(.sopInstanceUID, "1.3")
        let header = try #require(try ObjectHeader.read(dataSet.encode(as: .explicitVRLittleEndian)))
        let object = try header.coerced(by: Coercion([.init(.patientID, "7")]), record: Self.record)
        #expect(object.dataSet.string(.lengthToEnd) == "1234")
        // Beside one that is, too.
        let number: [UInt8] = [8, 0, 1, 0, 0x55, 0x4C, 4, 0, 0, 1, 0, 0]
        let doubled = try #require(try ObjectHeader.read(dataSet.encode(as: .explicitVRLittleEndian) + number))
        let elements = try doubled.coerced(by: Coercion([.init(.patientID, "7")]), record: Self.record).dataSet.elements
        let values = elements.filter { $0.tag == .lengthToEnd }.map { Array($0.value ?? []) }
        #expect(values.count == 2)
        #expect(values[0] == Array("1234".utf8))
        #expect(values[1] != [0, 1, 0, 0])
    }

    @Test func `doubled elements are all set, and the record has what was said`() throws {
        var dataSet = DataSet()
        try dataSet.set(.sopClassUID, "1.2")
        try dataSet.set(.sopInstanceUID, "1.3")
        let id = try ElementWriter(encoding: .explicitLittleEndian).element(.patientID, vr: .LO, value: Array("AA".utf8))
        let other = try ElementWriter(encoding: .explicitLittleEndian).element(.patientID, vr: .LO, value: Array("BB".utf8))
        let header = try #require(try ObjectHeader.read(dataSet.encode(as: .explicitVRLittleEndian) + id + other))
        let object = try header.coerced(by: Coercion([.init(.patientID, "BB")]), record: Self.record)
        #expect(object.changes.first?.previous == "AA")
        let ids = object.dataSet.elements.filter { $0.tag == .patientID }
        #expect(ids.map { String(decoding: $0.value ?? [], as: UTF8.self) } == ["BB", "BB"])
    }

    @Test func `nothing that doubled elements said vanishes`() throws {
        var dataSet = DataSet()
        try dataSet.set(.sopClassUID, "1.2")
        try dataSet.set(.sopInstanceUID, "1.3")
        let writer = ElementWriter(encoding: .explicitLittleEndian)
        let ids = try ["OLD1", "OLD2", "OLD1", "NEW"].flatMap { try writer.element(.patientID, vr: .LO, value: Array($0.utf8)) }
        let header = try #require(try ObjectHeader.read(dataSet.encode(as: .explicitVRLittleEndian) + ids))
        let object = try header.coerced(by: Coercion([.init(.patientID, "NEW")]), record: Self.record)
        let item = try object.dataSet.items(.originalAttributesSequence)[0]
        #expect(try item.items(.modifiedAttributesSequence)[0].string(.patientID) == "OLD1")
        let others = try item.items(.nonconformingModifiedAttributesSequence)
        #expect(others.map { String(decoding: $0[.nonconformingDataElementValue]?.value ?? [], as: UTF8.self) } == ["OLD2"])
        #expect(others.map { $0[.selectorAttribute]?.value.map { Array($0) } } == [[0x10, 0x00, 0x20, 0x00]])
    }

    @Test func `a Korean object takes all groups of a Korean name`() throws {
        let (header, _, object, sent) = try coerced("chrKoreanMulti.dcm", by: Coercion([.init(.patientName, "KIM^CHEOLSU=金^喆洙=김^철수")]))
        #expect(object.dataSet.string(.patientName) == "KIM^CHEOLSU=金^喆洙=김^철수")
        let text = try DCMTK.dump(PartTen.bytes(dataSet: sent, syntax: header.transferSyntax), "+U8")
        #expect(text.contains("[KIM^CHEOLSU=金^喆洙=김^철수]"))
    }

    @Test func `a value that cannot be written is refused with its reason`() throws {
        let header = try ObjectHeader.wheel("MR_small.dcm")
        let cases: [(Coercion.Change, DICOMError.Code)] = [
            (.init(.patientName, "홍^길동"), .characterSet), (.init(.studyDescription, "가"), .characterSet),
            (.init(.accessionNumber, "12345678901234567"), .value), (.init(.patientBirthDate, "1950-01-02"), .value),
            (.init(.patientSex, "f"), .value), (.init(.rows, "5"), .value), (.init(.specificCharacterSet, "GBK"), .value),
        ]
        for (change, code) in cases {
            let error = #expect(throws: DICOMError.self) { try header.coerced(by: Coercion([change]), record: Self.record) }
            #expect(error?.code == code, "\(change.tag)")
            #expect(error?.tag == change.tag)
        }
    }

    @Test func `long values before the pixels of a deflated object that changes go through`() throws {
        var dataSet = DataSet()
        try dataSet.set(.sopClassUID, "1.2")
        try dataSet.set(.sopInstanceUID, "1.3")
        let values: [(DICOM.Tag, [UInt8])] = [(Tag(0x0009, 0x1010), .init(repeating: 7, count: 200_000)), (Tag(0x0011, 0x1010), .init(0...255) + .init(repeating: 8, count: 70_000))]
        for (tag, value) in values { try dataSet.set(tag, vr: .OB, value: value) }
        try dataSet.set(.patientID, "1")
        try dataSet.set(.pixelData, vr: .OW, value: [1, 2, 3, 4])
        let syntax = TransferSyntax.deflatedExplicitVRLittleEndian
        let file = try PartTen.bytes(dataSet: dataSet.encode(as: syntax), syntax: syntax)
        let header = try #require(try ObjectHeader.read(file))
        #expect(header.dataSet[Tag(0x0009, 0x1010)]?.value == nil)
        let object = try header.coerced(by: Coercion([.init(.patientID, "22")]), record: Self.record) { Array(file[Int($0.lowerBound)..<Int($0.upperBound)]) }
        let after = try DataSet(parsing: object.bytes(from: file), as: syntax)
        for (tag, value) in values { #expect(after[tag]?.value.map { Array($0) } == value) }
        #expect(after.string(.patientID) == "22")
        #expect(after.contains(.originalAttributesSequence))
        #expect(after[.pixelData]?.value.map { Array($0) } == [1, 2, 3, 4])
        #expect(after.elements.map(\.tag) == after.elements.map(\.tag).sorted())
    }

    @Test func `an object with long values is changed without its bytes being at hand`() throws {
        var dataSet = DataSet()
        try dataSet.set(.sopClassUID, "1.2")
        try dataSet.set(.sopInstanceUID, "1.3")
        try dataSet.set(Tag(0x0009, 0x1010), vr: .OB, value: [UInt8](repeating: 7, count: 200_000))
        try dataSet.set(.patientID, "1")
        let bytes = try dataSet.encode(as: .explicitVRLittleEndian)
        let header = try #require(try ObjectHeader.read(bytes, pieceByteCount: 5_000))
        #expect(header.dataSet.bytes.count < 20_000)
        #expect(header.dataSet[Tag(0x0009, 0x1010)]?.value == nil)
        #expect(header.dataSet[Tag(0x0009, 0x1010)]?.valueByteCount == 200_000)
        let object = try header.coerced(by: Coercion([.init(.patientID, "22")]), record: Self.record)
        let after = try DataSet(parsing: object.bytes(from: bytes), as: .explicitVRLittleEndian)
        #expect(after[Tag(0x0009, 0x1010)]?.value?.count == 200_000)
        #expect(after.string(.patientID) == "22")
    }
}
