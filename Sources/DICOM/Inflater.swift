import CZlib

/// The raw deflate stream of Deflated Explicit VR Little Endian (PS3.5 §A.5), inflated piece by piece.
///
/// Pointers are handed to zlib here and in `Deflater`, nowhere else; they live only for the call.
public struct Inflater: Sendable {
    /// An object that claims to inflate to more is refused where it must be held in memory as a whole.
    static let maximumByteCount = 1 << 30
    /// Bytes that are inflated at a time: a deflated stream can be a thousand times shorter than what it holds.
    static let pieceByteCount = 64 << 10
    /// Bytes of a file that are read to be inflated at a time.
    static let readByteCount = 1 << 20
    /// Short pieces of a stream are inflated into less.
    private static let smallestPieceByteCount = 1 << 10

    // @unchecked Sendable because the stream is touched only through the one value that holds it: a copy of that value
    // makes its own copy of the stream before it goes on.
    private final class Stream: @unchecked Sendable {
        var state = z_stream()
        init() { inflateInit2_(&state, -MAX_WBITS, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) }
        init(copying other: Stream) { inflateCopy(&state, &other.state) }
        deinit { inflateEnd(&state) }
    }

    private var stream = Stream()
    /// Bytes of the stream that were inflated.
    private(set) var consumedByteCount: Int64 = 0
    /// Whether the stream came to its end.
    public private(set) var isFinished = false

    /// An inflater at the begin of a stream. A copy goes on by itself from where it was made.
    public init() {}

    /// Inflates all of `input` and hands out pieces of the plain bytes, as they come.
    ///
    /// Bytes after the end of the stream are not read. Throws `DICOMError` of code `deflate`, with the offset in the stream, or what `body` throws.
    mutating func inflate(
        _ input: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) throws(DICOMError) -> Void
    ) throws(DICOMError) {
        if !isKnownUniquelyReferenced(&stream) { stream = Stream(copying: stream) }
        let byteCount = min(Self.pieceByteCount, max(Self.smallestPieceByteCount, 4 * input.count))
        var output = [UInt8](repeating: 0, count: byteCount)
        var consumed = 0
        while !isFinished {
            let (taken, made, status) = step(UnsafeBufferPointer(rebasing: input[consumed...]), into: &output)
            consumed += taken
            consumedByteCount += Int64(taken)
            // What comes before damage is read first, in however large pieces the stream comes.
            if made > 0 { try output.withFirst(made, body) }
            guard status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR else {
                throw DICOMError(.deflate, "The deflated data set is damaged", offset: consumedByteCount)
            }
            isFinished = status == Z_STREAM_END
            if made < output.count, consumed == input.count { break }
        }
    }

    private func step(
        _ input: UnsafeBufferPointer<UInt8>, into output: inout [UInt8]
    ) -> (taken: Int, made: Int, status: Int32) {
        output.withUnsafeMutableBufferPointer { target in
            let piece = min(input.count, Int(UInt32.max))
            stream.state.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
            stream.state.avail_in = UInt32(piece)
            stream.state.next_out = target.baseAddress
            stream.state.avail_out = UInt32(target.count)
            let status = CZlib.inflate(&stream.state, Z_NO_FLUSH)
            return (piece - Int(stream.state.avail_in), target.count - Int(stream.state.avail_out), status)
        }
    }

    /// The plain bytes of the stream's next bytes; those after its end are not read. Throws `DICOMError` of code `deflate`.
    public mutating func inflatePiece(_ bytes: [UInt8]) throws(DICOMError) -> [UInt8] {
        var plain: [UInt8] = []
        try bytes.withBuffer { (buffer) throws(DICOMError) in
            try inflate(buffer) { (piece) throws(DICOMError) in plain.append(contentsOf: piece) }
        }
        return plain
    }

    /// The plain bytes of a whole deflated data set.
    static func inflate(_ bytes: [UInt8]) throws(DICOMError) -> [UInt8] {
        var inflater = Inflater()
        var plain: [UInt8] = []
        try bytes.withBuffer { (buffer) throws(DICOMError) in
            try inflater.inflate(buffer) { (piece) throws(DICOMError) in
                guard plain.count + piece.count <= maximumByteCount else {
                    throw DICOMError(.limit, "The deflated data set holds more than \(maximumByteCount) bytes", offset: Int64(bytes.count))
                }
                plain.append(contentsOf: piece)
            }
        }
        guard inflater.isFinished else { throw DICOMError(.truncated, "The deflated data set is cut", offset: Int64(bytes.count)) }
        return plain
    }
}

extension [UInt8] {
    func withBuffer(_ body: (UnsafeBufferPointer<UInt8>) throws(DICOMError) -> Void) throws(DICOMError) {
        let result = withUnsafeBufferPointer { buffer -> DICOMError? in
            do throws(DICOMError) {
                try body(buffer)
                return nil
            } catch {
                return error
            }
        }
        if let result { throw result }
    }

    fileprivate func withFirst(
        _ count: Int, _ body: (UnsafeBufferPointer<UInt8>) throws(DICOMError) -> Void
    ) throws(DICOMError) {
        try withBuffer { (buffer) throws(DICOMError) in try body(UnsafeBufferPointer(rebasing: buffer[..<count])) }
    }
}
