internal import DICOM

/// An object that is to be transcoded or shown: its elements in memory, its pixels where they are.
struct ImageFile {
    /// File meta information; `nil` if there is none.
    let metaInformation: DataSet?
    /// What the pixels are written in.
    let transferSyntax: TransferSyntax
    /// What the elements are written in.
    let elementSyntax: TransferSyntax
    /// The elements before the pixels; all, if there are none.
    let dataSet: DataSet
    /// `nil`: the object has no pixels.
    let pixels: PixelElement?
    /// The elements behind the pixels.
    let trailing: DataSet
    let source: any ImageSource

    /// Reads the whole file: one that is cut is not transcoded.
    ///
    /// Throws `PixelCodecError` of code `not-dicom` for what is no object, `limit` for too many elements; `DICOMError` for a damaged
    /// one; whatever the source throws.
    init(_ source: any ImageSource) throws {
        let header = try Self.header(of: source)
        guard header.transferSyntax.isDeflated else {
            try self.init(header, source, metaInformation: header.metaInformation, transferSyntax: header.transferSyntax)
            return
        }
        let plain = try InflatedImageSource(source, from: header.dataSetOffset)
        try self.init(
            Self.header(of: plain), plain, metaInformation: header.metaInformation, transferSyntax: .explicitVRLittleEndian)
    }

    private init(
        _ header: ObjectHeader, _ source: any ImageSource, metaInformation: DataSet?, transferSyntax: TransferSyntax
    ) throws {
        let end = header.dataSetEnd ?? source.byteCount
        let pixels = try header.pixelDataOffset.map { try PixelElement(source, at: $0, end: end, as: header.elementSyntax) }
        self.source = source
        self.metaInformation = metaInformation
        self.transferSyntax = transferSyntax
        self.pixels = pixels
        elementSyntax = header.elementSyntax
        dataSet = try Self.elements(source, header.dataSetOffset..<(header.pixelDataOffset ?? end), as: elementSyntax)
        trailing = try Self.elements(source, (pixels?.end ?? end)..<end, as: elementSyntax, behind: dataSet)
    }

    /// An item of an object's sequence that has compressed pixels of its own: they are in the object's transfer syntax (PS3.5 §A.4).
    ///
    /// Throws `PixelCodecError` of code `malformed`, `DICOMError`.
    init(item: DataSet, of file: ImageFile) throws {
        let source = MemoryImageSource(content: try item.only([.pixelData]).encode(as: .explicitVRLittleEndian))
        self.source = source
        metaInformation = nil
        transferSyntax = file.transferSyntax
        elementSyntax = .explicitVRLittleEndian
        dataSet = item
        pixels = try PixelElement(source, at: 0, end: source.byteCount, as: .explicitVRLittleEndian)
        trailing = DataSet(as: .explicitVRLittleEndian)
    }

    private static func header(of source: any ImageSource) throws -> ObjectHeader {
        var reader = ObjectHeaderReader(byteCount: source.byteCount)
        return try header(of: source, with: &reader)
    }

    /// Reads the whole file with a reader. Throws as `init(_:)` does.
    static func header(of source: any ImageSource, with reader: inout ObjectHeaderReader) throws -> ObjectHeader {
        for start in stride(from: 0, to: source.byteCount, by: pieceByteCount) {
            let piece = try source.bytes(start..<min(start + Int64(pieceByteCount), source.byteCount))
            if case .notDICOM = try reader.feed(piece) { break }
        }
        guard let header = try reader.finish() else { throw PixelCodecError(.notDICOM, "The file is no DICOM object") }
        return header
    }

    private static let pieceByteCount = 1 << 20

    private static func elements(
        _ source: any ImageSource, _ range: Range<Int64>, as syntax: TransferSyntax, behind front: DataSet? = nil
    ) throws -> DataSet {
        guard Int64(range.count) <= PixelCodecLimits.maximumElementsByteCount else {
            throw PixelCodecError(.limit, "The elements beside the pixels take more than \(PixelCodecLimits.maximumElementsByteCount) bytes")
        }
        return try DataSet(parsing: source.bytes(range), as: syntax, behind: front)
    }

    var isEncapsulated: Bool { pixels?.fragments != nil }
}

/// Where an object's pixels lie (PS3.5 §8, §A.4).
struct PixelElement {
    let tag: Tag
    let vr: VR
    /// The value of native pixels; of encapsulated ones the items.
    let value: Range<Int64>
    /// The fragments of encapsulated pixels, without the offset table; `nil` for native ones.
    let fragments: [Range<Int64>]?
    /// Where each frame begins, counted from the first fragment's item; empty if the table is.
    let offsetTable: [UInt32]
    /// Where the next element begins.
    let end: Int64

    /// Reads the element that begins at `offset`. Throws `PixelCodecError` of code `malformed`.
    init(_ source: any ImageSource, at offset: Int64, end limit: Int64, as syntax: TransferSyntax) throws {
        let head = try source.bytes(offset..<min(offset + 12, limit))
        guard head.count >= (syntax.isExplicitVR ? 12 : 8) else { throw PixelCodecError(.malformed, "The object ends at its pixels") }
        tag = Tag(head.number16(at: 0, syntax), head.number16(at: 2, syntax))
        // Implicit Pixel Data is OW, though the dictionary allows OB as well (PS3.5 §A.1).
        let implicitVR = tag == .pixelData ? VR.OW : DataDictionary.vr(of: tag) ?? .OW
        vr = syntax.isExplicitVR ? VR(head[4], head[5]) : implicitVR
        let isShort = syntax.isExplicitVR && ![VR.OB, .OW, .OF, .OD, .OL, .OV, .UN].contains(vr)
        let place = syntax.isExplicitVR && !isShort ? 8 : 4
        let length = isShort ? UInt32(head.number16(at: 6, syntax)) : head.number32(at: place, syntax)
        let start = offset + Int64(place) + 4
        guard length == .max else {
            value = start..<start + Int64(length)
            fragments = nil
            offsetTable = []
            end = value.upperBound
            guard end <= limit else { throw PixelCodecError(.malformed, "The pixel data is cut") }
            return
        }
        let items = try Self.items(source, from: start, limit: limit)
        guard let table = items.ranges.first else { throw PixelCodecError(.malformed, "The pixel data has no offset table") }
        fragments = Array(items.ranges.dropFirst())
        let entries = try source.bytes(table)
        offsetTable = stride(from: 0, to: entries.count - 3, by: 4).map { entries.uint32(at: $0) }
        value = start..<items.end
        end = items.end
    }

    private static func items(_ source: any ImageSource, from start: Int64, limit: Int64) throws -> (ranges: [Range<Int64>], end: Int64) {
        var ranges: [Range<Int64>] = []
        var place = start
        while place + 8 <= limit {
            let head = try source.bytes(place..<place + 8)
            place += 8
            guard head[..<4].elementsEqual([0xFE, 0xFF, 0x00, 0xE0]) else {
                guard head[..<4].elementsEqual([0xFE, 0xFF, 0xDD, 0xE0]) else { break }
                return (ranges, place)
            }
            let end = place + Int64(head.uint32(at: 4))
            guard end <= limit else { break }
            guard ranges.count <= maximumFragmentCount else {
                throw PixelCodecError(.limit, "The pixel data has more than \(maximumFragmentCount) fragments")
            }
            ranges.append(place..<end)
            place = end
        }
        throw PixelCodecError(.malformed, "The pixel data is no sequence of fragments, at byte \(place)")
    }

    /// As many as frames, and some more for those that are in several.
    private static let maximumFragmentCount = 2 * PixelCodecLimits.maximumFrameCount
}

extension [UInt8] {
    fileprivate func number16(at place: Int, _ syntax: TransferSyntax) -> UInt16 {
        let (first, second) = (UInt16(self[place]), UInt16(self[place + 1]))
        return syntax.isBigEndian ? first << 8 | second : second << 8 | first
    }

    fileprivate func number32(at place: Int, _ syntax: TransferSyntax) -> UInt32 {
        syntax.isBigEndian ? uint32(at: place).byteSwapped : uint32(at: place)
    }
}
