/// Writes elements of a data set anew, in its sequences too.
protocol ElementRewriter {
    /// An element that is no sequence, written anew; `nil`: it stays as it is.
    func rewritten(_ index: Int, of dataSet: DataSet, _ attributes: EnclosingAttributes) throws(DICOMError) -> [UInt8]?

    /// Whether an item stays as it is, with all that is in it.
    func passesOver(_ item: DataSet) -> Bool

    /// Whether a sequence that is damaged, or nested too deep, stays as it is; otherwise that is an error.
    var leavesDamage: Bool { get }
}

extension DataSet {
    /// One element, written anew; `nil` if it stays as it is.
    func rewritten(_ index: Int, by rewriter: some ElementRewriter, _ attributes: EnclosingAttributes, depth: Int = 0) throws(DICOMError) -> [UInt8]? {
        let record = records[index]
        let vr = Element.effectiveVR(of: record.tag, writtenAs: record.vr)
        guard record.vr == .SQ || vr == .SQ || (record.hasUndefinedLength && !record.tag.isPixelData) else {
            return try rewriter.rewritten(index, of: self, attributes)
        }
        return try rewrittenSequence(index, by: rewriter, attributes, depth: depth)
    }

    /// A sequence with its items written anew, each with the kind of length that it had; `nil` if all of them stay as they are.
    private func rewrittenSequence(
        _ index: Int, by rewriter: some ElementRewriter, _ attributes: EnclosingAttributes, depth: Int
    ) throws(DICOMError) -> [UInt8]? {
        let record = records[index]
        guard depth < ElementScanner.maximumDepth else {
            if rewriter.leavesDamage { return nil }
            throw DICOMError(.limit, "Sequences are nested deeper than \(ElementScanner.maximumDepth)", tag: record.tag)
        }
        // Items and the delimiter may have another byte order than the element.
        let writer = ElementWriter(encoding: itemScanner(of: record).encoding)
        var items: [UInt8] = []
        var isChanged = false
        let isWhole = try forEachWholeItem(of: record, giving: attributes) { (item) throws(DICOMError) in
            guard !rewriter.passesOver(item.dataSet), let anew = try item.dataSet.rewrittenItem(by: rewriter, depth: depth + 1) else {
                items += bytes[item.place]
                return
            }
            isChanged = true
            items += try writer.item(anew, hasUndefinedLength: item.hasUndefinedLength)
        }
        guard isWhole || rewriter.leavesDamage else { throw record.notWhole }
        guard isWhole, isChanged else { return nil }
        // Items without a representation around them are encoded as the data set is, which those of UN are not.
        let vr = record.hasNoRepresentation ? VR.SQ : record.vr
        let head = { (length: Int?) throws(DICOMError) in
            try ElementWriter(encoding: self.encoding).head(record.tag, vr: vr, length: length)
        }
        guard record.hasUndefinedLength else { return try head(items.count) + items }
        return try head(nil) + items + writer.head(.sequenceDelimitation, vr: .UN, length: 0)
    }

    /// The elements of an item written anew, group lengths corrected; `nil` if all of them stay as they are.
    private func rewrittenItem(by rewriter: some ElementRewriter, depth: Int) throws(DICOMError) -> [UInt8]? {
        var content: [UInt8] = []
        var groups: Set<UInt16> = []
        let attributes = attributesForItems
        for index in records.indices {
            if let anew = try rewritten(index, by: rewriter, attributes, depth: depth) {
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
                .malformed, "An element of an item would be read otherwise with what is behind it written anew", tag: records.first?.tag,
                offset: records.first?.place)
        }
        var item = DataSet(bytes: content, records: found, encoding: encoding)
        try item.correctGroupLengths(groups)
        return try item.encoded(in: encoding)
    }
}
