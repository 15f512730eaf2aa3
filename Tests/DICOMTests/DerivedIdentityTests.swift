import Testing

@testable import DICOM

/// Objects of ACR-NEMA 2.0 have no UIDs.
@Suite struct DerivedIdentityTests {
    /// With group lengths, Length to End and Recognition Code, implicit, from its first byte on.
    static func object(patient: String = "00123456", number: String = "1") throws -> [UInt8] {
        var dataSet = DataSet(as: .implicitVRLittleEndian)
        try dataSet.set(Tag(0x0008, 0x0010), vr: .SH, value: Array("ACR-NEMA 2.0".utf8))
        try dataSet.set(.studyDate, "19910203")
        try dataSet.set(.studyTime, "101500")
        try dataSet.set(.modality, "CT")
        try dataSet.set(.patientName, "KIM CHULSOO")
        try dataSet.set(.patientID, patient)
        try dataSet.set(.seriesNumber, "2")
        try dataSet.set(.instanceNumber, number)
        try dataSet.set(.rows, UInt16(2))
        try dataSet.set(.columns, UInt16(2))
        try dataSet.set(.bitsAllocated, UInt16(16))
        try dataSet.set(.pixelData, vr: .OW, value: [1, 2, 3, 4, 5, 6, 7, 8])
        let size = UInt32(try dataSet.encode(as: .implicitVRLittleEndian).count)
        try dataSet.set(.lengthToEnd, size)
        let group = dataSet.records.filter { $0.tag.group == 8 }.reduce(0) { $0 + $1.byteCount }
        try dataSet.set(Tag(0x0008, 0), UInt32(group))
        return try dataSet.encode(as: .implicitVRLittleEndian)
    }

    private func identity(_ bytes: [UInt8]) throws -> DerivedIdentity? {
        var digester = ContentDigester()
        digester.update(bytes)
        return DerivedIdentity(of: try #require(try ObjectHeader.read(bytes)), contentDigest: digester.digest())
    }

    @Test func `the identity is that of the documented algorithm, computed outside`() throws {
        let bytes = try Self.object()
        let identity = try #require(try identity(bytes))
        let program = """
            import hashlib, sys
            def uid(kind, values):
                data = b"skein uid 1 " + kind + b"\\n" + b"".join(b"%d:%s" % (len(value), value) for value in values)
                number = int.from_bytes(hashlib.sha256(data).digest()[:16], "big")
                number = number & ~(0xF << 76) | 8 << 76
                return "2.25.%d" % (number & ~(3 << 62) | 2 << 62)
            study = [b"00123456", b"KIM CHULSOO", b"", b"19910203", b"101500", b"", b""]
            instance = [hashlib.sha256(bytes.fromhex(sys.argv[1])).hexdigest().encode()]
            for kind, values in ((b"instance", instance), (b"study", study), (b"series", study + [b"CT", b"2"])):
                print(uid(kind, values))
            """
        let hex = bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        let lines = try Python.run(program, hex).split(separator: "\n").map(String.init)
        #expect(lines == [identity.sopInstanceUID, identity.studyInstanceUID, identity.seriesInstanceUID])
        #expect([identity.sopInstanceUID, identity.studyInstanceUID].allSatisfy { $0.utf8.count <= 64 })
    }

    @Test func `images of one study share it, and equal copies are one instance`() throws {
        let first = try #require(try identity(Self.object()))
        let second = try #require(try identity(Self.object(number: "2")))
        let other = try #require(try identity(Self.object(patient: "00123457")))
        #expect(first == (try identity(Self.object())))
        #expect(first.sopInstanceUID != second.sopInstanceUID)
        #expect(first.studyInstanceUID == second.studyInstanceUID && first.seriesInstanceUID == second.seriesInstanceUID)
        #expect(first.studyInstanceUID != other.studyInstanceUID && first.seriesInstanceUID != other.seriesInstanceUID)
    }

    @Test func `an object with a UID of its own derives none`() throws {
        #expect(try identity(Wheel.bytes("CT_small.dcm")) == nil)
        var dataSet = try DataSet(parsing: Self.object(), as: .implicitVRLittleEndian)
        try dataSet.set(.seriesInstanceUID, "1.2")
        #expect(try identity(dataSet.encode(as: .implicitVRLittleEndian)) == nil)
    }

    @Test func `the identity is written as a declared change, with the lengths of ACR-NEMA`() throws {
        let bytes = try Self.object()
        let header = try #require(try ObjectHeader.read(bytes))
        let identity = try #require(try identity(bytes))
        let coercion = Coercion([
            .init(.sopClassUID, "1.2.840.10008.5.1.4.1.1.7"), .init(.sopInstanceUID, identity.sopInstanceUID),
            .init(.studyInstanceUID, identity.studyInstanceUID), .init(.seriesInstanceUID, identity.seriesInstanceUID),
        ])
        let object = try header.coerced(by: coercion, record: CoercionTests.record)
        let sent = object.bytes(from: bytes)
        let after = try DataSet(parsing: sent, as: .implicitVRLittleEndian)
        #expect(after.string(.sopInstanceUID) == identity.sopInstanceUID)
        #expect(after.integer(.lengthToEnd) == sent.count - 24)
        let group = after.records.filter { $0.tag.group == 8 && $0.tag.element != 0 }.reduce(0) { $0 + $1.byteCount }
        #expect(after.integer(Tag(0x0008, 0)) == Int(group))
        let text = try DCMTK.dump(PartTen.bytes(dataSet: sent, syntax: .implicitVRLittleEndian), "--no-uid-names")
        #expect(text.contains("[\(identity.studyInstanceUID)]"))
    }
}
