internal import Glibc

/// A transcoded data set in a file without a name: it is gone when nobody needs it any more, even if this program does not live that long.
public final class ScratchFile: Sendable {
    /// Bytes of the data set.
    public let byteCount: Int64
    private let descriptor: Int32
    private let offset: Int64

    init(descriptor: Int32, range: Range<Int64>) {
        self.descriptor = descriptor
        offset = range.lowerBound
        byteCount = Int64(range.count)
    }

    deinit { close(descriptor) }

    /// Fills a buffer with the bytes from `start` on; gives how many there were. Throws `PixelCodecError` of code `file`.
    public func read(from start: Int64, into buffer: UnsafeMutableRawBufferPointer) throws(PixelCodecError) -> Int {
        while true {
            let count = pread(descriptor, buffer.baseAddress, min(buffer.count, Int(byteCount - start)), off_t(offset + start))
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw PixelCodecError(.file, "A transcoded object cannot be read at byte \(start): error \(errno)") }
            return count
        }
    }
}
