/// Reads an object's header while its file streams by, and then looks whether the rest is whole (PS3.10 §7, PS3.5 §7).
///
/// Bytes are pushed with `feed` in pieces of any size. `.done` comes with the piece that completes the header: a reader
/// of headers may stop there. Who goes on to the end learns from `finish` whether the object is whole. Memory is
/// bounded whatever the file's size: values above `maximumKeptValueByteCount` and the pixels are never kept.
///
/// Files are known by their content: without preamble, without meta header, or with a wrong transfer syntax in it.
public struct ObjectHeaderReader: Sendable {
    /// What `feed` found.
    public enum Progress: Sendable {
        /// The header is not complete yet.
        case needsMore
        /// The header is complete; `dataSetEnd` is not known yet.
        case done(ObjectHeader)
        /// The file holds no DICOM object.
        case notDICOM
    }

    /// Values above this are kept as lengths only, sequences excepted: 64 KiB is what a 16-bit length can say, and
    /// longer values (look-up tables, profiles, curves, encapsulated documents) say nothing about identity.
    public static let maximumKeptValueByteCount = 64 << 10
    /// A header that is longer is refused. Functional groups of 30,000 frames take about 40 MB.
    public static let maximumHeaderByteCount = 64 << 20
    /// A deflated object that inflates to more is refused.
    public static var maximumInflatedByteCount: Int { Inflater.maximumByteCount }
    /// Bytes that are taken over at a time until the header is complete; most headers are shorter.
    static let blockByteCount = 8 << 10

    private enum Stage {
        case begin, header, tail, notDICOM, failed
    }

    private var stage = Stage.begin
    private var begin: [UInt8] = []
    private var format: FileFormat?
    private var inflater: Inflater?
    private var inflatedByteCount: Int64 = 0
    private var parser: HeaderParser?
    private var header: ObjectHeader?
    private var walker: TailWalker?
    private var error: DICOMError?
    private var received: Int64 = 0
    private let byteCount: Int64?
    private let digestsPixels: Bool
    private let digestsElements: Bool
    private let assumed: AssumedCharacterSet?

    /// A reader for a file of this many bytes; `nil` if that is not known. With `digestsPixels`, `pixelDigest` can be
    /// asked for after `finish`; with `digestsElements`, `elementDigests`, and long values are kept up to
    /// `maximumHeaderByteCount` then. Text without a declared character set is read by what is `assumed`.
    public init(
        byteCount: Int64?, digestsPixels: Bool = false, digestsElements: Bool = false, assuming assumed: AssumedCharacterSet? = nil
    ) {
        self.byteCount = byteCount
        self.digestsPixels = digestsPixels
        self.digestsElements = digestsElements
        self.assumed = assumed
    }

    /// Takes the next bytes of the file.
    ///
    /// Throws `DICOMError`; the file is damaged then, `headerSoFar` has what could be read, and every further call
    /// throws the same error.
    public mutating func feed(_ bytes: some Sequence<UInt8>) throws(DICOMError) -> Progress {
        if bytes.withContiguousStorageIfAvailable({ take($0) }) == nil {
            Array(bytes).withUnsafeBufferPointer { take($0) }
        }
        if let error { throw error }
        if stage == .notDICOM { return .notDICOM }
        return header.map { .done($0) } ?? .needsMore
    }

    /// How many of the file's next bytes need not be read, `skip` passed over instead: the rest of a value of the pixels, unless it is
    /// digested or inflated. 0 where the next byte must be seen.
    public var skippableByteCount: Int64 { error == nil && inflater == nil ? walker?.skippableByteCount ?? 0 : 0 }

    /// Passes over bytes that are in the file and were not read, at most `skippableByteCount`. Whether a file is whole is found out all the
    /// same, as long as its length is true.
    public mutating func skip(_ byteCount: Int64) {
        precondition(byteCount <= skippableByteCount)
        received += byteCount
        walker?.skip(byteCount)
    }

    /// Where the data set begins in the file; `nil` until it is known that the file holds an object.
    public var dataSetOffset: Int64? { format.map { Int64($0.dataSetOffset) } }

    /// How far the data set surely reaches, of the bytes so far; whether it is known that it ends there, before trailing bytes. `nil` until it
    /// is known that the file holds an object.
    public var dataSetEndSoFar: (offset: Int64, isFinal: Bool)? {
        guard format != nil else { return nil }
        if inflater != nil { return (received, false) }
        if let walker { return (walker.end, walker.isBehindEnd) }
        return parser.map { (min($0.offset, received), false) }
    }

    /// The file ended: the header, its `dataSetEnd` known; `nil` if the file holds no DICOM object.
    ///
    /// Throws `DICOMError`, of code `truncated` if the file was cut; `headerSoFar` has what could be read.
    public mutating func finish() throws(DICOMError) -> ObjectHeader? {
        attempt { (reader) throws(DICOMError) in try reader.close() }
        if let error { throw error }
        return stage == .notDICOM ? nil : header
    }

    /// What could be read of a damaged object; `nil` if nothing.
    public var headerSoFar: ObjectHeader? {
        if let header { return header }
        guard let format, let parser else { return nil }
        return makeHeader(format, parser)
    }

    /// The digest of the pixels (see `PixelDigester` for how it is made). `nil` unless it was asked for, `finish`
    /// found the object whole, and its pixels are native.
    public var pixelDigest: ContentDigest? { error == nil ? walker?.pixelDigest : nil }

    /// The digests of the elements before and behind the pixels. `nil` unless they were asked for, `finish` found the object
    /// whole, and the elements had at most `maximumHeaderByteCount` on either side.
    public var elementDigests: ElementDigests? {
        guard digestsElements, error == nil, let header, header.dataSetEnd != nil else { return nil }
        guard let walker else { return ElementDigests(of: [header.dataSet]) }
        return walker.elementsBehindPixels.flatMap { ElementDigests(of: [header.dataSet, $0]) }
    }
}

extension ObjectHeaderReader {
    private mutating func attempt(_ body: (inout ObjectHeaderReader) throws(DICOMError) -> Void) {
        guard error == nil else { return }
        do throws(DICOMError) {
            try body(&self)
        } catch {
            self.error = error
            stage = .failed
        }
    }

    private mutating func take(_ buffer: UnsafeBufferPointer<UInt8>) {
        received += Int64(buffer.count)
        attempt { (reader) throws(DICOMError) in
            var rest = buffer[...]
            while !rest.isEmpty, reader.stage == .begin || reader.stage == .header {
                let block = rest.prefix(Self.blockByteCount)
                try reader.takeBlock(UnsafeBufferPointer(rebasing: block))
                rest = rest.dropFirst(block.count)
            }
            if reader.stage == .tail { try reader.takeData(UnsafeBufferPointer(rebasing: rest)) }
        }
    }

    private mutating func takeBlock(_ block: UnsafeBufferPointer<UInt8>) throws(DICOMError) {
        guard stage == .begin else { return try takeData(block) }
        begin.append(contentsOf: block)
        try findFormat(isWhole: false)
    }

    private mutating func findFormat(isWhole: Bool) throws(DICOMError) {
        switch try FileFormat.find(in: begin, isWhole: isWhole, byteCount: byteCount) {
        case .needsMore: return
        case .notDICOM: stage = .notDICOM
        case .found(let found): try startHeader(found)
        }
        begin = []
    }

    private mutating func startHeader(_ found: FileFormat) throws(DICOMError) {
        format = found
        stage = .header
        guard found.isDeflated else {
            parser = HeaderParser(
                begin, at: found.dataSetOffset, encoding: found.encoding, sourceByteCount: byteCount,
                keepsLongValues: digestsElements)
            return try parseHeader()
        }
        parser = HeaderParser(
            [], at: 0, encoding: found.encoding, sourceByteCount: nil, keepsLongValues: digestsElements)
        inflater = Inflater()
        try Array(begin[found.dataSetOffset...]).withBuffer { (buffer) throws(DICOMError) in try takeData(buffer) }
    }

    /// Bytes of the data set, deflated or not.
    private mutating func takeData(_ piece: UnsafeBufferPointer<UInt8>) throws(DICOMError) {
        guard var inflater else { return try takePlain(piece) }
        self.inflater = nil
        do throws(DICOMError) {
            try inflater.inflate(piece) { (plain) throws(DICOMError) in try takeInflated(plain) }
        } catch {
            guard error.code == .deflate else { throw error }
            // What came before the damage may wait for more, and have a fault of its own: the first one is told.
            if stage == .header { try inDataSet { (reader) throws(DICOMError) in try reader.parseHeader(isWhole: true) } }
            // The inflater counts from the begin of its stream.
            throw error.moved(by: format.map { Int64($0.dataSetOffset) })
        }
        self.inflater = inflater
    }

    private mutating func takeInflated(_ plain: UnsafeBufferPointer<UInt8>) throws(DICOMError) {
        inflatedByteCount += Int64(plain.count)
        guard inflatedByteCount <= Inflater.maximumByteCount else {
            throw DICOMError(.limit, "The deflated data set holds more than \(Inflater.maximumByteCount) bytes", offset: received)
        }
        try inDataSet { (reader) throws(DICOMError) in try reader.takePlain(plain) }
    }

    /// Offsets in a deflated data set are counted where it is inflated.
    private mutating func inDataSet<T>(_ body: (inout ObjectHeaderReader) throws(DICOMError) -> T) throws(DICOMError) -> T {
        do throws(DICOMError) {
            return try body(&self)
        } catch {
            throw format?.isDeflated == true ? error.inInflated : error
        }
    }

    private mutating func takePlain(_ piece: UnsafeBufferPointer<UInt8>) throws(DICOMError) {
        if stage == .tail {
            try walker?.feed(piece)
        } else {
            parser?.append(piece)
            try parseHeader()
        }
    }

    private mutating func parseHeader(isWhole: Bool = false) throws(DICOMError) {
        try parser?.parse(isWhole: isWhole)
        guard let format, let parser, parser.isComplete else { return }
        let header = makeHeader(format, parser)
        self.header = header
        walker = TailWalker(
            header: header, offset: parser.offset, encoding: format.encoding, digestsPixels: digestsPixels,
            keepsElements: digestsElements)
        stage = .tail
        try Array(parser.rest).withBuffer { (rest) throws(DICOMError) in try walker?.feed(rest) }
        self.parser = nil
    }

    private func makeHeader(_ format: FileFormat, _ parser: HeaderParser) -> ObjectHeader {
        var dataSet = parser.dataSet()
        if let assumed { dataSet.enclosing.characterSet = SpecificCharacterSet(terms: [], assuming: assumed) }
        return ObjectHeader(
            dataSet: dataSet, transferSyntax: format.transferSyntax(pixels: parser.pixels),
            metaInformation: format.metaInformation, dataSetOffset: Int64(format.dataSetOffset),
            pixelDataOffset: format.isDeflated ? nil : parser.pixelDataOffset,
            hasPixels: parser.pixels != nil, byteCount: byteCount, dataSetEnd: nil)
    }

    private mutating func close() throws(DICOMError) {
        if stage == .begin { try findFormat(isWhole: true) }
        if stage == .header { try inDataSet { (reader) throws(DICOMError) in try reader.parseHeader(isWhole: true) } }
        guard stage == .header || stage == .tail else { return }
        if let inflater, !inflater.isFinished {
            throw DICOMError(.truncated, "The deflated data set is cut", offset: received)
        }
        let end = try inDataSet { (reader) throws(DICOMError) in try reader.closeDataSet() }
        header?.byteCount = received
        header?.dataSetEnd = inflater == nil ? end : received
    }

    /// Where the data set ends.
    private mutating func closeDataSet() throws(DICOMError) -> Int64? {
        let end = stage == .tail ? try walker?.finish() : try closeHeader()
        guard let header, header.lacksPixels else { return end }
        throw DICOMError(.truncated, "The file ends before the pixels that it describes", tag: .pixelData, offset: end)
    }

    /// The data set has no pixels: it ends with the file.
    private mutating func closeHeader() throws(DICOMError) -> Int64? {
        guard let format, let parser else { return nil }
        if let error = parser.errorAtEnd { throw error }
        header = makeHeader(format, parser)
        return parser.offset
    }
}
