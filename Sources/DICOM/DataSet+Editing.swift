extension DataSet {
    /// Sets an element to a text, in the data set's character set, in place of every element with that tag; a new one
    /// is put where its tag belongs. Values are separated by backslashes.
    ///
    /// Throws `DICOMError` of code `character-set` if the text cannot be written, `value` if it is too long or the
    /// element holds no text.
    public mutating func set(_ tag: Tag, _ text: String) throws(DICOMError) {
        let vr = representation(forWriting: tag)
        guard vr.isText else { throw DICOMError(.value, "An element of \(vr) holds no text", tag: tag) }
        try set(tag, vr: vr, value: characterSet.encode(text, vr: vr))
    }

    /// Sets an element to a 16-bit number (US).
    public mutating func set(_ tag: Tag, _ number: UInt16) throws(DICOMError) {
        var value: [UInt8] = []
        value.append(number, bigEndian: encoding.isBigEndian)
        try set(tag, vr: .US, value: value)
    }

    /// Sets an element to a 32-bit number (UL).
    public mutating func set(_ tag: Tag, _ number: UInt32) throws(DICOMError) {
        var value: [UInt8] = []
        value.append(number, bigEndian: encoding.isBigEndian)
        try set(tag, vr: .UL, value: value)
    }

    /// Sets an element to bytes as they are encoded; one byte of padding is added if they are odd.
    ///
    /// Throws `DICOMError` of code `value` if they are longer than the representation's length field can say.
    public mutating func set(_ tag: Tag, vr: VR, value: [UInt8]) throws(DICOMError) {
        put(try ElementWriter(encoding: encoding).element(tag, vr: vr, value: value), tag: tag)
    }

    /// Sets an element to a sequence of items, each written with its length.
    public mutating func set(_ tag: Tag, items: [DataSet]) throws(DICOMError) {
        put(try sequence(tag, items), tag: tag)
    }

    /// Puts a sequence of items in the place of one of ``elements``, and of no other with its tag.
    public mutating func replace(_ index: Int, items: [DataSet]) throws(DICOMError) {
        replace(index, with: try sequence(records[index].tag, items))
    }

    private func sequence(_ tag: Tag, _ items: [DataSet]) throws(DICOMError) -> [UInt8] {
        let writer = ElementWriter(encoding: encoding)
        var value: [UInt8] = []
        for item in items { value += try writer.item(item.encoded(in: encoding)) }
        return try writer.element(tag, vr: .SQ, value: value)
    }

    /// Takes every element with this tag out.
    public mutating func remove(_ tag: Tag) {
        records.removeAll { $0.tag == tag }
    }

    /// The elements with these tags alone, each once, in memory of their own: the rest of the bytes goes with the data set.
    public func only(_ tags: Set<Tag>) -> DataSet { kept(tags.compactMap(index(of:)).sorted()) }

    /// All elements, each in its place, in memory of their own: of an item, without what is around it.
    public var standingAlone: DataSet { kept(Array(records.indices)) }

    private func kept(_ indices: [Int]) -> DataSet {
        var kept = DataSet(bytes: [], records: [], encoding: encoding, inheriting: enclosing)
        for index in indices {
            var record = records[index]
            let start = kept.bytes.count
            kept.bytes += bytes[record.start..<record.end]
            (record.start, record.end) = (start, kept.bytes.count)
            kept.records.append(record)
        }
        return kept
    }

    /// The representation that a text for this element is written in: as it stands there, or as PS3.6 says.
    func representation(forWriting tag: Tag) -> VR {
        if let index = index(of: tag) {
            let vr = Element.effectiveVR(of: tag, writtenAs: records[index].vr)
            if vr.isText { return vr }
        }
        return DataDictionary.vr(of: tag) ?? .UN
    }

    /// Puts an encoded element in place of all with its tag, or where it belongs.
    mutating func put(_ element: [UInt8], tag: Tag) {
        guard let record = keep(element) else { return }
        if records.contains(where: { $0.tag == tag }) {
            for index in records.indices where records[index].tag == tag { records[index] = record }
        } else {
            records.insert(record, at: records.firstIndex { $0.tag > tag } ?? records.endIndex)
        }
    }

    /// Puts an encoded element in the place of one, and of no other with its tag.
    mutating func replace(_ index: Int, with element: [UInt8]) {
        guard let record = keep(element) else { return }
        records[index] = record
    }

    /// Puts an encoded element behind all others.
    mutating func append(_ element: [UInt8]) {
        if let record = keep(element) { records.append(record) }
    }

    /// As ``append(_:)`` with an element of whose value only the place in the source is known.
    mutating func append(headOfOmitted record: ElementRecord, _ head: [UInt8]) {
        guard var written = keep(head) else { return }
        written.isOmitted = true
        written.byteCount += record.byteCount - Int64(record.headByteCount)
        // Value and head stand apart: this is where the source would have the head.
        written.sourceOffset = record.sourceOffset + Int64(record.headByteCount) - Int64(head.count)
        records.append(written)
    }

    /// Keeps the bytes of an element.
    private mutating func keep(_ element: [UInt8]) -> ElementRecord? {
        guard let head = ElementScanner(encoding: encoding).head(in: element, at: 0, limit: element.count, remaining: nil)
        else { return nil }
        let start = bytes.count
        bytes += element
        return ElementRecord(head: head, start: start, end: bytes.count, sourceOffset: -1, byteCount: Int64(element.count))
    }
}

/// Writes elements in an encoding (PS3.5 §7.1).
struct ElementWriter {
    let encoding: ElementEncoding

    /// An element with its head and padding.
    func element(_ tag: Tag, vr: VR, value: [UInt8]) throws(DICOMError) -> [UInt8] {
        var value = value
        if !value.count.isMultiple(of: 2) { value.append(vr.padding) }
        return try head(tag, vr: vr, length: value.count) + value
    }

    /// Tag, representation and length; `nil`: the undefined length. Two characters that are no representation are not written again, but UN.
    func head(_ tag: Tag, vr: VR, length: Int?) throws(DICOMError) -> [UInt8] {
        let vr = vr.isWellFormed ? vr : .UN
        let isShort = encoding.isExplicitVR && vr.hasShortLength && tag.group != Tag.item.group
        let longest = isShort ? Int(UInt16.max) : Int(UInt32.max) - 1
        guard length != nil || !isShort else { throw DICOMError(.value, "A \(vr) value cannot be of undefined length", tag: tag) }
        guard (length ?? 0) <= longest else {
            throw DICOMError(.value, "A \(vr) value is longer than \(longest) bytes", tag: tag)
        }
        var bytes: [UInt8] = []
        bytes.append(tag.group, bigEndian: encoding.isBigEndian)
        bytes.append(tag.element, bigEndian: encoding.isBigEndian)
        let length = length.map { UInt32($0) } ?? ElementHead.undefinedLength
        guard encoding.isExplicitVR, tag.group != Tag.item.group else {
            bytes.append(length, bigEndian: encoding.isBigEndian)
            return bytes
        }
        bytes += vr.bytes
        if vr.hasShortLength {
            bytes.append(UInt16(length), bigEndian: encoding.isBigEndian)
        } else {
            bytes += [0, 0]
            bytes.append(length, bigEndian: encoding.isBigEndian)
        }
        return bytes
    }

    /// An item with its length, or with a delimiter (PS3.5 §7.5.1).
    func item(_ elements: [UInt8], hasUndefinedLength: Bool = false) throws(DICOMError) -> [UInt8] {
        guard hasUndefinedLength else { return try head(.item, vr: .UN, length: elements.count) + elements }
        return try head(.item, vr: .UN, length: nil) + elements + head(.itemDelimitation, vr: .UN, length: 0)
    }
}
