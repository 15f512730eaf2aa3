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
    ///   - readSource: reads offsets of the object's file. Called for a deflated object that changes: that one is inflated,
    ///     changed and deflated again piece by piece; what comes of it is held in memory, bounded by `maximumDeflatedByteCount`.
    ///     And for one whose elements are implicit although its pixels are encapsulated: what stands behind these is written anew.
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

    /// What stands before the data set in the object's file. It stays as it is, but that the meta header (PS3.10 §7.1) names the class and instance
    /// that a declared change gave the object.
    ///
    /// - Throws: `DICOMError` if the meta header cannot be written.
    public func front(of object: CoercedObject) throws(DICOMError) -> [CoercedObject.Segment] {
        let names: [(Tag, Tag)] = [(.sopClassUID, .mediaStorageSOPClassUID), (.sopInstanceUID, .mediaStorageSOPInstanceUID)]
        let changed = names.filter { name in object.changes.contains { $0.tag == name.0 } }
        guard !changed.isEmpty, var meta = metaInformation, let start = meta.records.first?.sourceOffset else {
            return [.source(0..<dataSetOffset)]
        }
        for (tag, name) in changed { try meta.set(name, object.dataSet.string(tag) ?? "") }
        try meta.correctGroupLengths([0x0002])
        return [.source(0..<start), .bytes(try meta.encoded(in: meta.encoding))]
    }

    /// A deflated object is not changed if it becomes longer than this, deflated: it would have to be held in memory.
    public static var maximumDeflatedByteCount: Int { Deflater.maximumByteCount }

    /// False for an object whose elements are implicit although its pixels are encapsulated.
    private var isWrittenInItsSyntax: Bool { dataSet.encoding == transferSyntax.encoding }

    private func segments(
        of editor: CoercionEditor, end: Int64, readSource: ((Range<Int64>) throws -> [UInt8])?
    ) throws -> [CoercedObject.Segment] {
        guard isWrittenInItsSyntax else { return try segmentsAnew(of: editor.dataSet, end: end, readSource: readSource) }
        guard transferSyntax.isDeflated else { return try segments(of: editor.dataSet, end: end) }
        // Deflated again it would have other bytes.
        guard !editor.changes.isEmpty else { return [.source(dataSetOffset..<end)] }
        return [.bytes(try deflatedAgain(editor.dataSet, end: end, readSource: readSource))]
    }

    /// Put together from its elements, changed or not: neighbours in the file are one segment.
    private func segments(of edited: DataSet, end: Int64) throws(DICOMError) -> [CoercedObject.Segment] {
        var list = SegmentList()
        for record in edited.records {
            if let place = record.place { list.append(place..<place + record.byteCount) } else { list.append(edited.bytes[record.start..<record.end]) }
        }
        if let pixelDataOffset { list.append(pixelDataOffset..<end) }
        try edited.requireSameHeads(in: list.segments.reduce(0) { $0 + $1.byteCount })
        return list.segments
    }

    /// The same where implicit elements stand around encapsulated pixels: they are written as the transfer syntax wants them.
    private func segmentsAnew(
        of edited: DataSet, end: Int64, readSource: ((Range<Int64>) throws -> [UInt8])?
    ) throws -> [CoercedObject.Segment] {
        guard let readSource, let pixelDataOffset else {
            throw DICOMError(.limit, "Elements around encapsulated pixels cannot be written anew without the object's bytes", tag: .pixelData)
        }
        var list = SegmentList()
        var edited = edited
        edited.removeLengthsOverPixels()
        let written = try edited.converted(to: transferSyntax.encoding)
        for record in written.records {
            list.append(written.bytes[record.start..<record.end])
            // A value that was not kept is taken from the source.
            if record.isOmitted { list.append(record.sourceOffset + Int64(record.headByteCount)..<record.sourceOffset + record.byteCount) }
        }
        // The implicit head has eight bytes; fragments are the same everywhere.
        list.append(try ElementWriter(encoding: transferSyntax.encoding).head(.pixelData, vr: .OB, length: nil)[...])
        let behind = try elementsBehindPixels(at: pixelDataOffset, until: end, readSource)
        list.append(pixelDataOffset + 8..<behind.start)
        list.append(try behind.elements.encoded(in: transferSyntax.encoding)[...])
        return list.segments
    }

    /// Goes through the object piece by piece: in memory are its header without long values, and what comes of the object, deflated.
    private func deflatedAgain(
        _ edited: DataSet, end: Int64, readSource: ((Range<Int64>) throws -> [UInt8])?
    ) throws -> [UInt8] {
        guard let readSource else { throw DICOMError(.limit, "A deflated object cannot be changed without its bytes") }
        // Offsets of records are those of the inflated data set; what follows them are the pixels.
        var again = DeflatedAgain(edited, headerEnd: dataSet.records.last.map { $0.sourceOffset + $0.byteCount } ?? 0, deflater: try Deflater())
        var inflater = Inflater()
        for start in stride(from: dataSetOffset, to: end, by: Inflater.readByteCount) {
            try readSource(start..<min(start + Int64(Inflater.readByteCount), end)).withBuffer { (piece) throws(DICOMError) in
                do throws(DICOMError) {
                    try inflater.inflate(piece) { (plain) throws(DICOMError) in try again.take(plain) }
                } catch {
                    throw error.code == .deflate ? error.moved(by: dataSetOffset) : error
                }
            }
        }
        guard inflater.isFinished else { throw DICOMError(.truncated, "The deflated data set is cut", offset: end) }
        return try again.finish()
    }
}

/// A deflated object that is put together anew while it is inflated. Of its header only what `edited` keeps is in memory: values that were
/// not kept go through, as the pixels do.
private struct DeflatedAgain {
    private let edited: DataSet
    /// Where the header ends in the inflated data set.
    private let headerEnd: Int64
    /// Offset in the inflated data set of the next byte that is taken.
    private var offset: Int64 = 0
    /// The next element that is to be written; of an omitted one whose head was written the value.
    private var next = 0
    private var isInValue = false
    private var deflater: Deflater

    init(_ edited: DataSet, headerEnd: Int64, deflater: Deflater) {
        self.edited = edited
        self.headerEnd = headerEnd
        self.deflater = deflater
    }

    /// Takes the next bytes of the inflated data set.
    mutating func take(_ plain: UnsafeBufferPointer<UInt8>) throws(DICOMError) {
        var rest = plain[...]
        while !rest.isEmpty {
            try writeKept()
            let range = passed
            let dropped = min(max(0, range.lowerBound - offset), Int64(rest.count))
            rest = rest.dropFirst(Int(dropped))
            offset += dropped
            let count = min(max(0, range.upperBound - offset), Int64(rest.count))
            try deflater.add(UnsafeBufferPointer(rebasing: rest.prefix(Int(count))))
            rest = rest.dropFirst(Int(count))
            offset += count
            if isInValue, offset == range.upperBound { (next, isInValue) = (next + 1, false) }
        }
    }

    mutating func finish() throws(DICOMError) -> [UInt8] {
        try writeKept()
        guard !isInValue, offset >= headerEnd else {
            throw DICOMError(.truncated, "The deflated data set is shorter than its header", offset: offset, isInInflated: true)
        }
        return try deflater.finish()
    }

    /// What goes through next: the value at hand, or all behind the header.
    private var passed: Range<Int64> {
        guard isInValue else { return headerEnd..<Int64.max }
        let record = edited.records[next]
        return record.sourceOffset + Int64(record.headByteCount)..<record.sourceOffset + record.byteCount
    }

    /// Writes the elements that are in memory, up to the value of the next omitted one.
    private mutating func writeKept() throws(DICOMError) {
        while next < edited.records.count, !isInValue {
            let record = edited.records[next]
            try Array(edited.bytes[record.start..<record.end]).withBuffer { (bytes) throws(DICOMError) in try deflater.add(bytes) }
            if record.isOmitted { isInValue = true } else { next += 1 }
        }
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
        guard !bytes.isEmpty else { return }
        guard case .bytes(var last) = segments.last else { return segments.append(.bytes(Array(bytes))) }
        // Taken out while it grows: of many elements, each would copy all before it.
        segments.removeLast()
        last += bytes
        segments.append(.bytes(last))
    }
}
