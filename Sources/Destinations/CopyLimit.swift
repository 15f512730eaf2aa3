internal import DICOM
internal import DICOMNetwork

/// How long a destination's copy of an object may be. It may be in another transfer syntax than ours, and have elements that the destination added.
enum CopyLimit {
    /// What a destination may add beyond the object: its own elements, and the former values of what it changed.
    static let additions: Int64 = 1 << 20
    /// Implicit to Explicit VR, and lengths to delimiters (PS3.5 §7.1, §7.5), at most double what has small elements only.
    static let growth: Int64 = 2
    /// The most to which deflate's formats expand, 1032 to 1 (zlib, "Maximum Expansion Factor").
    static let inflation: Int64 = 1_032
    /// Bytes of an object that are looked through for the description of its pixels.
    static let headerLength: Int64 = 16 << 20

    /// The limit in bytes.
    static func byteCount(of content: any ObjectContent, transferSyntaxUID: String) -> Int64 {
        let syntax = TransferSyntax(uid: transferSyntaxUID)
        let plain = syntax.isDeflated ? inflatedByteCount(of: content) : content.byteCount
        let (product, overflows) = plain.multipliedReportingOverflow(by: growth)
        let pixels = syntax.isEncapsulated ? nativeByteCount(of: content, transferSyntaxUID: transferSyntaxUID) : 0
        let (sum, overflowsToo) = product.addingReportingOverflow(additions + pixels)
        return overflows || overflowsToo ? .max : sum
    }

    /// The most bytes that a deflated object can have when it is inflated: one that has more is not read, and so not sent.
    private static func inflatedByteCount(of content: any ObjectContent) -> Int64 {
        let (product, overflows) = content.byteCount.multipliedReportingOverflow(by: inflation)
        let limit = Int64(ObjectHeaderReader.maximumInflatedByteCount)
        return overflows ? limit : min(product, limit)
    }

    /// Bytes of the pixels of an object when they are decompressed (PS3.3 §C.7.6.3); where the header does not say it, those of one byte.
    private static func nativeByteCount(of content: any ObjectContent, transferSyntaxUID: String) -> Int64 {
        guard let header = header(of: content, transferSyntaxUID: transferSyntaxUID) else { return 0 }
        let factors = [Tag.rows, .columns, .samplesPerPixel, .numberOfFrames].map { Int64(max(1, header.integer($0) ?? 1)) }
        let bytes = Int64(max(8, header.integer(.bitsAllocated) ?? 8) + 7) / 8
        return factors.reduce(bytes) { product, factor in
            let (result, overflows) = product.multipliedReportingOverflow(by: factor)
            return overflows ? Int64.max / 2 : min(result, Int64.max / 2)
        }
    }

    /// The elements before the pixels.
    private static func header(of content: any ObjectContent, transferSyntaxUID: String) -> DataSet? {
        var meta = DataSet()
        guard (try? meta.set(.transferSyntaxUID, transferSyntaxUID)) != nil, let head = try? meta.encode(as: .explicitVRLittleEndian) else { return nil }
        let preamble = [UInt8](repeating: 0, count: 128) + Array("DICM".utf8) + head
        var reader = ObjectHeaderReader(byteCount: Int64(preamble.count) + content.byteCount)
        _ = try? reader.feed(preamble)
        let end = min(content.byteCount, headerLength)
        for start in stride(from: 0, to: end, by: ComparableObject.chunkLength) {
            guard let bytes = try? content.bytes(start..<min(start + Int64(ComparableObject.chunkLength), end)), case .needsMore? = try? reader.feed(bytes)
            else { break }
        }
        return reader.headerSoFar?.dataSet
    }
}
