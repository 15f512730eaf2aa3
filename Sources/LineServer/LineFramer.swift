import LineProtocol
import NIOCore

/// Cuts a stream of bytes into lines at LF, without ever holding more than a line's bound and what was last read.
struct LineFramer {
    /// What the stream held next.
    enum Frame: Equatable {
        /// A line without its LF and without a CR before it.
        case line([UInt8])
        /// A line longer than the bound; its bytes are gone.
        case tooLong
    }

    private var buffer = ByteBuffer()
    /// How many bytes from the reader index on are known to hold no LF.
    private var searched = 0
    private var isSkipping = false
    private let limit: Int

    /// A framer for lines of at most `limit` bytes, LF included.
    init(limit: Int = LineLimits.lineByteCount) { self.limit = limit }

    /// Takes what was read.
    mutating func append(_ bytes: inout ByteBuffer) {
        buffer.discardReadBytes()
        buffer.writeBuffer(&bytes)
    }

    /// The next frame; nil when more must be read first.
    mutating func next() -> Frame? {
        let view = buffer.readableBytesView
        guard let end = view[(view.startIndex + searched)...].firstIndex(of: UInt8(ascii: "\n")) else {
            dropWhatCannotEndInTime()
            return nil
        }
        let length = end - view.startIndex
        searched = 0
        defer { buffer.moveReaderIndex(forwardBy: length + 1) }
        if isSkipping || length + 1 > limit {
            isSkipping = false
            return .tooLong
        }
        let hasReturn = length > 0 && view[end - 1] == UInt8(ascii: "\r")
        return .line(Array(view[..<(hasReturn ? end - 1 : end)]))
    }

    /// Remembers where to search on, or lets go of a line that is too long already.
    private mutating func dropWhatCannotEndInTime() {
        searched = buffer.readableBytes
        if isSkipping || searched >= limit {
            isSkipping = true
            buffer.clear()
            searched = 0
        }
    }
}
