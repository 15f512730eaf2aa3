import Testing

@testable import DICOM

@Suite("New UIDs for a study that is sent again as other objects") struct UIDRenewalTests {
    private static let generation = "0123456789abcdef.1"
    private static let record = CoercionRecord(modifyingSystem: "SKEIN", dateTime: "20260101120000")
    private static let frameOfReference = Tag(0x0020, 0x0052)
    private static let referencedImages = Tag(0x0008, 0x1140)
    private static let referencedInstance = Tag(0x0008, 0x1155)
    private static let renewal = UIDRenewal(generation: generation, members: ["1.2.3", "1.2.3.1", "1.2.3.1.1", "1.2.3.1.2"])

    private func new(_ uid: String) -> String { UIDRenewal.uid(of: uid, generation: Self.generation) }

    private func reference(_ uid: String) throws -> DataSet {
        var item = DataSet()
        try item.set(Self.referencedInstance, uid)
        return item
    }

    /// An object of the study that refers to another one of it, two sequences deep, to one of another study, and to what it was before.
    private func object(_ more: (inout DataSet) throws -> Void = { _ in }) throws -> DataSet {
        var series = DataSet()
        try series.set(Tag(0x0008, 0x1199), items: [reference("1.2.3.1.2"), reference("7.7.7")])
        try series.set(.seriesInstanceUID, "1.2.3.1")
        var former = DataSet()
        try former.set(.modifiedAttributesSequence, items: [reference("1.2.3.1.2")])
        var dataSet = DataSet()
        let texts: [(DICOM.Tag, String)] = [
            (.sopClassUID, "1.2.840.10008.5.1.4.1.1.2"), (.sopInstanceUID, "1.2.3.1.1"), (.studyInstanceUID, "1.2.3"), (.seriesInstanceUID, "1.2.3.1"),
            (Self.frameOfReference, "1.2.3.9"), (.patientID, "P1"), (Tag(0x0020, 0x0242), "1.2.3.1.2\\8.8.8"),
        ]
        for (tag, text) in texts { try dataSet.set(tag, text) }
        try dataSet.set(Tag(0x0008, 0x1115), items: [series])
        try dataSet.set(Self.referencedImages, items: [reference("1.2.3.1.2"), reference("1.2.3.1.20")])
        try dataSet.set(.originalAttributesSequence, items: [former])
        try more(&dataSet)
        return dataSet
    }

    private func renewed(_ dataSet: DataSet, _ changes: [Coercion.Change] = [], syntax: TransferSyntax = .explicitVRLittleEndian) throws -> CoercedObject {
        let header = try #require(try ObjectHeader.read(PartTen.bytes(dataSet: dataSet.encode(as: syntax), syntax: syntax)))
        let own: [Coercion.Change] = [
            .init(.sopInstanceUID, new("1.2.3.1.1")), .init(.studyInstanceUID, new("1.2.3")), .init(.seriesInstanceUID, new("1.2.3.1")),
        ]
        return try header.coerced(by: Coercion(own + changes, renewal: Self.renewal), record: Self.record)
    }

    @Test func `a new UID is a function of the old one and the generation alone, as it is documented`() {
        #expect(new("1.2.3") == "2.25.133209695737733122802491178386356259679")
        #expect(UIDRenewal.uid(of: "1.2.3", generation: "0123456789abcdef.2") != new("1.2.3"))
        #expect(Set(Self.renewal.members.map(new)).count == 4)
        #expect(Self.renewal.members.map(new).allSatisfy { $0.hasPrefix("2.25.") && $0.utf8.count <= 64 })
    }

    @Test(arguments: [TransferSyntax.explicitVRLittleEndian, .implicitVRLittleEndian, .explicitVRBigEndian])
    func `references within the study follow, those to other studies and all other UIDs stay`(syntax: TransferSyntax) throws {
        let object = try renewed(object(), syntax: syntax)
        let after = object.dataSet
        #expect(after.string(.sopInstanceUID) == new("1.2.3.1.1") && after.string(.studyInstanceUID) == new("1.2.3"))
        #expect(after.string(.seriesInstanceUID) == new("1.2.3.1"))
        #expect(after.string(Self.frameOfReference) == "1.2.3.9" && after.string(.sopClassUID) == "1.2.840.10008.5.1.4.1.1.2")
        #expect(after.strings(Tag(0x0020, 0x0242)) == [new("1.2.3.1.2"), "8.8.8"])
        let series = try after.items(Tag(0x0008, 0x1115))
        #expect(series.map { $0.string(.seriesInstanceUID) } == [new("1.2.3.1")])
        #expect(try series[0].items(Tag(0x0008, 0x1199)).map { $0.string(Self.referencedInstance) } == [new("1.2.3.1.2"), "7.7.7"])
        #expect(try after.items(Self.referencedImages).map { $0.string(Self.referencedInstance) } == [new("1.2.3.1.2"), "1.2.3.1.20"])
    }

    @Test func `what an object was before stays told, and what it is now is recorded beside it`() throws {
        let object = try renewed(object(), [.init(.patientID, "P2")])
        let originals = try object.dataSet.items(.originalAttributesSequence)
        #expect(try originals[0].items(.modifiedAttributesSequence)[0].string(Self.referencedInstance) == "1.2.3.1.2")
        let recorded = try originals[1].items(.modifiedAttributesSequence)[0]
        #expect(recorded.string(.sopInstanceUID) == "1.2.3.1.1" && recorded.string(.studyInstanceUID) == "1.2.3" && recorded.string(.patientID) == "P1")
        #expect(try recorded.items(Self.referencedImages).map { $0.string(Self.referencedInstance) } == ["1.2.3.1.2", "1.2.3.1.20"])
        #expect(object.changes.map(\.tag) == object.changes.map(\.tag).sorted())
        #expect(Set(object.changes.map(\.tag)).contains(Tag(0x0008, 0x1115)))
    }

    @Test func `an object gets new UIDs and UTF-8 at once`() throws {
        let dataSet = try object { dataSet in
            var item = DataSet()
            try item.set(Self.referencedInstance, "1.2.3.1.2")
            try item.set(.studyDescription, vr: .LO, value: [0xE9])
            try dataSet.set(.specificCharacterSet, "ISO_IR 100")
            try dataSet.set(Tag(0x0008, 0x2112), items: [item])
        }
        let after = try renewed(dataSet, [.inUTF8, .init(.patientName, "洪^吉洞")]).dataSet
        let item = try #require(try after.items(Tag(0x0008, 0x2112)).first)
        #expect(item.string(.studyDescription) == "é" && item.string(Self.referencedInstance) == new("1.2.3.1.2"))
        #expect(after.string(.patientName) == "洪^吉洞")
        #expect(try after.items(Self.referencedImages)[0].string(Self.referencedInstance) == new("1.2.3.1.2"))
    }

    @Test func `a damaged sequence stays byte for byte, and costs the object nothing`() throws {
        let damaged: [UInt8] = Array("1.2.3.1.2 no items".utf8)
        let dataSet = try object { try $0.set(Tag(0x0008, 0x2112), vr: .SQ, value: damaged) }
        let after = try renewed(dataSet).dataSet
        #expect(after[Tag(0x0008, 0x2112)]?.value.map { Array($0) } == damaged)
        #expect(after.string(.sopInstanceUID) == new("1.2.3.1.1"))
    }
}
