extension ObjectHeader {
    /// The object with declared changes, in its own transfer syntax, as C-STORE sends it.
    ///
    /// The previous values go into a new item of Original Attributes Sequence (0400,0561); items that are there stay.
    /// Group lengths (PS3.5 §7.2) of groups that changed are corrected. Person names are written in the widest form
    /// that the object's own character set allows. Nothing else changes, and without a change nothing at all.
    ///
    /// - Parameters:
    ///   - coercion: the changes.
    ///   - record: what is recorded about them.
    ///   - readSource: reads offsets of the object's file. Called for a deflated object that changes, and only then:
    ///     that one is inflated, changed and deflated in memory, bounded by `maximumDeflatedByteCount`.
    /// - Throws: `DICOMError` of code `character-set` if a value cannot be written in the object's character set;
    ///   `value` if one is longer than its representation allows, or not text; `limit`, `deflate`, `truncated` for
    ///   deflated objects; whatever `readSource` throws. `malformed` if the file's size is not known.
    public func coerced(
        by coercion: Coercion, record: CoercionRecord,
        readSource: ((Range<Int64>) throws -> [UInt8])? = nil
    ) throws -> CoercedObject {
        guard let end = dataSetEnd ?? byteCount else {
            throw DICOMError(.malformed, "The size of the object's file is not known")
        }
        var editor = CoercionEditor(dataSet: dataSet)
        try editor.apply(coercion, record: record)
        let segments = try segments(of: editor, end: end, readSource: readSource)
        return CoercedObject(segments: segments, changes: editor.changes, dataSet: editor.dataSet)
    }

    /// A deflated object above this, deflated or not, is not changed: it would have to be held in memory.
    public static var maximumDeflatedByteCount: Int { Inflater.maximumByteCount }

    /// False for an object whose elements are implicit although its pixels are encapsulated.
    private var isWrittenInItsSyntax: Bool { dataSet.encoding == transferSyntax.encoding }

    private func segments(
        of editor: CoercionEditor, end: Int64, readSource: ((Range<Int64>) throws -> [UInt8])?
    ) throws -> [CoercedObject.Segment] {
        guard transferSyntax.isDeflated else { return try segments(of: editor.dataSet, end: end) }
        // Deflated again it would have other bytes.
        guard !editor.changes.isEmpty else { return [.source(dataSetOffset..<end)] }
        return [.bytes(try deflatedAgain(editor.dataSet, end: end, readSource: readSource))]
    }

    /// Put together from its elements, changed or not: neighbours in the file are one segment.
    private func segments(of edited: DataSet, end: Int64) throws -> [CoercedObject.Segment] {
        var list = SegmentList()
        for index in edited.records.indices {
            let record = edited.records[index]
            if !isWrittenInItsSyntax {
                try list.append(rewritten: index, of: edited, in: transferSyntax.encoding)
            } else if record.sourceOffset >= 0 {
                list.append(record.sourceOffset..<record.sourceOffset + record.byteCount)
            } else {
                list.append(edited.bytes[record.start..<record.end])
            }
        }
        guard let pixelDataOffset else { return list.segments }
        guard !isWrittenInItsSyntax else {
            list.append(pixelDataOffset..<end)
            return list.segments
        }
        // Encapsulated pixels after implicit elements: their head has eight bytes; fragments are the same everywhere.
        list.append(try ElementWriter(encoding: transferSyntax.encoding).head(.pixelData, vr: .OB, length: nil)[...])
        list.append(pixelDataOffset + 8..<end)
        return list.segments
    }

    private func deflatedAgain(
        _ edited: DataSet, end: Int64, readSource: ((Range<Int64>) throws -> [UInt8])?
    ) throws -> [UInt8] {
        guard let readSource, end - dataSetOffset <= Int64(Self.maximumDeflatedByteCount) else {
            throw DICOMError(.limit, "A deflated object of \(end - dataSetOffset) bytes cannot be changed in memory")
        }
        let plain = try Inflater.inflate(try readSource(dataSetOffset..<end))
        // Offsets of records are those of the inflated data set; what follows them are the pixels.
        let headerEnd = dataSet.records.last.map { Int($0.sourceOffset + $0.byteCount) } ?? 0
        var changed: [UInt8] = []
        for record in edited.records {
            changed += record.sourceOffset < 0
                ? edited.bytes[record.start..<record.end]
                : plain[Int(record.sourceOffset)..<Int(record.sourceOffset + record.byteCount)]
        }
        return try Deflater.deflate(changed + plain[headerEnd...])
    }
}

/// Puts segments together, neighbours into one.
private struct SegmentList {
    private(set) var segments: [CoercedObject.Segment] = []

    mutating func append(_ range: Range<Int64>) {
        guard !range.isEmpty else { return }
        if case .source(let last) = segments.last, last.upperBound == range.lowerBound {
            segments[segments.count - 1] = .source(last.lowerBound..<range.upperBound)
        } else {
            segments.append(.source(range))
        }
    }

    mutating func append(_ bytes: ArraySlice<UInt8>) {
        if case .bytes(let last) = segments.last {
            segments[segments.count - 1] = .bytes(last + bytes)
        } else {
            segments.append(.bytes(Array(bytes)))
        }
    }

    /// An element in another encoding than that of its data set. A value that was not kept is taken from the source:
    /// its bytes are the same, since byte orders are not mixed.
    mutating func append(rewritten index: Int, of dataSet: DataSet, in encoding: ElementEncoding) throws {
        let record = dataSet.records[index]
        guard record.isOmitted else { return append(try dataSet.encoded(index, in: encoding)[...]) }
        let head = Int64(record.headByteCount)
        let length = record.byteCount - head
        let vr: VR = record.vr.hasShortLength ? .UN : record.vr
        append(try ElementWriter(encoding: encoding).head(record.tag, vr: vr, length: Int(length))[...])
        append(record.sourceOffset + head..<record.sourceOffset + record.byteCount)
    }
}
