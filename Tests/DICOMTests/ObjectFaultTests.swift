import Testing

@testable import DICOM

/// Faults that whole archives have; `make accept-corpora` reads an object with each of the others beside pydicom.
@Suite struct ObjectFaultTests {
    @Test func `implicit big endian elements are named, not passed over`() throws {
        var dataSet = DataSet(as: .explicitVRBigEndian)
        try dataSet.set(.sopClassUID, "1.2")
        var bytes: [UInt8] = [0, 8, 0, 0, 0, 0, 0, 4, 0, 0, 0, 100]
        for record in dataSet.records {
            let value = dataSet.bytes[record.valueRange]
            bytes += [0, 8, 0, 0x16, 0, 0, 0, UInt8(value.count)] + value
        }
        let error = #expect(throws: DICOMError.self) { try ObjectHeader.read(bytes) }
        #expect(error?.code == .malformed)
        #expect(error?.offset == 0)
        // Group lengths in the other byte order are what every ACR-NEMA object begins with.
        #expect(try ObjectHeader.read(DerivedIdentityTests.object())?.transferSyntax == .implicitVRLittleEndian)
    }

    /// A name in bare EUC-KR: 김철수.
    private static let korean: [UInt8] = [0xB1, 0xE8, 0xC3, 0xB6, 0xBC, 0xF6]

    private func header(declaring term: String?) throws -> ObjectHeader {
        var dataSet = DataSet()
        if let term { try dataSet.set(.specificCharacterSet, term) }
        try dataSet.set(.sopClassUID, "1.2")
        try dataSet.set(.sopInstanceUID, "1.3")
        try dataSet.set(.patientName, vr: .PN, value: Self.korean)
        let assumed = AssumedCharacterSet("ISO 2022 IR 149", insteadOf: ["ISO_IR 100"])
        var reader = ObjectHeaderReader(byteCount: nil, assuming: assumed)
        return try #require(try reader.read(dataSet.encode(as: .explicitVRLittleEndian)))
    }

    @Test(arguments: [nil, "ISO_IR 100"])
    func `what a source assumes is read by where nothing or a wrong set is declared, and is not written`(term: String?) throws {
        let header = try header(declaring: term)
        #expect(header.dataSet.string(.patientName) == "김철수")
        #expect(header.characterSet.isAssumed)
        let same = try header.coerced(by: Coercion([.init(.patientName, "김철수")]), record: CoercionTests.record)
        #expect(same.changes.isEmpty)
        let other = #expect(throws: DICOMError.self) {
            try header.coerced(by: Coercion([.init(.patientName, "김영희")]), record: CoercionTests.record)
        }
        #expect(other?.code == .characterSet)
    }

    @Test func `what is declared and not named as wrong counts`() throws {
        let header = try header(declaring: "ISO_IR 101")
        #expect(header.characterSet.isAssumed == false)
        #expect(header.dataSet.string(.patientName) != "김철수")
    }

    @Test func `an object without changes is put together from its elements`() throws {
        let bytes = try Wheel.bytes("MR_small.dcm")
        var header = try ObjectHeader.wheel("MR_small.dcm")
        let removed = try #require(header.dataSet.records.last { !$0.tag.isPrivate })
        header.dataSet.remove(removed.tag)
        let sent = try header.coerced(by: Coercion(), record: CoercionTests.record).bytes(from: bytes)
        #expect(sent.count == bytes.count - Int(header.dataSetOffset) - Int(removed.byteCount) - Int(header.trailingByteCount ?? 0))
    }
}
