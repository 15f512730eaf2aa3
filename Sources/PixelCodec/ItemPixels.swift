internal import DICOM

/// Compressed pixels in items of sequences, icons mostly. They are compressed as the object's own are (PS3.5 §A.4), so that they cannot
/// stay as they are where the object leaves its transfer syntax; native ones may stand in the items of any object.
struct ItemPixels {
    let file: ImageFile
    let codec: CodecProcess
    /// Whether the object's own pixels were compressed with loss, which it declares then.
    let isLossy: Bool

    /// The data set, its items' compressed pixels native; all other elements are as they were.
    ///
    /// Throws `PixelCodecError` of code `unsupported` or `malformed` for pixels that cannot be decoded without changing their attributes,
    /// and what the codec throws.
    func decompressed(_ dataSet: DataSet) async throws -> DataSet {
        try await native(dataSet) ?? dataSet
    }

    /// `nil` if there is nothing to decompress.
    private func native(_ dataSet: DataSet) async throws -> DataSet? {
        var result: DataSet?
        for element in dataSet.elements where element.vr == .SQ {
            let items = try dataSet.items(element.tag)
            var made: [DataSet?] = []
            for item in items { made.append(try await nativeItem(item)) }
            guard made.contains(where: { $0 != nil }) else { continue }
            var changed = result ?? dataSet
            try changed.set(element.tag, items: zip(made, items).map { $0 ?? $1 })
            result = changed
        }
        return result
    }

    private func nativeItem(_ item: DataSet) async throws -> DataSet? {
        let inner = try await native(item)
        guard item[.pixelData]?.hasUndefinedLength == true else { return inner }
        var result = inner ?? item
        let frames = try FrameReader(ImageFile(item: item, of: file))
        try frames.requireNothingBeyond()
        let description = frames.description
        let coder = FrameCoder(description: description, codec: codec)
        guard let compression = frames.compression, !description.isPlanar,
            coder.decodedPhotometricInterpretation == description.photometricInterpretation
        else { throw PixelCodecError(.unsupported, "An item, an icon perhaps, has compressed colours of its own") }
        guard try isLossy || compression.family == .rle || (0..<frames.frameCount).allSatisfy({ try frames.header(of: $0, compression).isReversible })
        else { throw PixelCodecError(.unsupported, "An item, an icon perhaps, has pixels of its own that were compressed with loss") }
        var cells: [UInt8] = []
        guard description.frameByteCount * frames.frameCount <= PixelCodecLimits.maximumFrameByteCount else {
            throw PixelCodecError(.limit, "The pixels of an item are above \(PixelCodecLimits.maximumFrameByteCount) bytes")
        }
        for frame in 0..<frames.frameCount { cells += try await coder.decode(frames.stream(of: frame), compression) }
        try result.set(.pixelData, vr: description.bitsAllocated > 8 ? .OW : .OB, value: cells)
        return result
    }
}
