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
            guard let element = try rewritten(index, by: UTF8Writer(), attributes) else { continue }
            result.replace(index, with: element)
            changed.append((records[index].tag, index))
        }
        try result.set(.specificCharacterSet, vr: .CS, value: Array(SpecificCharacterSet.unicode.declaration.utf8))
        changed.append((.specificCharacterSet, index(of: .specificCharacterSet)))
        return ReencodedDataSet(dataSet: result, changed: changed)
    }
}

/// Writes text in UTF-8. Items with a Specific Character Set of their own stay.
private struct UTF8Writer: ElementRewriter {
    var leavesDamage: Bool { false }

    func passesOver(_ item: DataSet) -> Bool { item.contains(.specificCharacterSet) }

    func rewritten(_ index: Int, of dataSet: DataSet, _ attributes: EnclosingAttributes) throws(DICOMError) -> [UInt8]? {
        let record = dataSet.records[index]
        let vr = Element.effectiveVR(of: record.tag, writtenAs: record.vr)
        // One says what the character set is for, the other one what whoever reads it goes by.
        let known = DataDictionary.vr(of: record.tag) ?? vr
        guard vr.usesCharacterSet || known.usesCharacterSet else { return nil }
        guard !record.isOmitted else {
            throw DICOMError(.limit, "A text of \(record.byteCount) bytes is too long to be written in another character set", tag: record.tag)
        }
        let value = dataSet.bytes[record.valueRange]
        guard !value.allSatisfy({ $0 < 0x80 && $0 != SpecificCharacterSet.escape }) else { return nil }
        guard vr.usesCharacterSet, known.usesCharacterSet, let text = attributes.characterSet.decodeWholly(value, vr: vr) else {
            throw DICOMError(.characterSet, "Bytes are no text of the character set, so that it cannot become another one", tag: record.tag)
        }
        let scalars = text.unicodeScalars
        let end = scalars.lastIndex { $0 != " " && $0 != "\0" }.map { scalars.index(after: $0) } ?? scalars.startIndex
        let anew = Array(String(scalars[..<end]).utf8)
        return try ElementWriter(encoding: dataSet.encoding).element(record.tag, vr: record.vr, value: anew)
    }
}
