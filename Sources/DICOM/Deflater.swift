import CZlib

/// Deflates a data set for Deflated Explicit VR Little Endian (PS3.5 §A.5): a raw stream, made even with a NUL.
struct Deflater {
    /// A deflated data set is held in memory, and is refused if it becomes longer.
    static let maximumByteCount = 1 << 30

    private final class Stream {
        var state = z_stream()
        deinit { deflateEnd(&state) }
    }

    private let stream = Stream()
    private var deflated: [UInt8] = []
    private var output = [UInt8](repeating: 0, count: Inflater.pieceByteCount)

    /// Throws `DICOMError` of code `deflate` if zlib has no memory.
    init() throws(DICOMError) {
        let opened = deflateInit2_(
            &stream.state, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -MAX_WBITS, MAX_MEM_LEVEL, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size))
        guard opened == Z_OK else { throw DICOMError(.deflate, "The data set cannot be deflated") }
    }

    /// Takes the next bytes of the data set. Throws `DICOMError` of code `limit` if what they deflate to becomes too long.
    mutating func add(_ plain: UnsafeBufferPointer<UInt8>) throws(DICOMError) {
        var start = 0
        while start < plain.count {
            let count = min(plain.count - start, Int(Int32.max))
            try deflate(UnsafeBufferPointer(rebasing: plain[start..<start + count]), Z_NO_FLUSH)
            start += count
        }
    }

    /// The deflated bytes; no more can be added.
    mutating func finish() throws(DICOMError) -> [UInt8] {
        try deflate(UnsafeBufferPointer(start: nil, count: 0), Z_FINISH)
        if !deflated.count.isMultiple(of: 2) { deflated.append(0) }
        return deflated
    }

    private mutating func deflate(_ plain: UnsafeBufferPointer<UInt8>, _ flush: Int32) throws(DICOMError) {
        let stream = stream
        stream.state.next_in = UnsafeMutablePointer(mutating: plain.baseAddress)
        stream.state.avail_in = UInt32(plain.count)
        var room = 0
        repeat {
            let status = output.withUnsafeMutableBufferPointer { target in
                stream.state.next_out = target.baseAddress
                stream.state.avail_out = UInt32(target.count)
                return CZlib.deflate(&stream.state, flush)
            }
            guard status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR else {
                throw DICOMError(.deflate, "The data set cannot be deflated")
            }
            room = Int(stream.state.avail_out)
            deflated.append(contentsOf: output[..<(output.count - room)])
            guard deflated.count <= Self.maximumByteCount else {
                throw DICOMError(.limit, "The deflated data set becomes longer than \(Self.maximumByteCount) bytes")
            }
        } while room == 0
    }

    /// The deflated bytes of a data set that is at hand.
    static func deflate(_ plain: [UInt8]) throws(DICOMError) -> [UInt8] {
        var deflater = try Deflater()
        try plain.withBuffer { (buffer) throws(DICOMError) in try deflater.add(buffer) }
        return try deflater.finish()
    }
}
