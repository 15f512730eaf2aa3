extension DataSet {
    /// The data set written in a transfer syntax. Elements are written as they were read wherever the encoding is the
    /// same: a data set that was read and not changed gives the bytes it was read from.
    ///
    /// Pixel data is not transcoded: to or from an encapsulated syntax only its elements' heads change. Throws
    /// `DICOMError` of code `limit` if a value was not kept or sequences are nested too deep, `value` if one does not fit,
    /// `malformed` if a sequence that must be written anew is damaged, or an element without a representation would be read otherwise.
    public func encode(as syntax: TransferSyntax) throws(DICOMError) -> [UInt8] {
        let plain = try encoded(in: syntax.encoding)
        if syntax.encoding == encoding { try requireSameHeads(in: Int64(plain.count)) }
        return syntax.isDeflated ? try Deflater.deflate(plain) : plain
    }

    /// Throws `malformed` if, in a data set of so many bytes, the pixels among them, an element without a representation would be read
    /// otherwise than it was: what a change puts behind it may give its length room.
    func requireSameHeads(in byteCount: Int64) throws(DICOMError) {
        var offset: Int64 = 0
        for record in records {
            if record.hasNoRepresentation,
                Int64(bytes.uint32(at: record.start + 4, bigEndian: encoding.isBigEndian)) + 8 <= byteCount - offset
            {
                throw DICOMError(
                    .malformed, "An element without a representation would be read otherwise with what is behind it now", tag: record.tag,
                    offset: record.place)
            }
            offset += record.byteCount
        }
    }

    /// So many sequences are around the data set.
    func encoded(in target: ElementEncoding, depth: Int = 0) throws(DICOMError) -> [UInt8] {
        guard target == encoding else { return try converted(to: target, depth: depth).encoded(in: target) }
        var result: [UInt8] = []
        result.reserveCapacity(records.reduce(0) { $0 + $1.end - $1.start })
        for record in records {
            try record.requireKept()
            result += bytes[record.start..<record.end]
        }
        return result
    }

    /// One element: as it was read, or written anew if the encoding is another.
    func encoded(_ index: Int, in target: ElementEncoding) throws(DICOMError) -> [UInt8] {
        try records[index].requireKept()
        if target == encoding { return Array(bytes[records[index].start..<records[index].end]) }
        return try ElementConverter(self, to: target, depth: 0).element(at: index)
    }

    /// The data set with its elements written in another encoding, and the lengths of its groups (PS3.5 §7.2), here and in items, as they
    /// are then. A value that was not kept stays where it is in the source: its bytes are the same, since byte orders are not mixed.
    func converted(to target: ElementEncoding, depth: Int = 0) throws(DICOMError) -> DataSet {
        var result = DataSet(bytes: [], records: [], encoding: target, inheriting: enclosing)
        result.bytes.reserveCapacity(bytes.count)
        let converter = ElementConverter(self, to: target, depth: depth)
        for index in records.indices {
            guard records[index].isOmitted else {
                result.append(try converter.element(at: index))
                continue
            }
            result.append(headOfOmitted: records[index], try converter.headOfOmitted(records[index]))
        }
        try result.correctGroupLengths(Set(result.records.lazy.filter(\.tag.isGroupLength).map(\.tag.group)))
        return result
    }

    /// Takes out what counts pixels that stand elsewhere, where elements were written anew: the length of their group and the retired
    /// Length to End. Readers do without them.
    public mutating func removeLengthsOverPixels() {
        remove(Tag(Tag.pixelData.group, 0))
        remove(.lengthToEnd)
    }
}

/// Writes the elements of a data set in another encoding (PS3.5 §7.1).
private struct ElementConverter {
    private let dataSet: DataSet
    private let writer: ElementWriter
    private let attributes: EnclosingAttributes
    private let open: OpenRepresentation
    /// So many sequences are around the data set.
    private let depth: Int

    init(_ dataSet: DataSet, to target: ElementEncoding, depth: Int) {
        self.dataSet = dataSet
        self.depth = depth
        writer = ElementWriter(encoding: target)
        attributes = dataSet.attributesForItems
        open = OpenRepresentation(hasSignedPixels: attributes.hasSignedPixels)
    }

    func element(at index: Int) throws(DICOMError) -> [UInt8] {
        let record = dataSet.records[index]
        if record.hasUndefinedLength, record.tag == .pixelData { return try encapsulated(record) }
        if record.vr == .SQ || record.hasUndefinedLength {
            guard let sequence = try sequence(record) else { throw record.notWhole }
            return sequence
        }
        if isKnownSequence(record), let sequence = try sequence(record) { return sequence }
        let element = try plain(record)
        guard depth < ElementScanner.maximumDepth, dataSet.mayBeSequence(record) else { return element }
        switch (dataSet.consistsOfItems(record), DataSet(of: element, in: writer.encoding).consistsOfItems) {
        case (true, false):
            guard let sequence = try sequence(record) else { throw record.notWhole }
            return sequence
        case (false, true):
            throw DICOMError(.malformed, "A value that is no sequence would be one in the other encoding", tag: record.tag, offset: record.place)
        default:
            return element
        }
    }

    /// An element with a length, whose value stays but for the byte order.
    private func plain(_ record: ElementRecord) throws(DICOMError) -> [UInt8] {
        var value = Array(dataSet.bytes[record.valueRange])
        let written = representation(of: record, byteCount: value.count)
        // Numbers are turned round by what the big endian side says that they are.
        if mixesByteOrders { value.swapBytes(unit: (writer.encoding.isBigEndian ? written : record.vr).swapUnit) }
        return try writer.head(record.tag, vr: written, length: value.count) + value
    }

    /// Fragments are items without representation, and the same in every syntax that has them: none is big endian (PS3.5 §A.4).
    private func encapsulated(_ record: ElementRecord) throws(DICOMError) -> [UInt8] {
        guard !mixesByteOrders else { throw DICOMError(.value, "Encapsulated pixels have one byte order only", tag: record.tag) }
        guard dataSet.forEachWholeFragment(of: record, { _ in }) else {
            throw DICOMError(.malformed, "Encapsulated pixels do not consist of fragments alone", tag: record.tag, offset: record.place)
        }
        return try writer.head(record.tag, vr: record.vr, length: nil) + dataSet.bytes[record.valueRange]
    }

    private var mixesByteOrders: Bool { dataSet.encoding.isBigEndian != writer.encoding.isBigEndian }

    /// Whether the tag is known for a sequence, but written as something else: its items are encoded as the data set is.
    private func isKnownSequence(_ record: ElementRecord) -> Bool {
        depth < ElementScanner.maximumDepth && record.vr != .UN && DataDictionary.vr(of: record.tag) == .SQ
    }

    func headOfOmitted(_ record: ElementRecord) throws(DICOMError) -> [UInt8] {
        guard !mixesByteOrders else { throw record.notKept }
        let length = Int(record.byteCount) - Int(record.headByteCount)
        return try writer.head(record.tag, vr: representation(of: record, byteCount: length), length: length)
    }

    /// What an element with a length is written as.
    private func representation(of record: ElementRecord, byteCount: Int) -> VR {
        let known = record.isExplicit ? nil : open.vr(of: record.tag, byteCount: byteCount)
        let vr = known ?? record.vr
        // A value too long for its representation is of unknown representation (PS3.5 §6.2.2).
        let isTooLong = writer.encoding.isExplicitVR && vr.hasShortLength && byteCount > Int(UInt16.max)
        return isTooLong || !vr.isWellFormed ? .UN : vr
    }

    /// `nil` if the items are not elements to the last byte: what is no element would be lost.
    private func sequence(_ record: ElementRecord) throws(DICOMError) -> [UInt8]? {
        guard depth < ElementScanner.maximumDepth else {
            throw DICOMError(.limit, "Sequences are nested deeper than \(ElementScanner.maximumDepth)", tag: record.tag)
        }
        var value: [UInt8] = []
        let isWhole = try dataSet.forEachWholeItem(of: record, giving: attributes) { (item) throws(DICOMError) in
            value += try writer.item(item.dataSet.encoded(in: writer.encoding, depth: depth + 1))
        }
        guard isWhole else { return nil }
        guard record.hasUndefinedLength else { return try writer.head(record.tag, vr: .SQ, length: value.count) + value }
        return try writer.head(record.tag, vr: .SQ, length: nil) + value + writer.head(.sequenceDelimitation, vr: .UN, length: 0)
    }
}

extension ElementRecord {
    fileprivate func requireKept() throws(DICOMError) {
        if isOmitted { throw notKept }
    }

    /// The refusal to write a value that is not at hand.
    var notKept: DICOMError {
        DICOMError(.limit, "A value of \(byteCount - Int64(headByteCount)) bytes was not kept", tag: tag, offset: place)
    }
}
