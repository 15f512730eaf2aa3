/// A data set of the top level whose text was written anew in UTF-8.
struct ReencodedDataSet {
    let dataSet: DataSet
    /// The elements that have other bytes now, by their place in the original; Specific Character Set is one of them even if it was absent.
    let changed: [(tag: Tag, originalIndex: Int?)]
}

extension DataSet {
    /// The data set with all its text in UTF-8 and Specific Character Set (0008,0005) `ISO_IR 192`; the text itself stays the same.
    ///
    /// Touched are text beyond ASCII and the sequences that hold some. Items with a Specific Character Set of their own stay, as do elements
    /// of unknown representation, which may hold anything. `nil` if the data set is in UTF-8 already.
    ///
    /// Throws `DICOMError` of code `character-set` if bytes are no text of the set that is declared, or assumed; `limit` if a text was too long to be
    /// kept or sequences are nested too deep; `malformed` if a sequence is damaged; `value` if a value becomes too long.
    func reencoded() throws(DICOMError) -> ReencodedDataSet? {
        let attributes = attributesForItems
        let characterSet = attributes.characterSet
        guard characterSet.repertoire != SpecificCharacterSet.unicode.repertoire || characterSet.isAssumed else { return nil }
        var result = self
        var changed: [(tag: Tag, originalIndex: Int?)] = []
        for index in records.indices where records[index].tag != .specificCharacterSet {
            guard let element = try reencoded(index, attributes, depth: 0) else { continue }
            result.replace(index, with: element)
            changed.append((records[index].tag, index))
        }
        try result.set(.specificCharacterSet, vr: .CS, value: Array(SpecificCharacterSet.unicode.declaration.utf8))
        changed.append((.specificCharacterSet, index(of: .specificCharacterSet)))
        return ReencodedDataSet(dataSet: result, changed: changed)
    }

    /// One element in UTF-8; `nil` if it stays as it is.
    private func reencoded(_ index: Int, _ attributes: EnclosingAttributes, depth: Int) throws(DICOMError) -> [UInt8]? {
        let record = records[index]
        let vr = Element.effectiveVR(of: record.tag, writtenAs: record.vr)
        if record.vr == .SQ || vr == .SQ || (record.hasUndefinedLength && !record.tag.isPixelData) {
            return try reencodedSequence(index, attributes, depth: depth)
        }
        // One says what the character set is for, the other one what whoever reads it goes by.
        let known = DataDictionary.vr(of: record.tag) ?? vr
        guard vr.usesCharacterSet || known.usesCharacterSet else { return nil }
        guard !record.isOmitted else {
            throw DICOMError(.limit, "A text of \(record.byteCount) bytes is too long to be written in another character set", tag: record.tag)
        }
        let value = bytes[record.valueRange]
        guard !value.allSatisfy({ $0 < 0x80 && $0 != SpecificCharacterSet.escape }) else { return nil }
        guard vr.usesCharacterSet, known.usesCharacterSet, let text = attributes.characterSet.decodeWholly(value, vr: vr) else {
            throw DICOMError(.characterSet, "Bytes are no text of the character set, so that it cannot become another one", tag: record.tag)
        }
        let scalars = text.unicodeScalars
        let end = scalars.lastIndex { $0 != " " && $0 != "\0" }.map { scalars.index(after: $0) } ?? scalars.startIndex
        let anew = Array(String(scalars[..<end]).utf8)
        return try ElementWriter(encoding: encoding).element(record.tag, vr: record.vr, value: anew)
    }

    /// A sequence with its items in UTF-8, each with the kind of length that it had; `nil` if all of them stay as they are.
    private func reencodedSequence(_ index: Int, _ attributes: EnclosingAttributes, depth: Int) throws(DICOMError) -> [UInt8]? {
        let record = records[index]
        guard depth < ElementScanner.maximumDepth else {
            throw DICOMError(.limit, "Sequences are nested deeper than \(ElementScanner.maximumDepth)", tag: record.tag)
        }
        // Items and the delimiter may have another byte order than the element.
        let writer = ElementWriter(encoding: itemScanner(of: record).encoding)
        var items: [UInt8] = []
        var isChanged = false
        let isWhole = try forEachWholeItem(of: record, giving: attributes) { (item) throws(DICOMError) in
            guard !item.dataSet.contains(.specificCharacterSet),
                let anew = try item.dataSet.reencodedItem(depth: depth + 1)
            else {
                items += bytes[item.place]
                return
            }
            isChanged = true
            items += try writer.item(anew, hasUndefinedLength: item.hasUndefinedLength)
        }
        guard isWhole else { throw record.notWhole }
        guard isChanged else { return nil }
        // Items without a representation around them are encoded as the data set is, which those of UN are not.
        let vr = record.hasNoRepresentation ? VR.SQ : record.vr
        let head = { (length: Int?) throws(DICOMError) in
            try ElementWriter(encoding: self.encoding).head(record.tag, vr: vr, length: length)
        }
        guard record.hasUndefinedLength else { return try head(items.count) + items }
        return try head(nil) + items + writer.head(.sequenceDelimitation, vr: .UN, length: 0)
    }

    /// The elements of an item in UTF-8, group lengths corrected; `nil` if all of them stay as they are.
    private func reencodedItem(depth: Int) throws(DICOMError) -> [UInt8]? {
        var content: [UInt8] = []
        var groups: Set<UInt16> = []
        let attributes = attributesForItems
        for index in records.indices {
            if let anew = try reencoded(index, attributes, depth: depth) {
                groups.insert(records[index].tag.group)
                content += anew
            } else {
                content += bytes[records[index].start..<records[index].end]
            }
        }
        guard !groups.isEmpty else { return nil }
        let found = try Self.records(in: content, range: 0..<content.count, scanner: ElementScanner(encoding: encoding))
        guard found.map(\.tag) == records.map(\.tag), found.last?.end == content.count else {
            throw DICOMError(
                .malformed, "An element of an item would be read otherwise with what is behind it in another character set", tag: records.first?.tag,
                offset: records.first?.place)
        }
        var item = DataSet(bytes: content, records: found, encoding: encoding)
        try item.correctGroupLengths(groups)
        return try item.encoded(in: encoding)
    }
}
