/// An item of a sequence that consists of elements to its last byte.
struct WholeItem {
    let dataSet: DataSet
    /// Where it is, with its head and its delimiter, in the bytes of the data set that has the sequence.
    let place: Range<Int>
    let hasUndefinedLength: Bool
}

extension ElementRecord {
    /// The refusal to write a sequence anew of which something would be lost.
    var notWhole: DICOMError {
        DICOMError(.malformed, "A sequence does not consist of items and their elements alone", tag: tag)
    }
}

extension DataSet {
    /// The text of a value as its digest takes it (docs/digests.md); `nil` if its bytes are no text of the character set.
    func canonicalText(of record: ElementRecord, _ vr: VR, _ characterSet: SpecificCharacterSet) -> String? {
        let value = littleEndianValue(of: record)[...]
        guard !value.allSatisfy({ $0 < 0x80 && ($0 != SpecificCharacterSet.escape || !vr.usesCharacterSet) }) else {
            return Self.withoutPadding(String(decoding: value, as: UTF8.self), vr: vr)
        }
        guard vr.usesCharacterSet else { return nil }
        return characterSet.decodeExactly(value, vr: vr).map { Self.withoutPadding($0, vr: vr) }
    }

    /// The value little endian and of even length, as its digest takes it.
    func canonicalBytes(of record: ElementRecord) -> [UInt8] {
        var value = littleEndianValue(of: record)
        if !value.count.isMultiple(of: 2) { value.append((DataDictionary.vr(of: record.tag) ?? record.vr).padding) }
        return value
    }

    /// The value as a little endian data set would have it: text too, where it is written with a representation of numbers.
    func littleEndianValue(of record: ElementRecord) -> [UInt8] {
        var value = Array(bytes[record.valueRange])
        if encoding.isBigEndian { value.swapBytes(unit: record.vr.swapUnit) }
        return value
    }

    /// Whether an element is a sequence if its value consists of items.
    func mayBeSequence(_ record: ElementRecord) -> Bool {
        record.vr == .SQ || record.hasUndefinedLength || (DataDictionary.vr(of: record.tag) ?? .SQ) == .SQ
    }

    /// Whether the value is not empty and consists of items.
    func consistsOfItems(_ record: ElementRecord) -> Bool {
        !record.valueRange.isEmpty && forEachWholeItem(of: record, giving: EnclosingAttributes()) { _ in }
    }

    /// Whether that is so of its only element.
    var consistsOfItems: Bool { records.first.map { mayBeSequence($0) && consistsOfItems($0) } ?? false }

    /// A data set of one encoded element.
    init(of element: [UInt8], in encoding: ElementEncoding) {
        self.init(bytes: [], records: [], encoding: encoding)
        append(element)
    }

    /// Hands over the items of a value, one after the other, so that never all of them are in memory; false if the value does not consist of
    /// items from its first to its last byte, which may show behind some of them. `attributes` are ``attributesForItems``: looked for once for
    /// all sequences of a data set.
    func forEachWholeItem<Failure>(
        of record: ElementRecord, giving attributes: EnclosingAttributes, _ body: (WholeItem) throws(Failure) -> Void
    ) throws(Failure) -> Bool {
        let scanner = wholeItemScanner(of: record)
        return try forEachPiece(of: record, scanner) { (range, item) throws(Failure) in
            let inner = scanner.item(in: bytes, at: range.lowerBound, limit: range.upperBound)
            let end = item.hasUndefinedLength ? range.upperBound - 8 : range.upperBound
            guard let records = try? Self.records(in: bytes, range: range, scanner: inner), records.last?.end ?? range.lowerBound == end
            else { return false }
            let dataSet = DataSet(bytes: bytes, records: records, encoding: inner.encoding, inheriting: attributes)
            try body(WholeItem(
                dataSet: dataSet, place: range.lowerBound - item.byteCount..<range.upperBound, hasUndefinedLength: item.hasUndefinedLength))
            return true
        }
    }

    /// As ``forEachWholeItem(of:giving:_:)`` with the fragments of encapsulated pixels (PS3.5 §A.4), the offset table among them.
    func forEachWholeFragment(of record: ElementRecord, _ body: (ArraySlice<UInt8>) -> Void) -> Bool {
        forEachPiece(of: record, itemScanner(of: record)) { range, item in
            guard !item.hasUndefinedLength else { return false }
            body(bytes[range])
            return true
        }
    }

    /// Hands over where the content of each item lies; false if `body` does not take one, or if anything is between the items or behind them.
    private func forEachPiece<Failure>(
        of record: ElementRecord, _ scanner: ElementScanner, _ body: (Range<Int>, ElementHead) throws(Failure) -> Bool
    ) throws(Failure) -> Bool {
        let limit = record.valueRange.upperBound
        var position = record.valueRange.lowerBound
        while position < limit {
            guard let item = scanner.head(in: bytes, at: position, limit: limit, remaining: nil) else { return false }
            if item.tag == .sequenceDelimitation { return position + 8 == limit }
            guard item.tag == .item, let end = try? scanner.endOfWholeItem(item, in: bytes, at: position, limit: limit), end <= limit,
                try body(position + 8..<end, item)
            else { return false }
            position = end
        }
        return true
    }

    /// As `itemScanner`; but what has a length, no known representation and is not written as a sequence is looked at as if its
    /// representation were not written, as in an implicit data set.
    private func wholeItemScanner(of record: ElementRecord) -> ElementScanner {
        var record = record
        if record.vr != .SQ, !record.hasUndefinedLength, DataDictionary.vr(of: record.tag) == nil { record.vr = .UN }
        return itemScanner(of: record)
    }
}
