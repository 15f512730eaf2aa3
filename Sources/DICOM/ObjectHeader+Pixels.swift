extension ObjectHeader {
    /// Whether the whole file was read and describes pixels that it does not hold: it was cut between two elements,
    /// or zeros took the place of its end.
    ///
    /// Rows or Bits Allocated say that there are pixels (PS3.3 §C.7.6.3). They stand elsewhere where their URL is given
    /// (PS3.3 §C.7.6.3.1), and a spectrum has rows of another kind (PS3.3 §C.8.14).
    var lacksPixels: Bool {
        guard !hasPixels, isPositive(.rows) || isPositive(.bitsAllocated) else { return false }
        return !dataSet.contains(.pixelDataProviderURL) && !dataSet.contains(.spectroscopyData)
            && !hasElementBehindPixels && !endsWithWholeGroup
    }

    /// The elements behind the pixels, and where they begin. The file is read from the pixels on, but for their long values.
    func elementsBehindPixels(
        at pixels: Int64, until end: Int64, _ readSource: (Range<Int64>) throws -> [UInt8]
    ) throws -> (start: Int64, elements: DataSet) {
        var walker = TailWalker(header: self, offset: pixels, encoding: dataSet.encoding, digestsPixels: false, keepsElements: false)
        var position = pixels
        while position < end {
            let skipped = min(walker.skippableByteCount, end - position)
            walker.skip(skipped)
            position += skipped
            let piece = try readSource(position..<min(position + Int64(ObjectHeaderReader.blockByteCount), end))
            guard !piece.isEmpty else { break }
            try piece.withBuffer { (buffer) throws(DICOMError) in try walker.feed(buffer) }
            position += Int64(piece.count)
        }
        let last = try walker.finish()
        let start = walker.behindPixels ?? last
        guard last - start <= ObjectHeaderReader.maximumHeaderByteCount else {
            throw DICOMError(
                .limit, "The elements behind the pixels are longer than \(ObjectHeaderReader.maximumHeaderByteCount) bytes", offset: start)
        }
        return (start, try DataSet(parsing: start < last ? readSource(start..<last) : [], as: elementSyntax, behind: dataSet))
    }

    private func isPositive(_ tag: Tag) -> Bool {
        dataSet.integer(tag).map { $0 > 0 } ?? false
    }

    /// Elements come by their tags: what has one behind the place of the pixels was not cut before them.
    private var hasElementBehindPixels: Bool {
        dataSet.records.contains { $0.tag > .pixelData }
    }

    /// Whether the last group says how long it is, and is so long: the writer ended there. Archives that take the
    /// pixels out of an image write such files.
    private var endsWithWholeGroup: Bool {
        guard let last = dataSet.records.last,
            let index = dataSet.records.firstIndex(where: { $0.tag == Tag(last.tag.group, 0) }),
            let length = dataSet.groupLength(at: index)
        else { return false }
        let start = dataSet.records[index]
        return start.sourceOffset + start.byteCount + Int64(length) == last.sourceOffset + last.byteCount
    }
}
