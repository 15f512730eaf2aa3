/// A data set: elements in the order in which they were read or set (PS3.5 §7).
///
/// Elements are views into one array of bytes; nothing is decoded before it is asked for, and what is not changed
/// is written as it was read. Elements that are doubled or out of order stay so. Of doubled elements the last one
/// counts, as in pydicom.
public struct DataSet: Sendable {
    /// Every element's bytes; those of elements that were replaced stay until the data set goes.
    var bytes: [UInt8]
    var records: [ElementRecord]
    let encoding: ElementEncoding
    /// What the data set around it says; an item that does not say it itself uses that.
    var enclosing: EnclosingAttributes
    /// So many sequences are around it: of an item that was taken out with ``items(_:)`` at least one.
    private var depth = 0

    /// An empty data set that will be written in this syntax.
    public init(as syntax: TransferSyntax = .explicitVRLittleEndian) {
        self.init(bytes: [], records: [], encoding: syntax.encoding)
    }

    init(
        bytes: [UInt8], records: [ElementRecord], encoding: ElementEncoding,
        inheriting enclosing: EnclosingAttributes = EnclosingAttributes()
    ) {
        self.bytes = bytes
        self.records = records
        self.encoding = encoding
        self.enclosing = enclosing
    }

    /// Reads a whole data set, as it comes over the network: without preamble and meta header; or the elements behind the pixels,
    /// whose items take their character set and the like from what stands in `front` of these.
    ///
    /// Fewer than eight bytes after the last element are not read; more are no data set. Throws `DICOMError` of code
    /// `truncated`, `malformed`, `limit` or `deflate`.
    public init(parsing bytes: [UInt8], as syntax: TransferSyntax, behind front: DataSet? = nil) throws(DICOMError) {
        let plain = syntax.isDeflated ? try Inflater.inflate(bytes) : bytes
        self.init(
            bytes: plain, records: [], encoding: syntax.encoding, inheriting: front?.attributesForItems ?? EnclosingAttributes())
        do throws(DICOMError) {
            records = try Self.records(in: plain, range: 0..<plain.count, scanner: ElementScanner(encoding: encoding))
            let end = records.last?.end ?? 0
            guard plain.count - end < 8 else {
                throw DICOMError(.malformed, "A delimiter, or less than the head of an element, ends the data set", offset: Int64(end))
            }
        } catch {
            throw syntax.isDeflated ? error.inInflated : error
        }
    }

    /// Elements of one data set or item. PS3.6 has 5,000, and the largest private groups known some thousands; each costs memory
    /// beyond its own bytes, which a hostile object of empty elements would multiply.
    static let maximumElementCount = 1 << 18

    /// Items of one sequence that are handed out at once. Functional groups have one for each frame, of 30,000 and more; each costs some
    /// hundred bytes, and an empty one is written in eight.
    static let maximumItemCount = 1 << 18

    /// The elements in `range`. `origin` is where the source has the first of `bytes`; nil if they were made here.
    static func records(
        in bytes: [UInt8], range: Range<Int>, scanner: ElementScanner, origin: Int64? = 0
    ) throws(DICOMError) -> [ElementRecord] {
        do throws(DICOMError) {
            return try scan(bytes, range: range, scanner: scanner, origin: origin)
        } catch {
            throw error.moved(by: origin)
        }
    }

    private static func scan(
        _ bytes: [UInt8], range: Range<Int>, scanner: ElementScanner, origin: Int64?
    ) throws(DICOMError) -> [ElementRecord] {
        var records: [ElementRecord] = []
        var position = range.lowerBound
        let limit = range.upperBound
        while let head = scanner.head(in: bytes, at: position, limit: limit, remaining: Int64(limit - position)) {
            if head.tag == .itemDelimitation { break }
            guard records.count < maximumElementCount else {
                throw DICOMError(.limit, "A data set has more than \(maximumElementCount) elements", tag: head.tag, offset: Int64(position))
            }
            guard let end = try scanner.end(of: head, in: bytes, at: position, limit: limit), end <= limit else {
                throw DICOMError(.truncated, "The data ends within an element", tag: head.tag, offset: Int64(position))
            }
            records.append(ElementRecord(
                head: head, start: position, end: end, sourceOffset: origin.map { $0 + Int64(position) } ?? -1, byteCount: Int64(end - position)))
            position = end
        }
        return records
    }

    /// How many elements there are, doubled ones counted.
    public var count: Int { records.count }
    /// Whether there is no element.
    public var isEmpty: Bool { records.isEmpty }

    /// The elements in the order in which they are written.
    public var elements: some RandomAccessCollection<Element> & Sendable { Elements(dataSet: self) }

    /// The element with this tag; the last one if there are several.
    public subscript(tag: Tag) -> Element? {
        index(of: tag).map { element(at: $0) }
    }

    /// Whether there is an element with this tag.
    public func contains(_ tag: Tag) -> Bool { index(of: tag) != nil }

    func index(of tag: Tag) -> Int? { records.lastIndex { $0.tag == tag } }

    func element(at index: Int) -> Element {
        let record = records[index]
        return Element(
            tag: record.tag, vr: record.vr, value: record.isOmitted ? nil : bytes[record.valueRange],
            valueByteCount: record.byteCount - Int64(record.headByteCount),
            hasUndefinedLength: record.hasUndefinedLength)
    }

    private struct Elements: RandomAccessCollection, Sendable {
        let dataSet: DataSet
        var startIndex: Int { 0 }
        var endIndex: Int { dataSet.records.count }
        subscript(index: Int) -> Element { dataSet.element(at: index) }
    }
}

extension DataSet {
    /// The items of a sequence (PS3.5 §7.5); empty if the element is absent or empty.
    ///
    /// Throws `DICOMError` of code `malformed` or `truncated` where the value is no sequence of items, `limit` where it has more of them than
    /// ``maximumItemCount``, or lies within ``ElementScanner/maximumDepth`` others.
    public func items(_ tag: Tag) throws(DICOMError) -> [DataSet] {
        guard let index = index(of: tag) else { return [] }
        return try items(at: index, giving: attributesForItems)
    }

    /// The items of the sequence in this place among ``elements``: of doubled ones each has its own. `attributes` are ``attributesForItems``:
    /// looked for once for all sequences of a data set. Throws as ``items(_:)`` does.
    public func items(at index: Int, giving attributes: EnclosingAttributes) throws(DICOMError) -> [DataSet] {
        let record = records[index]
        guard !record.isOmitted, !record.valueRange.isEmpty else { return [] }
        // Whoever goes down from item to item comes to an end before the stack does.
        guard depth < ElementScanner.maximumDepth else {
            throw DICOMError(.limit, "Sequences are nested deeper than \(ElementScanner.maximumDepth)", tag: record.tag, offset: record.place)
        }
        let scanner = itemScanner(of: record)
        var items: [DataSet] = []
        var position = record.valueRange.lowerBound
        while let end = try endOfItem(at: position, of: record, scanner: scanner) {
            guard items.count < Self.maximumItemCount else {
                throw DICOMError(.limit, "A sequence has more than \(Self.maximumItemCount) items", tag: record.tag, offset: record.place)
            }
            items.append(try dataSet(ofItem: position + 8..<end, scanner: scanner, origin: record.origin, inheriting: attributes))
            position = end
        }
        return items
    }

    /// Where the item that begins at `position` of a sequence ends; nil if there is none any more.
    private func endOfItem(at position: Int, of record: ElementRecord, scanner: ElementScanner) throws(DICOMError) -> Int? {
        let limit = record.valueRange.upperBound
        let place = record.origin.map { $0 + Int64(position) }
        guard let item = scanner.head(in: bytes, at: position, limit: limit, remaining: nil), item.tag != .sequenceDelimitation else { return nil }
        guard item.tag == .item else {
            throw DICOMError(.malformed, "\(item.tag) stands where an item must be", tag: record.tag, offset: place)
        }
        do throws(DICOMError) {
            let end = try scanner.endOfWholeItem(item, in: bytes, at: position, limit: limit)
            if let end, end <= limit { return end }
        } catch {
            throw error.moved(by: record.origin)
        }
        throw DICOMError(.truncated, "An item is longer than its sequence", tag: record.tag, offset: place)
    }

    /// Throws `DICOMError` of code `malformed` unless the sequence in this place among ``elements`` consists of whole items, each of whole
    /// elements, to its last byte: whoever writes its ``items(at:giving:)`` anew loses what else is in it.
    public func requireWholeItems(at index: Int) throws(DICOMError) {
        let record = records[index]
        guard forEachWholeItem(of: record, giving: EnclosingAttributes(), { _ in }) else { throw record.notWhole }
    }

    /// The scanner that reads the items of a sequence of this data set.
    func itemScanner(of record: ElementRecord) -> ElementScanner {
        let head = ElementHead(
            tag: record.tag, vr: record.vr, byteCount: Int(record.headByteCount), length: 0, isExplicit: record.isExplicit)
        return ElementScanner(encoding: encoding).contents(of: head, in: bytes, at: record.valueRange.lowerBound)
    }

    private func dataSet(
        ofItem range: Range<Int>, scanner: ElementScanner, origin: Int64?, inheriting attributes: EnclosingAttributes
    ) throws(DICOMError) -> DataSet {
        let inner = scanner.item(in: bytes, at: range.lowerBound, limit: range.upperBound)
        let records = try Self.records(in: bytes, range: range, scanner: inner, origin: origin)
        var item = DataSet(bytes: bytes, records: records, encoding: inner.encoding, inheriting: attributes)
        item.depth = depth + 1
        return item
    }
}
