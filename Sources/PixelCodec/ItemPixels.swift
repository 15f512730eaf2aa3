internal import DICOM

/// Compressed pixels in items of sequences, icons mostly. They are compressed as the object's own are (PS3.5 §A.4), so that they cannot
/// stay as they are where the object leaves its transfer syntax; native ones may stand in the items of any object.
struct ItemPixels {
    let file: ImageFile
    let codec: CodecProcess
    /// Whether the object's own pixels were compressed with loss, which it declares then.
    let isLossy: Bool
    /// Bytes of cells that may yet be decoded: they are held in memory.
    var byteBudget = PixelCodecLimits.maximumItemPixelsByteCount

    /// The data set, its items' compressed pixels native, and the lengths of groups (PS3.5 §7.2) around them as they are then; all other elements
    /// are as they were.
    ///
    /// Throws `PixelCodecError` of code `unsupported` or `malformed` for pixels that cannot be decoded without changing their attributes, `limit`
    /// for more of them than `byteBudget`, `DICOMError` of code `malformed` where something else than whole items would be lost,
    /// `CancellationError`, and what the codec throws.
    mutating func decompressed(_ dataSet: DataSet) async throws -> DataSet {
        try await native(dataSet) ?? dataSet
    }

    /// `nil` if there is nothing to decompress.
    private mutating func native(_ dataSet: DataSet) async throws -> DataSet? {
        let attributes = dataSet.attributesForItems
        var result: DataSet?
        var resized: Set<UInt16> = []
        for (index, element) in dataSet.elements.enumerated() where element.vr == .SQ {
            try Task.checkCancellation()
            var items = try dataSet.items(at: index, giving: attributes)
            var isChanged = false
            for place in items.indices {
                guard let item = try await nativeItem(items[place]) else { continue }
                items[place] = item
                isChanged = true
            }
            guard isChanged else { continue }
            try dataSet.requireWholeItems(at: index)
            var changed = result ?? dataSet.standingAlone
            result = nil
            try changed.replace(index, items: items)
            result = changed
            resized.insert(element.tag.group)
        }
        try result?.correctGroupLengths(resized)
        return result
    }

    private mutating func nativeItem(_ item: DataSet) async throws -> DataSet? {
        let inner = try await native(item)
        let pixels = item.elements.filter { $0.tag == .pixelData }
        guard pixels.contains(where: \.hasUndefinedLength) else { return inner }
        guard pixels.count == 1 else { throw PixelCodecError(.malformed, "An item, an icon perhaps, has Pixel Data \(pixels.count) times") }
        let cells = try await cells(of: item)
        var result = inner ?? item.standingAlone
        try result.set(.pixelData, vr: cells.vr, value: cells.bytes)
        try result.correctGroupLengths([Tag.pixelData.group])
        return result
    }

    private mutating func cells(of item: DataSet) async throws -> (vr: VR, bytes: [UInt8]) {
        let frames = try FrameReader(ImageFile(item: item, of: file))
        try frames.requireNothingBeyond()
        let description = frames.description
        let coder = FrameCoder(description: description, codec: codec)
        guard let compression = frames.compression, !description.isPlanar,
            coder.decodedPhotometricInterpretation == description.photometricInterpretation
        else { throw PixelCodecError(.unsupported, "An item, an icon perhaps, has compressed colours of its own") }
        guard try isLossy || compression.family == .rle || (0..<frames.frameCount).allSatisfy({ try frames.header(of: $0, compression).isReversible })
        else { throw PixelCodecError(.unsupported, "An item, an icon perhaps, has pixels of its own that were compressed with loss") }
        byteBudget -= description.frameByteCount * frames.frameCount
        guard byteBudget >= 0 else {
            throw PixelCodecError(.limit, "The pixels of all items are above \(PixelCodecLimits.maximumItemPixelsByteCount) bytes")
        }
        var cells: [UInt8] = []
        for frame in 0..<frames.frameCount { cells += try await coder.decode(frames.stream(of: frame), compression) }
        return (description.bitsAllocated > 8 ? .OW : .OB, cells)
    }
}
