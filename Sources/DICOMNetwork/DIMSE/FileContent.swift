internal import Glibc
public import NIOCore
internal import Synchronization

/// The buffer that contents are read into and received bytes come in.
public typealias ReadBuffer = ByteBuffer

/// A data set that lies in a file, from an offset on. The file is opened read-only at the first read and closed after the last.
public final class FileContent: ObjectContent {
    /// Where the file is.
    public let path: String
    public let byteCount: Int64
    private let offset: Int64
    private let descriptor = Mutex<Int32?>(nil)

    /// A range of a file; without one, the whole file.
    ///
    /// - Throws: `NetworkError.contentFailed` when the file is not there.
    public init(path: String, range: Range<Int64>? = nil) throws(NetworkError) {
        self.path = path
        if let range {
            offset = range.lowerBound
            byteCount = Int64(range.count)
            return
        }
        var status = stat()
        guard stat(path, &status) == 0 else { throw Self.failure(path, "cannot be looked at") }
        offset = 0
        byteCount = Int64(status.st_size)
    }

    deinit {
        descriptor.withLock { if let open = $0 { close(open) } }
    }

    public func read(from start: Int64, count: Int, into buffer: inout ByteBuffer) throws {
        try descriptor.withLock { (descriptor) throws(NetworkError) in
            let file: Int32
            if let descriptor { file = descriptor } else { file = try open() }
            descriptor = file
            try read(file, at: offset + start, count: count, into: &buffer)
            if start + Int64(count) >= byteCount {
                close(file)
                descriptor = nil
            }
        }
    }

    private func open() throws(NetworkError) -> Int32 {
        let file = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw Self.failure(path, "cannot be opened") }
        return file
    }

    private func read(_ file: Int32, at start: Int64, count: Int, into buffer: inout ByteBuffer) throws(NetworkError) {
        var done = 0
        while done < count {
            // The kernel writes straight into the buffer that goes to the socket: an array between would be a copy of all pixels.
            let got = buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: count - done) { room in
                max(0, pread(file, room.baseAddress, count - done, off_t(start) + off_t(done)))
            }
            guard got > 0 else { throw Self.failure(path, "ends or fails at byte \(start + Int64(done))") }
            done += got
        }
    }

    private static func failure(_ path: String, _ what: String) -> NetworkError {
        NetworkError(.contentFailed, "\(path) \(what): \(String(cString: strerror(errno)))")
    }
}
