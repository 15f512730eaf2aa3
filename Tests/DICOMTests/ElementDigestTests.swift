import Testing

@testable import DICOM

/// docs/digests.md; Tests/Interop/digests compares with another program.
@Suite struct ElementDigestTests {
    private static let syntaxes: [TransferSyntax] = [
        .implicitVRLittleEndian, .explicitVRLittleEndian, .explicitVRBigEndian, .deflatedExplicitVRLittleEndian,
    ]

    private func digests(ofFile bytes: [UInt8], pieceByteCount: Int = 1 << 20) throws -> ElementDigests? {
        var reader = ObjectHeaderReader(byteCount: Int64(bytes.count), digestsElements: true)
        _ = try reader.read(bytes, pieceByteCount: pieceByteCount)
        return reader.elementDigests
    }

    /// A small data set in each kind: text, number, sequence, private elements.
    private func sample() throws -> DataSet {
        var item = DataSet()
        try item.set(Tag(0x0008, 0x0100), "CODE")
        try item.set(Tag(0x0028, 0x0010), UInt16(512))
        var dataSet = DataSet()
        try dataSet.set(.specificCharacterSet, "ISO_IR 100")
        try dataSet.set(.patientName, "Müller^Jörg")
        try dataSet.set(Tag(0x0009, 0x0010), "SKEIN TEST")
        try dataSet.set(Tag(0x0009, 0x1001), vr: .US, value: [1, 2, 3, 4])
        try dataSet.set(Tag(0x0009, 0x1002), items: [item, item])
        try dataSet.set(Tag(0x0054, 0x0081), UInt16(258))
        try dataSet.set(Tag(0x0040, 0x0275), items: [item])
        return dataSet
    }

    @Test func `an object of too many items, or of too many sequences in sequences, has no digests`() throws {
        var nested = DataSet()
        try nested.set(.patientID, "1")
        for _ in 0..<8 {
            var outer = DataSet()
            try outer.set(Tag(0x0040, 0x0275), items: [nested, nested])
            nested = outer
        }
        #expect(nested.elementDigests != nil)
        #expect(ElementDigests(of: [nested], within: DigestBudget(elementCount: 1_021)) != nil)
        #expect(ElementDigests(of: [nested], within: DigestBudget(elementCount: 1_020)) == nil)
        let bytes = try nested.encode(as: .explicitVRLittleEndian).count
        #expect(ElementDigests(of: [nested], within: DigestBudget(byteCount: bytes)) == nil)
        #expect(ElementDigests(of: [nested], within: DigestBudget(byteCount: 8 * bytes)) != nil)
    }

    @Test func `a header of millions of items is given up`() throws {
        let items = (0..<DigestBudget().elementCount).flatMap { _ -> [UInt8] in [0xFE, 0xFF, 0, 0xE0, 0, 0, 0, 0] }
        var dataSet = try sample()
        try dataSet.set(Tag(0x0040, 0x0275), vr: .SQ, value: items)
        #expect(dataSet.elementDigests == nil)
    }

    @Test func `a data set has the same digests in every transfer syntax`() throws {
        let dataSet = try sample()
        for syntax in Self.syntaxes {
            let again = try DataSet(parsing: dataSet.encode(as: syntax), as: syntax)
            #expect(again.elementDigests == dataSet.elementDigests, "\(syntax.uid)")
        }
        #expect(dataSet.elementDigests?.entries.count == 6)
    }

    @Test func `text that is written as numbers has the same digest in both byte orders`() throws {
        var dataSet = DataSet()
        try dataSet.set(Tag(0x0008, 0x0100), vr: .OW, value: Array("CODE".utf8))
        let digests = try #require(dataSet.elementDigests)
        var asText = DataSet()
        try asText.set(Tag(0x0008, 0x0100), "CODE")
        #expect(asText.elementDigests == digests)
        let turned = try DataSet(parsing: dataSet.encode(as: .explicitVRBigEndian), as: .explicitVRBigEndian)
        #expect(turned[Tag(0x0008, 0x0100)]?.value.map(Array.init) == Array("OCED".utf8))
        #expect(turned.elementDigests == digests)
    }

    @Test func `every object of the wheel has the same digests in every transfer syntax`() throws {
        var compared = 0
        for (name, _, header) in try Wheel.objects() where !header.dataSet.records.contains(where: \.isOmitted) {
            let digests = header.dataSet.elementDigests
            for syntax in Self.syntaxes {
                guard let written = try? header.dataSet.encode(as: syntax) else { continue }
                let again = try DataSet(parsing: written, as: syntax)
                #expect(again.elementDigests == digests, "\(name) as \(syntax.uid)")
                compared += 1
            }
        }
        #expect(compared > 500)
    }

    @Test func `an element without a representation behind the pixels counts in a deflated object too`() throws {
        var dataSet = DataSet()
        try dataSet.set(.sopClassUID, "1.2")
        try dataSet.set(.sopInstanceUID, "1.3")
        try dataSet.set(.pixelData, vr: .OW, value: [UInt8](repeating: 0, count: 4_000))
        let implicit: [UInt8] = [0xE1, 0x7F, 0x10, 0x10, 4, 0, 0, 0, 1, 2, 3, 4]
        let syntax = TransferSyntax.deflatedExplicitVRLittleEndian
        let deflated = try Deflater.deflate(dataSet.encode(as: .explicitVRLittleEndian) + implicit)
        let file = try PartTen.bytes(dataSet: deflated, syntax: syntax)
        var reader = ObjectHeaderReader(byteCount: Int64(file.count), digestsElements: true)
        _ = try reader.read(file)
        #expect(reader.elementDigests?.entries.map(\.tag).last == Tag(0x7FE1, 0x1010))
    }

    @Test func `pieces do not matter to digests, and elements behind the pixels count`() throws {
        var dataSet = try sample()
        let without = try #require(try digests(ofFile: PartTen.bytes(dataSet: dataSet.encode(as: .explicitVRLittleEndian), syntax: .explicitVRLittleEndian)))
        try dataSet.set(.pixelData, vr: .OW, value: [1, 2])
        try dataSet.set(Tag(0xFFFA, 0xFFFA), items: [try sample()])
        let bytes = try PartTen.bytes(dataSet: dataSet.encode(as: .explicitVRLittleEndian), syntax: .explicitVRLittleEndian)
        let whole = try #require(try digests(ofFile: bytes))
        #expect(whole.entries.dropLast() == without.entries[...])
        #expect(whole.entries.last?.tag == Tag(0xFFFA, 0xFFFA))
        #expect(try digests(ofFile: bytes, pieceByteCount: 3) == whole)
        #expect(dataSet.elementDigests == whole)
    }

    @Test func `long values count, which a header does not keep`() throws {
        var dataSet = try sample()
        try dataSet.set(Tag(0x0042, 0x0011), vr: .OB, value: [UInt8](repeating: 7, count: 100_000))
        let bytes = try PartTen.bytes(dataSet: dataSet.encode(as: .explicitVRLittleEndian), syntax: .explicitVRLittleEndian)
        #expect(try digests(ofFile: bytes) == dataSet.elementDigests)
        #expect(try #require(try ObjectHeader.read(bytes)).dataSet.elementDigests == nil)
    }

    @Test func `lengths of sequences do not matter`() throws {
        let defined: [UInt8] = [0x40, 0, 0x75, 2, 0x53, 0x51, 0, 0, 8, 0, 0, 0, 0xFE, 0xFF, 0, 0xE0, 0, 0, 0, 0]
        let undefined: [UInt8] = [
            0x40, 0, 0x75, 2, 0x53, 0x51, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFE, 0xFF, 0, 0xE0, 0xFF, 0xFF, 0xFF, 0xFF,
            0xFE, 0xFF, 0x0D, 0xE0, 0, 0, 0, 0, 0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0,
        ]
        let one = try DataSet(parsing: defined, as: .explicitVRLittleEndian)
        let other = try DataSet(parsing: undefined, as: .explicitVRLittleEndian)
        #expect(one.elementDigests == other.elementDigests)
        #expect(one.elementDigests?.entries.count == 1)
    }

    @Test func `a text counts in whatever character set it is written`() throws {
        var unicode = DataSet()
        try unicode.set(.specificCharacterSet, "ISO_IR 192")
        try unicode.set(.patientName, "Müller^Jörg")
        let latin = try #require(try sample().elementDigests).entries.first { $0.tag == .patientName }
        #expect(unicode.elementDigests?.entries == [try #require(latin)])
    }

    @Test func `bytes that are no text of the character set count as bytes`() throws {
        let values: [[UInt8]] = [[0xC3, 0x28], [0xC3, 0x29], [0xEF, 0xBF, 0xBD, 0x20], [0x1B, 0x20]]
        for terms in ["", "ISO_IR 192", "ISO 2022 IR 6\\ISO 2022 IR 87"] {
            let digests = try values.map { value in
                var dataSet = DataSet()
                try dataSet.set(.specificCharacterSet, terms)
                try dataSet.set(.patientName, vr: .PN, value: value)
                return dataSet.elementDigests
            }
            #expect(Set(digests).count == values.count, "\(terms)")
        }
    }

    @Test func `every changed byte of a value changes its digest alone`() throws {
        let bytes = try sample().encode(as: .explicitVRLittleEndian)
        let before = try DataSet(parsing: bytes, as: .explicitVRLittleEndian)
        // In an item a changed byte may be one of a representation, which says nothing where PS3.6 knows one.
        for record in before.records where record.tag != .specificCharacterSet && record.vr != .SQ {
            for index in record.valueRange where bytes[index] != 0x20 && bytes[index] != 0 {
                var changed = bytes
                changed[index] ^= 0x04
                let after = try? DataSet(parsing: changed, as: .explicitVRLittleEndian)
                guard let old = before.elementDigests?.entries, let new = after?.elementDigests?.entries else { continue }
                #expect(zip(old, new).filter { $0 != $1 }.map(\.0.tag) == [record.tag], "byte \(index)")
            }
        }
    }
}
