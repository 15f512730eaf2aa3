public import DICOM

extension CodecProcess {
    /// The pixel digest of an object (docs/digests.md), of native or compressed pixels: equal for an object and what a lossless
    /// compression, another byte order or another planar configuration makes of it.
    ///
    /// Throws `PixelCodecError`, of code `lossy-source` where decoders may differ about the samples, `no-pixels`, `unsupported` and
    /// `malformed` where there is no digest of these pixels; `DICOMError` for a damaged object; what the source throws.
    public func pixelDigest(of source: any ImageSource) async throws -> ContentDigest {
        var reader = ObjectHeaderReader(byteCount: source.byteCount, digestsPixels: true)
        let header = try ImageFile.header(of: source, with: &reader)
        if let digest = reader.pixelDigest { return digest }
        guard header.hasPixels else { throw PixelCodecError(.noPixels, "The object holds no pixels") }
        guard header.transferSyntax.isEncapsulated else {
            throw PixelCodecError(.malformed, "The object's attributes do not say how long its frames are")
        }
        return try await compressedPixelDigest(of: source)
    }

    /// The same of an object whose pixels are known to be compressed.
    public func compressedPixelDigest(of source: any ImageSource) async throws -> ContentDigest {
        let file = try ImageFile(source)
        let frames = try FrameReader(file)
        try frames.requireNothingBeyond()
        let description = frames.description
        guard let compression = frames.compression else { throw PixelCodecError(.unsupported, "The pixels are not compressed") }
        guard !description.isSubsampled else {
            throw PixelCodecError(.unsupported, "Pixels that share their chrominance have a digest in native transfer syntaxes only")
        }
        let coder = FrameCoder(description: description, codec: self)
        var digester = ContentDigester()
        digester.update(Array(description.digestDeclaration.utf8))
        for frame in 0..<frames.frameCount {
            let stream = try frames.stream(of: frame)
            guard try Self.isExact(stream, compression, file) else {
                throw PixelCodecError(.lossySource, "The pixels were compressed with loss: decoders need not agree about them")
            }
            var samples = ContentDigester()
            samples.update(try await coder.decode(stream, compression))
            digester.update(samples.digest().bytes)
        }
        return digester.digest()
    }

    /// Whether the compression's standard says of every bit what it decodes to. That of JPEG-LS does, even where something was lost before.
    private static func isExact(_ stream: [UInt8], _ compression: Compression, _ file: ImageFile) throws(PixelCodecError) -> Bool {
        guard compression.family == .jpeg || compression.family == .jpeg2000 else { return true }
        guard try StreamHeader(stream, family: compression.family).isReversible else { return false }
        // A reversible stream of JPEG 2000 may have been made without its end: only syntax or object can say that it was not.
        return compression.family == .jpeg || compression.isLossless || file.dataSet.string(.lossyImageCompression) == "00"
    }
}

extension PixelDescription {
    /// The first line of what is digested.
    fileprivate var digestDeclaration: String { "skein pixels 1 \(rows) \(columns) \(samples) \(bitsAllocated) \(frameCount)\n" }
}
