internal import NIOCore

/// Lays a message out in P-DATA-TFs of the peer's maximum length, data read straight to its place behind the headers (PS3.8 annex E).
struct MessageWriter: Sendable {
    /// Most bytes of one buffer: large enough that a system call's cost vanishes, small enough that several associations stay in the cache.
    static let bufferSize = 1_048_576
    /// Length of PDU header, data value length, context ID and message control header.
    private static let overhead = PDU.headerLength + 6

    let contextID: UInt8
    /// Bytes of data in one P-DATA-TF: the peer's maximum length covers the data value's length, context and control header too.
    private let fragmentLength: Int

    init(contextID: UInt8, maximumPDULength: Int) {
        self.contextID = contextID
        // Even, because fragments are (PS3.8 annex E.1): a peer may announce an odd length all the same.
        fragmentLength = (maximumPDULength - (Self.overhead - PDU.headerLength)) & ~1
    }

    /// Appends a whole command.
    func write(_ command: CommandSet, into bytes: inout ByteBuffer) {
        var encoded = ByteBuffer()
        command.encode(into: &encoded)
        repeat {
            let fragment = encoded.readSlice(length: min(fragmentLength, encoded.readableBytes)) ?? ByteBuffer()
            writeHeader(fragment.readableBytes, isCommand: true, isLast: encoded.readableBytes == 0, into: &bytes)
            bytes.writeImmutableBuffer(fragment)
        } while encoded.readableBytes > 0
    }

    /// Appends as many fragments of the content, from an offset on, as the buffer's size allows; at least one.
    ///
    /// Content of odd length, a deflated stream for one, ends with a NUL: fragments are even (PS3.5 §A.5, PS3.8 annex E.1).
    /// - Returns: The offset after the last byte written: the content's length when this was the end.
    /// - Throws: What the content throws, or `NetworkError.contentFailed` when it gives another count than asked.
    func write(_ content: some ObjectContent, from offset: Int64, into bytes: inout ByteBuffer) throws -> Int64 {
        var offset = offset
        repeat {
            let length = Int(min(Int64(fragmentLength), content.byteCount - offset))
            let isLast = offset + Int64(length) == content.byteCount
            let padding = length % 2
            writeHeader(length + padding, isCommand: false, isLast: isLast, into: &bytes)
            let start = bytes.writerIndex
            try content.read(from: offset, count: length, into: &bytes)
            guard bytes.writerIndex - start == length else {
                throw NetworkError(
                    .contentFailed, "the object gave \(bytes.writerIndex - start) bytes at offset \(offset) instead of \(length)")
            }
            bytes.writeRepeatingByte(0, count: padding)
            offset += Int64(length)
        } while offset < content.byteCount && bytes.readableBytes + fragmentLength + Self.overhead <= Self.bufferSize
        return offset
    }

    /// Room for the next buffer when so many bytes of the data set are left: one allocation, whatever the peer's PDU length.
    func capacity(forRemaining count: Int64) -> Int {
        let length = Int(min(count, Int64(Self.bufferSize)))
        return min(length + (length / fragmentLength + 2) * Self.overhead, Self.bufferSize)
    }

    private func writeHeader(_ length: Int, isCommand: Bool, isLast: Bool, into bytes: inout ByteBuffer) {
        bytes.writeInteger(PDU.Kind.data.rawValue)
        bytes.writeInteger(UInt8(0))
        bytes.writeInteger(UInt32(length + Self.overhead - PDU.headerLength))
        bytes.writeInteger(UInt32(length + 2))
        bytes.writeInteger(contextID)
        bytes.writeInteger(PresentationDataValue.control(isCommand: isCommand, isLast: isLast))
    }
}
