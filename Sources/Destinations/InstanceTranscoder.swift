public import DICOM
public import DICOMNetwork

/// Writes an instance in another transfer syntax, for a destination that does not take its own.
public protocol InstanceTranscoder: Sendable {
    /// The syntaxes that an instance of this one can be written in with the same pixels, best first; its own is not among them.
    func alternatives(to transferSyntaxUID: String) -> [String]

    /// The compressed syntaxes without loss that it can write as an uncompressed one: an object that a destination keeps so can be compared.
    var losslessCompressions: [String] { get }

    /// The instance's data set in another of these syntaxes.
    ///
    /// - Throws: Why it cannot be written so, as a `DestinationError` where that is told to people; it is then not sent.
    func transcoded(_ instance: OutgoingInstance, to transferSyntaxUID: String) async throws -> TranscodedInstance
}

/// An instance's data set in another transfer syntax.
public struct TranscodedInstance: Sendable {
    /// The data set.
    public var content: any ObjectContent
    /// The elements that had to change, each with its record in Original Attributes Sequence.
    public var changed: [Tag]
    /// Whether the pixels had been compressed with loss: another program may decode them to other cells.
    public var wasLossy: Bool

    /// A data set of these values.
    public init(content: any ObjectContent, changed: [Tag] = [], wasLossy: Bool = false) {
        self.content = content
        self.changed = changed
        self.wasLossy = wasLossy
    }
}

/// Uncompressed little endian syntaxes in one another: only heads of elements change, and the pixels go from file to socket as they are.
public struct NativeTranscoder: InstanceTranscoder {
    /// The only one there is.
    public init() {}

    private static let plain = [TransferSyntax.explicitVRLittleEndian.uid, TransferSyntax.implicitVRLittleEndian.uid]
    /// Elements beside the pixels that are written anew in memory, in bytes.
    static let maximumByteCount = 64 << 20

    public var losslessCompressions: [String] { [] }

    public func alternatives(to transferSyntaxUID: String) -> [String] {
        Self.plain.contains(transferSyntaxUID) ? Self.plain.filter { $0 != transferSyntaxUID } : []
    }

    public func transcoded(_ instance: OutgoingInstance, to transferSyntaxUID: String) async throws -> TranscodedInstance {
        let target = TransferSyntax(uid: transferSyntaxUID)
        let layout = try ObjectLayout(instance.content, transferSyntaxUID: instance.transferSyntaxUID)
        var front = try Self.dataSet(instance.content, layout.elements, layout.syntax)
        front.removeLengthsOverPixels()
        var parts: [any ObjectContent] = [MemoryContent(try front.encode(as: target))]
        if let pixels = layout.pixels {
            parts.append(MemoryContent(NativePixelHead(pixels).encoded(as: target)))
            parts.append(ContentRange(instance.content, pixels.value))
            let trailing = try Self.dataSet(instance.content, pixels.value.upperBound..<layout.end, layout.syntax, behind: front)
            parts.append(MemoryContent(try trailing.encode(as: target)))
        }
        return TranscodedInstance(content: JoinedContent(parts))
    }

    private static func dataSet(
        _ content: some ObjectContent, _ range: Range<Int64>, _ syntax: TransferSyntax, behind front: DataSet? = nil
    ) throws -> DataSet {
        guard !range.isEmpty else { return DataSet(as: syntax) }
        guard range.count <= maximumByteCount else {
            throw DestinationError(.notAccepted, "\(range.count) bytes of elements; at most \(maximumByteCount) are written anew")
        }
        return try DataSet(parsing: try content.bytes(range), as: syntax, behind: front)
    }
}

/// Where the parts of an uncompressed data set lie.
struct ObjectLayout {
    /// The pixel element: Pixel Data, or Float or Double Float Pixel Data (PS3.5 §8.1).
    struct Pixels {
        let tag: Tag
        /// As written; nil in an implicit syntax.
        let vr: [UInt8]?
        let value: Range<Int64>
    }

    /// What it is really written in.
    let syntax: TransferSyntax
    let elements: Range<Int64>
    let pixels: Pixels?
    let end: Int64

    /// Looks through the whole object.
    ///
    /// - Throws: `DestinationError` or `DICOMError` when it is damaged, or not an uncompressed little endian one.
    init(_ content: some ObjectContent, transferSyntaxUID: String) throws {
        let object = try ComparableObject.header(of: content, transferSyntaxUID: transferSyntaxUID)
        syntax = object.header.transferSyntax
        guard !syntax.isBigEndian, !syntax.isEncapsulated, !syntax.isDeflated else {
            throw DestinationError(.notAccepted, "the object is in \(syntax.uid) and not in an uncompressed little endian syntax")
        }
        let end = object.header.dataSetEnd.map { min($0 - object.metaLength, content.byteCount) } ?? content.byteCount
        self.end = end
        let offset = object.header.pixelDataOffset.map { $0 - object.metaLength }
        elements = 0..<(offset ?? end)
        pixels = try offset.map { try Self.pixels(content, at: $0, end: end, syntax: object.header.transferSyntax) }
    }

    private static func pixels(
        _ content: some ObjectContent, at offset: Int64, end: Int64, syntax: TransferSyntax
    ) throws -> Pixels {
        let headLength: Int64 = syntax.isExplicitVR ? 12 : 8
        guard offset + headLength <= end else { throw DestinationError(.unreadable, "the pixel element is cut") }
        let head = try content.bytes(offset..<offset + headLength)
        let length = head.suffix(4).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        let start = offset + headLength
        guard length != .max, start + Int64(length) <= end else {
            throw DestinationError(.unreadable, "the pixel element has fragments, or is cut")
        }
        return Pixels(
            tag: Tag(UInt16(head[0]) | UInt16(head[1]) << 8, UInt16(head[2]) | UInt16(head[3]) << 8),
            vr: syntax.isExplicitVR ? Array(head[4..<6]) : nil, value: start..<start + Int64(length))
    }
}

/// The head of an uncompressed pixel element (PS3.5 §7.1).
private struct NativePixelHead {
    let pixels: ObjectLayout.Pixels

    init(_ pixels: ObjectLayout.Pixels) { self.pixels = pixels }

    func encoded(as syntax: TransferSyntax) -> [UInt8] {
        var bytes: [UInt8] = []
        for number in [pixels.tag.group, pixels.tag.element] { bytes += [UInt8(truncatingIfNeeded: number), UInt8(number >> 8)] }
        if syntax.isExplicitVR { bytes += (pixels.vr ?? usualVR) + [0, 0] }
        let length = UInt32(pixels.value.count)
        return bytes + [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: length >> $0) }
    }

    /// PS3.5 §A.1: in implicit syntaxes Pixel Data is OW, whatever Bits Allocated says.
    private var usualVR: [UInt8] {
        switch pixels.tag {
        case Tag(0x7FE0, 0x0008): Array("OF".utf8)
        case Tag(0x7FE0, 0x0009): Array("OD".utf8)
        default: Array("OW".utf8)
        }
    }
}
