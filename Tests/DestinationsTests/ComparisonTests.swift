import DICOM
import DICOMNetwork
import Testing

@testable import Destinations

/// What counts as equal when a copy is read back.
@Suite struct ComparisonTests {
    private func compare(_ copy: TestObject, with ours: TestObject = TestObject()) throws -> Comparison {
        Comparison(
            readBack: MemoryContent(try copy.bytes()), as: copy.syntax.uid, expected: MemoryContent(try ours.bytes()),
            as: ours.syntax.uid)
    }

    @Test("The same object is equal, in another encoding and with trailing padding too")
    func equal() throws {
        #expect(try compare(TestObject()) == .equal)
        for syntax in [TransferSyntax.implicitVRLittleEndian, .explicitVRBigEndian, .deflatedExplicitVRLittleEndian] {
            #expect(try compare(TestObject(syntax: syntax)) == .equal, "\(syntax.uid)")
        }
        #expect(try compare(TestObject(edit: { try $0.set(Tag(0xFFFC, 0xFFFC), vr: .OB, value: [0, 0, 0, 0]) })) == .equal)
    }

    @Test("Text in another character set is equal when it says the same")
    func characterSet() throws {
        let recoded = TestObject(edit: {
            try $0.set(.specificCharacterSet, "\\ISO 2022 IR 149")
            try $0.set(.patientName, "홍^길동")
        })
        #expect(try compare(recoded) == .equal)
    }

    @Test("One changed, one added and one dropped element are named, private ones included")
    func differences() throws {
        let changed = TestObject(edit: {
            try $0.set(.patientID, "P2")
            try $0.set(Tag(0x0029, 0x0010), vr: .LO, value: Array("VENDOR".utf8))
            $0.remove(.studyID)
        })
        #expect(try compare(changed) == .different([.patientID, .studyID, Tag(0x0029, 0x0010)]))
    }

    @Test("A difference inside a sequence names the sequence; the time of a declared change is of no matter")
    func sequences() throws {
        func object(reason: String, time: String) -> TestObject {
            TestObject(edit: {
                var item = DataSet()
                try item.set(.attributeModificationDateTime, time)
                try item.set(.reasonForTheAttributeModification, reason)
                try $0.set(.originalAttributesSequence, items: [item])
            })
        }
        let ours = object(reason: "COERCE", time: "20260101")
        #expect(try compare(object(reason: "COERCE", time: "20260202"), with: ours) == .equal)
        #expect(try compare(object(reason: "CORRECT", time: "20260101"), with: ours) == .different([.originalAttributesSequence]))
    }

    @Test("An object of more items than are compared is named, and so is the limit")
    func tooMany() throws {
        let item: [UInt8] = [0xFE, 0xFF, 0x00, 0xE0, 0, 0, 0, 0]
        let items = Array((0..<ElementDigests.maximumElementCount + 1).lazy.flatMap { _ in item })
        let long = TestObject(edit: { try $0.set(.originalAttributesSequence, vr: .SQ, value: items) })
        guard case .notComparable(let sentence) = try compare(long) else {
            Issue.record("compared")
            return
        }
        #expect(sentence == "the copy cannot be read: it has more than 4194304 elements and items, or more than 268435456 bytes of sequences: so many are not compared")
    }

    @Test("One changed pixel, and dropped pixels, are a difference")
    func pixels() throws {
        var pixels = TestObject().pixels
        pixels[63] = 8
        #expect(try compare(TestObject(pixels: pixels)) == .different([.pixelData]))
        for syntax in [TransferSyntax.implicitVRLittleEndian, .explicitVRBigEndian, .deflatedExplicitVRLittleEndian] {
            #expect(try compare(TestObject(pixels: pixels, syntax: syntax)) == .different([.pixelData]), "\(syntax.uid)")
        }
        for syntax in [TransferSyntax.explicitVRLittleEndian, .deflatedExplicitVRLittleEndian] {
            #expect(try compare(TestObject(edit: { $0.remove(.pixelData) }), with: TestObject(syntax: syntax)) == .different([.pixelData]))
        }
    }

    @Test("Encapsulated pixels are equal with and without offset table, and differ by one byte")
    func fragments() throws {
        let jpeg = TransferSyntax(uid: "1.2.840.10008.1.2.4.70")
        func content(table: [UInt8], fragments: [[UInt8]]) throws -> MemoryContent {
            func item(_ bytes: [UInt8]) -> [UInt8] { [0xFE, 0xFF, 0x00, 0xE0, UInt8(bytes.count), 0, 0, 0] + bytes }
            let head = try TestObject(edit: { $0.remove(.pixelData) }).bytes()
            let pixels: [UInt8] = [0xE0, 0x7F, 0x10, 0x00, 0x4F, 0x42, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF]
            return MemoryContent(
                head + pixels + item(table) + fragments.flatMap(item) + [0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0])
        }
        func compare(_ copy: MemoryContent, _ ours: MemoryContent) -> Comparison {
            Comparison(readBack: copy, as: jpeg.uid, expected: ours, as: jpeg.uid)
        }
        let ours = try content(table: [], fragments: [[1, 2, 3, 4], [5, 6]])
        #expect(compare(try content(table: [0, 0, 0, 0], fragments: [[1, 2], [3, 4, 5, 6]]), ours) == .equal)
        #expect(compare(try content(table: [], fragments: [[1, 2, 3, 4], [5, 7]]), ours) == .different([.pixelData]))
    }

    @Test("A cut copy cannot be compared")
    func notComparable() throws {
        let cut = Comparison(
            readBack: MemoryContent(try TestObject().bytes().dropLast(10)), as: TransferSyntax.explicitVRLittleEndian.uid,
            expected: MemoryContent(try TestObject().bytes()), as: TransferSyntax.explicitVRLittleEndian.uid)
        guard case .notComparable(let sentence) = cut else {
            Issue.record("a cut copy was compared")
            return
        }
        #expect(sentence.contains("the copy cannot be read"))
    }
}
