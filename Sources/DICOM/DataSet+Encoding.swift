extension DataSet {
    /// The data set written in a transfer syntax. Elements are written as they were read wherever the encoding is the
    /// same: a data set that was read and not changed gives the bytes it was read from.
    ///
    /// Pixel data is not transcoded: to or from an encapsulated syntax only its elements' heads change. Throws
    /// `DICOMError` of code `limit` if a value was not kept or sequences are nested too deep, `value` if one does not fit,
    /// `malformed` if a sequence that must be written anew is damaged.
    public func encode(as syntax: TransferSyntax) throws(DICOMError) -> [UInt8] {
        let plain = try encoded(in: syntax.encoding)
        return syntax.isDeflated ? try Deflater.deflate(plain) : plain
    }

    /// So many sequences are around the data set.
    func encoded(in target: ElementEncoding, depth: Int = 0) throws(DICOMError) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(records.reduce(0) { $0 + $1.end - $1.start })
        let open = OpenRepresentation(hasSignedPixels: hasSignedPixels)
        for index in records.indices { result += try encoded(index, in: target, open, depth: depth) }
        return result
    }

    /// One element: as it was read, or written anew if the encoding is another.
    func encoded(_ index: Int, in target: ElementEncoding) throws(DICOMError) -> [UInt8] {
        try encoded(index, in: target, OpenRepresentation(hasSignedPixels: hasSignedPixels), depth: 0)
    }

    private func encoded(
        _ index: Int, in target: ElementEncoding, _ open: OpenRepresentation, depth: Int
    ) throws(DICOMError) -> [UInt8] {
        let record = records[index]
        guard !record.isOmitted else {
            throw DICOMError(.limit, "A value of \(record.byteCount) bytes was not kept", tag: record.tag)
        }
        if target == encoding { return Array(bytes[record.start..<record.end]) }
        let writer = ElementWriter(encoding: target)
        if record.vr == .SQ || (record.hasUndefinedLength && !record.tag.isPixelData) {
            return try encodedSequence(index, with: writer, depth: depth)
        }
        var value = Array(bytes[record.valueRange])
        if record.hasUndefinedLength {
            // Fragments are items without representation, and the same in every syntax that has them: none is big endian.
            guard encoding.isBigEndian == target.isBigEndian else {
                throw DICOMError(.value, "Encapsulated pixels have one byte order only", tag: record.tag)
            }
            return try writer.head(record.tag, vr: record.vr, length: nil) + value
        }
        if encoding.isBigEndian != target.isBigEndian { value.swapBytes(unit: record.vr.swapUnit) }
        let vr = representation(of: record, byteCount: value.count, in: target, open)
        return try writer.head(record.tag, vr: vr, length: value.count) + value
    }

    /// What an element with a length is written as in another encoding.
    private func representation(
        of record: ElementRecord, byteCount: Int, in target: ElementEncoding, _ open: OpenRepresentation
    ) -> VR {
        let known = record.isExplicit ? nil : open.vr(of: record.tag, byteCount: byteCount)
        let vr = known ?? record.vr
        // A value too long for its representation is of unknown representation (PS3.5 §6.2.2).
        let isTooLong = target.isExplicitVR && vr.hasShortLength && byteCount > Int(UInt16.max)
        return isTooLong || !vr.isWellFormed ? .UN : vr
    }

    /// Items that are not elements to the last byte are not written anew: what is no element would be lost.
    private func encodedSequence(_ index: Int, with writer: ElementWriter, depth: Int) throws(DICOMError) -> [UInt8] {
        let tag = records[index].tag
        guard depth < ElementScanner.maximumDepth else {
            throw DICOMError(.limit, "Sequences are nested deeper than \(ElementScanner.maximumDepth)", tag: tag)
        }
        var value: [UInt8] = []
        let isWhole = try forEachWholeItem(of: records[index]) { (item) throws(DICOMError) in
            value += try writer.item(item.encoded(in: writer.encoding, depth: depth + 1))
        }
        guard isWhole else {
            throw DICOMError(.malformed, "A sequence does not consist of items and their elements alone", tag: tag)
        }
        guard records[index].hasUndefinedLength else {
            return try writer.head(tag, vr: .SQ, length: value.count) + value
        }
        return try writer.head(tag, vr: .SQ, length: nil) + value + writer.head(.sequenceDelimitation, vr: .UN, length: 0)
    }
}
