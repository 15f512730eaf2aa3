@testable import DICOM

/// A file of any bytes: what is said of it does not depend on the pieces it comes in, and a change touches what it declares.
enum FileTarget {
    static func run(_ input: [UInt8]) {
        let whole = Reading(of: input, pieceByteCount: max(1, input.count))
        let pieces = Reading(of: input, pieceByteCount: 1 + Int(input.last ?? 0) % 67).words
        require(whole.words == pieces, "read whole: \(whole.words)\nin pieces:  \(pieces)")
        _ = Reading(of: input, pieceByteCount: 4096, isSizeKnown: false).words
        guard let header = whole.header else { return }
        DataSetTarget.open(header.dataSet, depth: 0)
        guard whole.isWhole else { return }
        change(header, whole, of: input)
        reencode(header, whole, of: input)
    }

    private static let record = CoercionRecord(modifyingSystem: "SKEIN", dateTime: "20260101120000", sourceOfPreviousValues: "DISC 1")

    /// Writes all text in UTF-8: it must be the same text.
    private static func reencode(_ header: ObjectHeader, _ whole: Reading, of input: [UInt8]) {
        guard let changed = coerced(header, by: Coercion([.inUTF8]), of: input) else { return }
        for tag in header.dataSet.elements.map(\.tag) where tag != .specificCharacterSet && tag != .originalAttributesSequence {
            require(changed.dataSet.string(tag) == header.dataSet.string(tag), "\(tag) says something else in UTF-8")
        }
        guard let after = checkSent(changed, of: input, whole, declared: [.specificCharacterSet])?.header else { return }
        // What has no text for want of a character set that is declared has one then: by escape sequences (docs/digests.md).
        guard header.characterSet.isExtended else { return }
        // Text behind the pixels stays as it is, and so does what PS3.6 does not know (docs/conformance.md).
        guard let old = header.dataSet.elementDigests, let new = after.dataSet.elementDigests else { return }
        let different = new.differences(from: old).filter { tag in
            tag != .originalAttributesSequence && header.dataSet.elements.allSatisfy { $0.tag != tag || isKnown($0, in: header.dataSet, depth: 0) }
        }
        require(different.isEmpty, "in UTF-8 these have other digests: \(different)")
    }

    /// Whether PS3.6 knows an element and all that is within.
    private static func isKnown(_ element: Element, in dataSet: DataSet, depth: Int) -> Bool {
        guard element.vr != .UN, DataDictionary.vr(of: element.tag) != nil, depth < ElementScanner.maximumDepth else { return false }
        let items = (try? dataSet.items(element.tag)) ?? []
        return items.allSatisfy { item in item.elements.allSatisfy { isKnown($0, in: item, depth: depth + 1) } }
    }

    /// Sets the accession number and the name; the rest must be the source's own bytes.
    private static func change(_ header: ObjectHeader, _ whole: Reading, of input: [UInt8]) {
        let coercion = Coercion([.init(.accessionNumber, "A1"), .init(.patientName, "Löwe^Änne")])
        guard let changed = coerced(header, by: coercion, of: input) else { return }
        require(changed.dataSet.string(.accessionNumber) == "A1", "the accession number is not what it was set to")
        let declared: Set<Tag> = [.accessionNumber, .patientName]
        guard let again = checkSent(changed, of: input, whole, declared: declared), let old = whole.elementDigests, let new = again.elementDigests
        else { return }
        let different = Set(new.differences(from: old)).subtracting(declared).subtracting([.originalAttributesSequence])
        require(different.isEmpty, "sent, these have other digests: \(different)")
    }

    private static func coerced(_ header: ObjectHeader, by coercion: Coercion, of input: [UInt8]) -> CoercedObject? {
        try? header.coerced(by: coercion, record: record) { Array(input[Int($0.lowerBound)..<Int($0.upperBound)]) }
    }

    /// What would be sent is, read by whoever gets it, the object that it was but for what is declared.
    private static func checkSent(_ changed: CoercedObject, of input: [UInt8], _ whole: Reading, declared: Set<Tag>) -> Reading? {
        // One that begins with this group is taken for big endian by its content.
        guard let before = whole.header, let meta = metaInformation(before.transferSyntax),
            changed.dataSet.elements.first?.tag != .originalAttributesSequence
        else { return nil }
        let sent = changed.segments.flatMap { segment -> [UInt8] in
            switch segment {
            case .bytes(let bytes): bytes
            case .source(let range): Array(input[Int(range.lowerBound)..<Int(range.upperBound)])
            }
        }
        require(Int64(sent.count) == changed.byteCount, "a changed object of \(changed.byteCount) bytes gave \(sent.count)")
        let file = meta + sent
        let again = Reading(of: file, pieceByteCount: file.count)
        guard again.isWhole, let after = again.header else {
            require(false, "what was sent cannot be read: \(again.words)")
            return nil
        }
        require(after.transferSyntax == before.transferSyntax, "what was sent as \(before.transferSyntax.uid) is \(after.transferSyntax.uid)")
        let open = declared.union([.originalAttributesSequence, .lengthToEnd])
        let tags = [before, after].map { $0.dataSet.elements.map(\.tag).filter { !open.contains($0) && !$0.isGroupLength } }
        require(tags[0] == tags[1], "what was sent has other elements: \(tags[1]), not \(tags[0])")
        require(again.pixelDigest == whole.pixelDigest, "what was sent has other pixels")
        if !changed.changes.isEmpty { require(after.dataSet.contains(.originalAttributesSequence), "a change is not recorded") }
        return again
    }

    /// A preamble and a meta header for a data set in this syntax.
    private static func metaInformation(_ syntax: TransferSyntax) -> [UInt8]? {
        var meta = DataSet()
        try? meta.set(Tag(0x0002, 0), UInt32(0))
        try? meta.set(.transferSyntaxUID, syntax.uid)
        try? meta.correctGroupLengths([0x0002])
        guard meta.contains(.transferSyntaxUID), let bytes = try? meta.encode(as: .explicitVRLittleEndian) else { return nil }
        return [UInt8](repeating: 0, count: 128) + Array("DICM".utf8) + bytes
    }
}

/// What reading a file came to.
struct Reading {
    let header: ObjectHeader?
    let isWhole: Bool
    let words: String
    let pixelDigest: ContentDigest?
    let elementDigests: ElementDigests?

    init(of input: [UInt8], pieceByteCount: Int, isSizeKnown: Bool = true) {
        var reader = ObjectHeaderReader(byteCount: isSizeKnown ? Int64(input.count) : nil, digestsPixels: true, digestsElements: true)
        do throws(DICOMError) {
            for start in stride(from: 0, to: input.count, by: pieceByteCount) {
                _ = try reader.feed(input[start..<min(start + pieceByteCount, input.count)])
            }
            header = try reader.finish()
            isWhole = header != nil
            let digests = reader.elementDigests
            (pixelDigest, elementDigests) = (reader.pixelDigest, digests)
            words = header.map { Self.describe($0, reader.pixelDigest, digests) } ?? "no object"
        } catch {
            header = reader.headerSoFar
            isWhole = false
            (pixelDigest, elementDigests) = (nil, nil)
            words = "\(error)"
        }
    }

    private static func describe(_ header: ObjectHeader, _ pixels: ContentDigest?, _ digests: ElementDigests?) -> String {
        let elements = header.dataSet.elements.map { "\($0.tag)\($0.vr)\($0.valueByteCount)\($0.value?.hashValue ?? 0)" }
        return "\(header.transferSyntax.uid) \(header.dataSetEnd ?? -1) \(pixels?.description ?? "-") \(digests?.dataSet.description ?? "-") \(elements.joined(separator: " "))"
    }
}
