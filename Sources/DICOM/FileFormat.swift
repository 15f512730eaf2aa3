/// How a file begins: preamble, meta header, data set (PS3.10 §7.1), any of which old files leave out.
struct FileFormat {
    /// Where group 0002 begins; `nil` if there is none.
    var metaInformation: DataSet?
    /// Where the data set begins.
    var dataSetOffset: Int
    /// What the meta header declares.
    var declared: TransferSyntax?
    /// How the elements of the data set are written, by their content.
    var encoding: ElementEncoding
    var isDeflated: Bool

    /// PS3.10 §7.1: 128 bytes of preamble, then `DICM`.
    static let preambleByteCount = 132
    /// No meta header that is known has more than a few hundred bytes; private information (0002,0102) may be long.
    static let maximumMetaByteCount = 1 << 20
    /// Enough for the heads of the first elements of a data set.
    private static let sampleByteCount = 64

    enum Finding {
        case needsMore
        case notDICOM
        case found(FileFormat)
    }

    /// Looks at a file's first bytes; `isWhole` if there are no more.
    static func find(in bytes: [UInt8], isWhole: Bool, byteCount: Int64?) throws(DICOMError) -> Finding {
        guard bytes.count >= preambleByteCount || isWhole else { return .needsMore }
        let hasPreamble = bytes.count >= preambleByteCount && bytes[128..<132].elementsEqual("DICM".utf8)
        let start = hasPreamble ? preambleByteCount : 0
        let begins = hasPreamble ? true : SyntaxDetector.isDataSet(bytes, isWhole: isWhole, byteCount: byteCount)
        guard let begins else { return .needsMore }
        guard begins else {
            guard !SyntaxDetector.isImplicitBigEndian(bytes) else {
                throw DICOMError(.malformed, "Its elements are implicit big endian (ACR-NEMA), which no transfer syntax has", offset: 0)
            }
            return .notDICOM
        }
        guard let end = try endOfMeta(in: bytes, from: start, isWhole: isWhole),
            end + sampleByteCount <= bytes.count || isWhole
        else {
            guard bytes.count <= maximumMetaByteCount else {
                throw DICOMError(.limit, "The meta header is longer than \(maximumMetaByteCount) bytes", offset: Int64(start))
            }
            return .needsMore
        }
        guard end + 8 <= bytes.count else {
            throw DICOMError(.truncated, "The file ends with its meta header", offset: Int64(end))
        }
        let records = try DataSet.records(in: bytes, range: start..<end, scanner: metaScanner(bytes, at: start))
        let meta = end > start
            ? DataSet(bytes: Array(bytes[..<end]), records: records, encoding: metaScanner(bytes, at: start).encoding) : nil
        let declared = meta?.string(.transferSyntaxUID).flatMap { $0.isEmpty ? nil : TransferSyntax(uid: $0) }
        let isDeflated = SyntaxDetector.isDeflated(bytes, at: end, declared: declared)
        let encoding = isDeflated
            ? .explicitLittleEndian : SyntaxDetector.encoding(of: bytes, at: end, declared: declared) ?? declared?.encoding ?? .implicitLittleEndian
        return .found(FileFormat(
            metaInformation: meta, dataSetOffset: end, declared: declared, encoding: encoding, isDeflated: isDeflated))
    }

    /// The transfer syntax that the data set really has: the declared one, unless the content speaks against it.
    func transferSyntax(pixels: ElementHead?) -> TransferSyntax {
        let plain: TransferSyntax = encoding.isExplicitVR
            ? encoding.isBigEndian ? .explicitVRBigEndian : .explicitVRLittleEndian : .implicitVRLittleEndian
        guard let declared, isDeflated || !declared.isDeflated else { return plain }
        guard declared.isEncapsulated, let pixels else { return declared.encoding == encoding ? declared : plain }
        // Fragments have no length (PS3.5 §A.4): pixels with one are native.
        guard declared.encoding != encoding else { return pixels.hasUndefinedLength || pixels.length == 0 ? declared : plain }
        // Pixel Data without one is encapsulated, even where the elements before it are implicit, which no syntax allows.
        return pixels.hasUndefinedLength && pixels.tag == .pixelData && !encoding.isBigEndian ? declared : plain
    }

    /// Explicit little endian (PS3.10 §7.1); some old files have implicit elements.
    private static func metaScanner(_ bytes: [UInt8], at start: Int) -> ElementScanner {
        let isExplicit = start + 8 > bytes.count || VR(bytes[start + 4], bytes[start + 5]).isWellFormed
        return ElementScanner(encoding: isExplicit ? .explicitLittleEndian : .implicitLittleEndian)
    }

    /// The end of group 0002: by its tags, since its length is often absent or wrong. Where it says that the group ends, a deflated data set may
    /// begin, whose bytes look like a tag of the group, but not like an element of it.
    private static func endOfMeta(in bytes: [UInt8], from start: Int, isWhole: Bool) throws(DICOMError) -> Int? {
        let scanner = metaScanner(bytes, at: start)
        var position = start
        var declaredEnd: Int?
        while let head = scanner.head(in: bytes, at: position, limit: bytes.count, remaining: nil) {
            guard head.tag.group == 0x0002, position != declaredEnd || DataDictionary.vr(of: head.tag) == head.vr else { return position }
            let end = try scanner.end(of: head, in: bytes, at: position, limit: bytes.count)
            guard let end, end <= bytes.count else {
                guard isWhole else { return nil }
                throw DICOMError(.truncated, "The file ends within its meta header", tag: head.tag, offset: Int64(position))
            }
            if head.tag == .fileMetaInformationGroupLength, head.length == 4 {
                declaredEnd = end + Int(bytes.uint32(at: end - 4, bigEndian: false))
            }
            position = end
        }
        return isWhole ? position : nil
    }
}
