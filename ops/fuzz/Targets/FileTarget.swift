@testable import DICOM

/// A file of any bytes: what is said of it does not depend on the pieces it comes in, and a change touches what it declares.
enum FileTarget {
    static func run(_ input: [UInt8]) {
        let whole = Reading(of: input, pieceByteCount: max(1, input.count))
        let pieces = Reading(of: input, pieceByteCount: 1 + Int(input.last ?? 0) % 67)
        require(whole.words == pieces.words, "read whole: \(whole.words)\nin pieces:  \(pieces.words)")
        _ = Reading(of: input, pieceByteCount: 4096, isSizeKnown: false)
        guard let header = whole.header else { return }
        DataSetTarget.open(header.dataSet, depth: 0)
        guard whole.isWhole else { return }
        change(header, of: input)
        reencode(header, of: input)
    }

    private static let record = CoercionRecord(modifyingSystem: "SKEIN", dateTime: "20260101120000", sourceOfPreviousValues: "DISC 1")

    /// Writes all text in UTF-8: it must be the same text.
    private static func reencode(_ header: ObjectHeader, of input: [UInt8]) {
        let source = { (range: Range<Int64>) in Array(input[Int(range.lowerBound)..<Int(range.upperBound)]) }
        guard let changed = try? header.coerced(by: Coercion([.inUTF8]), record: record, readSource: source) else { return }
        for tag in header.dataSet.elements.map(\.tag) where tag != .specificCharacterSet && tag != .originalAttributesSequence {
            require(changed.dataSet.string(tag) == header.dataSet.string(tag), "\(tag) says something else in UTF-8")
        }
    }

    /// Sets the accession number; the rest must be the source's own bytes.
    private static func change(_ header: ObjectHeader, of input: [UInt8]) {
        let source = { (range: Range<Int64>) in Array(input[Int(range.lowerBound)..<Int(range.upperBound)]) }
        let coercion = Coercion([.init(.accessionNumber, "A1"), .init(.patientName, "Löwe^Änne")])
        guard let changed = try? header.coerced(by: coercion, record: record, readSource: source) else { return }
        let sent = changed.segments.flatMap { segment -> [UInt8] in
            switch segment {
            case .bytes(let bytes): bytes
            case .source(let range): source(range)
            }
        }
        require(Int64(sent.count) == changed.byteCount, "a changed object of \(changed.byteCount) bytes gave \(sent.count)")
        require(changed.dataSet.string(.accessionNumber) == "A1", "the accession number is not what it was set to")
    }
}

/// What reading a file came to.
struct Reading {
    let header: ObjectHeader?
    let isWhole: Bool
    let words: String

    init(of input: [UInt8], pieceByteCount: Int, isSizeKnown: Bool = true) {
        var reader = ObjectHeaderReader(byteCount: isSizeKnown ? Int64(input.count) : nil, digestsPixels: true, digestsElements: true)
        do throws(DICOMError) {
            for start in stride(from: 0, to: input.count, by: pieceByteCount) {
                _ = try reader.feed(input[start..<min(start + pieceByteCount, input.count)])
            }
            header = try reader.finish()
            isWhole = header != nil
            words = header.map { Self.describe($0, reader.pixelDigest, reader.elementDigests) } ?? "no object"
        } catch {
            header = reader.headerSoFar
            isWhole = false
            words = "\(error)"
        }
    }

    private static func describe(_ header: ObjectHeader, _ pixels: ContentDigest?, _ digests: ElementDigests?) -> String {
        let elements = header.dataSet.elements.map { "\($0.tag)\($0.vr)\($0.valueByteCount)\($0.value?.hashValue ?? 0)" }
        return "\(header.transferSyntax.uid) \(header.dataSetEnd ?? -1) \(pixels?.description ?? "-") \(digests?.dataSet.description ?? "-") \(elements.joined(separator: " "))"
    }
}
