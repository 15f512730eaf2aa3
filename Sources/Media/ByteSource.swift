import Glibc

/// Bytes at positions: an open file, or in tests something that fails on purpose.
protocol ByteSource: Sendable {
    /// How many bytes there are.
    var byteCount: Int64 { get }

    /// Reads into the start of `buffer` what lies at `offset`, at most `count` bytes.
    ///
    /// - Returns: how many bytes were read: fewer than `count` at the end only.
    /// - Throws: ``SystemError`` as the operating system reports it.
    func read(into buffer: inout [UInt8], count: Int, at offset: Int64) throws(SystemError) -> Int
}

/// A call of the operating system failed.
struct SystemError: Error, Hashable, CustomStringConvertible {
    /// `errno`.
    let number: Int32

    var description: String {
        // glibc's own text for the number; valid until the next call on this thread, and copied here at once.
        String(cString: strerror(number))
    }
}

/// An open file descriptor, closed with its last owner. Never written to.
final class OpenFile: ByteSource {
    let descriptor: Int32
    let byteCount: Int64

    /// Takes over an open descriptor.
    private init(descriptor: Int32, byteCount: Int64) {
        self.descriptor = descriptor
        self.byteCount = byteCount
    }

    /// Opens the file or block device at `path`; a device's size is where its end is.
    convenience init(path: String) throws(SystemError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemError(number: errno) }
        try self.init(adopting: descriptor)
    }

    /// Takes over `descriptor` and closes it also when this fails.
    convenience init(adopting descriptor: Int32) throws(SystemError) {
        let end = lseek(descriptor, 0, SEEK_END)
        guard end >= 0 else {
            let number = errno
            close(descriptor)
            throw SystemError(number: number)
        }
        self.init(descriptor: descriptor, byteCount: Int64(end))
    }

    deinit {
        close(descriptor)
    }

    func read(into buffer: inout [UInt8], count: Int, at offset: Int64) throws(SystemError) -> Int {
        // pread wants an address. The array's own bounds are kept.
        let outcome = buffer.withUnsafeMutableBytes { bytes in
            Result { () throws(SystemError) in try read(into: UnsafeMutableRawBufferPointer(rebasing: bytes.prefix(count)), at: offset) }
        }
        return try outcome.get()
    }

    /// Fills memory with what lies at `offset`. Returns and throws as ``read(into:count:at:)``.
    func read(into memory: UnsafeMutableRawBufferPointer, at offset: Int64) throws(SystemError) -> Int {
        var done = 0
        while done < memory.count {
            let result = pread(descriptor, memory.baseAddress.map { $0 + done }, memory.count - done, off_t(offset) + off_t(done))
            if result > 0 {
                done += result
            } else if result == 0 {
                return done
            } else if errno != EINTR {
                throw SystemError(number: errno)
            }
        }
        return done
    }
}
