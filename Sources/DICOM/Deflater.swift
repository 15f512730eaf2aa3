import CZlib

/// Deflates a data set for Deflated Explicit VR Little Endian (PS3.5 §A.5): a raw stream, made even with a NUL.
enum Deflater {
    /// The deflated bytes. Throws `DICOMError` of code `deflate` if zlib fails, for want of memory.
    static func deflate(_ plain: [UInt8]) throws(DICOMError) -> [UInt8] {
        var stream = z_stream()
        let opened = deflateInit2_(
            &stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -MAX_WBITS, MAX_MEM_LEVEL, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size))
        guard opened == Z_OK, plain.count <= Inflater.maximumByteCount else {
            throw DICOMError(.deflate, "The data set of \(plain.count) bytes cannot be deflated")
        }
        defer { deflateEnd(&stream) }
        var result = [UInt8](repeating: 0, count: Int(deflateBound(&stream, UInt(plain.count))))
        let status = plain.withUnsafeBufferPointer { input in
            result.withUnsafeMutableBufferPointer { output in
                stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
                stream.avail_in = UInt32(input.count)
                stream.next_out = output.baseAddress
                stream.avail_out = UInt32(output.count)
                return CZlib.deflate(&stream, Z_FINISH)
            }
        }
        guard status == Z_STREAM_END else { throw DICOMError(.deflate, "The data set cannot be deflated") }
        result.removeLast(result.count - Int(stream.total_out))
        if !result.count.isMultiple(of: 2) { result.append(0) }
        return result
    }
}
