public import DICOM
public import DICOMNetwork
internal import Foundation

/// What comparing a destination's copy with our object found.
public enum Comparison: Hashable, Sendable {
    /// Every element and every pixel byte that counts is equal.
    case equal
    /// Equal to what we send where the object's own transfer syntax is not taken: these elements, ascending, had to change with it.
    case transcoded([Tag])
    /// Pixels are equal, and all elements but these, ascending, which say how the pixels are written: they may differ, because the
    /// destination keeps the object in another transfer syntax than that in which we have it.
    case equivalent([Tag], transferSyntaxUID: String)
    /// The tags of the top-level elements that differ, ascending; Pixel Data among them when its bytes differ.
    case different([Tag])
    /// It could not be decided, and why: a copy in another transfer syntax, for one. Not equal, for all that is to be proved.
    case notComparable(String)
}

extension Comparison {
    /// Compares a copy that was read back with the object that was, or would have been, sent.
    ///
    /// Element by element by their digests (docs/digests.md): text as Unicode without padding, numbers in either byte order, sequences
    /// item by item, private elements included. Of no matter is Attribute Modification DateTime (0400,0562): the same declared change
    /// made again bears another time. Pixels are compared by their digests when both are native, by their bytes when the transfer syntax
    /// is the same, and not otherwise.
    ///
    /// Both objects are read through once or twice; memory is bounded by their headers.
    public init(
        readBack copy: some ObjectContent, as copySyntaxUID: String, expected: some ObjectContent, as expectedSyntaxUID: String
    ) {
        do throws(ComparableObject.Obstacle) {
            let ours = try ComparableObject(expected, transferSyntaxUID: expectedSyntaxUID, name: "our object")
            let theirs = try ComparableObject(copy, transferSyntaxUID: copySyntaxUID, name: "the copy")
            self = try ours.compare(with: theirs)
        } catch {
            self = .notComparable(error.sentence)
        }
    }
}

/// An object taken apart for comparison: elements whole, pixels as digests.
struct ComparableObject {
    /// Why an object cannot be compared.
    struct Obstacle: Error, CustomStringConvertible {
        let sentence: String
        var description: String { sentence }
    }

    let syntax: TransferSyntax
    private let elements: ElementDigests
    /// Of the element of the pixels, if there is one.
    private let pixelTag: Tag?
    /// Its bytes, unless they are deflated with the elements.
    private let pixels: PixelElement?
    private let nativePixelDigest: ContentDigest?

    init(_ content: some ObjectContent, transferSyntaxUID: String, name: String) throws(Obstacle) {
        do {
            let (header, metaLength, digest) = try Self.header(of: content, transferSyntaxUID: transferSyntaxUID)
            syntax = header.transferSyntax
            nativePixelDigest = digest
            let pixelOffset = header.pixelDataOffset.map { $0 - metaLength }
            let end = header.dataSetEnd.map { min($0 - metaLength, content.byteCount) } ?? content.byteCount
            let front = try Self.dataSet(content, 0..<(pixelOffset ?? end), as: syntax)
            pixels = try pixelOffset.map { try PixelElement(content, at: $0, end: end, syntax: header.transferSyntax) }
            let rest = try Self.dataSet(content, (pixels?.end ?? end)..<end, as: syntax)
            guard let digests = ElementDigests(of: [front, rest], without: [.attributeModificationDateTime]) else {
                throw Obstacle(
                    sentence: "it has more than \(ElementDigests.maximumElementCount) elements and items, or more than "
                        + "\(ElementDigests.maximumSequenceByteCount) bytes of sequences: so many are not compared")
            }
            elements = digests
            pixelTag = pixels?.tag ?? Self.pixelTags.first(where: front.contains)
        } catch {
            throw Obstacle(sentence: "\(name) cannot be read: \(error)")
        }
    }

    private static let pixelTags: [Tag] = [.pixelData, .floatPixelData, .doubleFloatPixelData]

    /// Most bytes of one read, and so of memory beyond the header.
    static let chunkLength = 1 << 20

    /// Reads the whole object through the header reader, which finds its real syntax, its end, and the digest of native pixels.
    static func header(
        of content: some ObjectContent, transferSyntaxUID: String
    ) throws -> (header: ObjectHeader, metaLength: Int64, pixelDigest: ContentDigest?) {
        var meta = DataSet()
        try meta.set(.transferSyntaxUID, transferSyntaxUID)
        let preamble = [UInt8](repeating: 0, count: 128) + Array("DICM".utf8) + (try meta.encode(as: .explicitVRLittleEndian))
        var reader = ObjectHeaderReader(byteCount: Int64(preamble.count) + content.byteCount, digestsPixels: true)
        _ = try reader.feed(preamble)
        for start in stride(from: 0, to: content.byteCount, by: chunkLength) {
            let range = start..<min(start + Int64(chunkLength), content.byteCount)
            _ = try reader.feed(try content.bytes(range))
        }
        guard let header = try end(of: &reader) else { throw Obstacle(sentence: "it is no DICOM data set") }
        return (header, header.dataSetOffset, reader.pixelDigest)
    }

    /// A destination may have dropped the pixels that an object describes: a difference to be named, not an obstacle.
    private static func end(of reader: inout ObjectHeaderReader) throws(DICOMError) -> ObjectHeader? {
        do throws(DICOMError) {
            return try reader.finish()
        } catch {
            guard error.code == .truncated, error.tag == .pixelData, let header = reader.headerSoFar, header.pixelDataOffset == nil
            else { throw error }
            return header
        }
    }

    private static func dataSet(_ content: some ObjectContent, _ range: Range<Int64>, as syntax: TransferSyntax) throws -> DataSet {
        guard !range.isEmpty else { return DataSet(as: syntax) }
        let limit = ObjectHeaderReader.maximumHeaderByteCount
        guard range.count <= limit else {
            throw Obstacle(sentence: "\(range.count) bytes of elements; at most \(limit) are compared")
        }
        return try DataSet(parsing: try content.bytes(range), as: syntax)
    }

    func compare(with copy: ComparableObject) throws(Obstacle) -> Comparison {
        var tags = elements.differences(from: copy.elements)
        if let pixelTag = try differingPixels(copy) { tags.append(pixelTag) }
        return tags.isEmpty ? .equal : .different(Array(Set(tags)).sorted())
    }

    /// The digest of each element beside the pixels.
    var digests: [Tag: ContentDigest] {
        Dictionary(elements.entries.map { ($0.tag, $0.digest) }, uniquingKeysWith: { first, _ in first })
    }

    /// The tag of the pixels, if those of the copy are others.
    func differingPixels(_ copy: ComparableObject) throws(Obstacle) -> Tag? {
        guard pixelTag == copy.pixelTag else { return pixelTag ?? copy.pixelTag }
        guard let pixelTag else { return nil }
        if let ours = nativePixelDigest, let theirs = copy.nativePixelDigest { return ours == theirs ? nil : pixelTag }
        guard syntax == copy.syntax, let ours = pixels, let theirs = copy.pixels else {
            throw Obstacle(
                sentence: "the copy is in transfer syntax \(copy.syntax.uid) instead of \(syntax.uid): pixels cannot be compared")
        }
        return ours.digest == theirs.digest ? nil : pixelTag
    }
}

extension ObjectContent {
    /// The bytes of a range, in memory.
    func bytes(_ range: Range<Int64>) throws -> [UInt8] {
        var buffer = ReadBuffer()
        try read(from: range.lowerBound, count: range.count, into: &buffer)
        guard buffer.readableBytes == range.count else {
            throw ComparableObject.Obstacle(sentence: "it ends at byte \(range.lowerBound + Int64(buffer.readableBytes))")
        }
        return Array(buffer.readableBytesView)
    }
}
