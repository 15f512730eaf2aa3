import Glibc

/// A file of ours, open: closed when the last reference goes.
final class PosixFile: Sendable {
    let descriptor: Int32
    let path: String

    /// Opens `path`; files are made for the owner alone.
    init(_ path: String, _ flags: Int32, mode: mode_t = 0o600) throws(GatewayError) {
        let descriptor = open(path, flags | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw Self.failure("open", path) }
        self.descriptor = descriptor
        self.path = path
    }

    deinit { close(descriptor) }

    /// Writes all of `bytes` at the file's end or position.
    func write(_ bytes: some Collection<UInt8>) throws(GatewayError) {
        let isWritten = bytes.withContiguousStorageIfAvailable { writeAll(UnsafeRawBufferPointer($0)) }
        guard isWritten ?? Array(bytes).withUnsafeBytes({ writeAll($0) }) else { throw Self.failure("write", path) }
    }

    // The system call takes memory; the buffer lives for the call only.
    private func writeAll(_ buffer: UnsafeRawBufferPointer) -> Bool {
        var rest = buffer[...]
        while !rest.isEmpty {
            let count = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            if count < 0 {
                if errno == EINTR { continue }
                return false
            }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// Up to `count` bytes from `offset` on; fewer at the file's end.
    func read(at offset: Int64, count: Int) throws(GatewayError) -> [UInt8] {
        var outcome: Result<Int, GatewayError> = .success(0)
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            // Filled by pread only; what it did not fill is not counted.
            let room = UnsafeMutableRawBufferPointer(start: buffer.baseAddress, count: count)
            outcome = Result { () throws(GatewayError) in try read(at: offset, into: room) }
            filled = (try? outcome.get()) ?? 0
        }
        _ = try outcome.get()
        return bytes
    }

    /// Fills memory with the bytes from `offset` on: how many; fewer than it takes at the file's end.
    func read(at offset: Int64, into memory: UnsafeMutableRawBufferPointer) throws(GatewayError) -> Int {
        var done = 0
        while done < memory.count {
            let got = pread(descriptor, memory.baseAddress.map { $0 + done }, memory.count - done, off_t(offset) + off_t(done))
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { throw Self.failure("read", path) }
            if got == 0 { break }
            done += got
        }
        return done
    }

    /// The file's length in bytes.
    func byteCount() throws(GatewayError) -> Int64 {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw Self.failure("read", path) }
        return Int64(status.st_size)
    }

    /// Cuts the file to `byteCount` bytes.
    func truncate(to byteCount: Int64) throws(GatewayError) {
        guard ftruncate(descriptor, off_t(byteCount)) == 0 else { throw Self.failure("write", path) }
    }

    /// Makes what was written durable.
    func synchronize() throws(GatewayError) {
        guard fsync(descriptor) == 0 else { throw Self.failure("write", path) }
    }


    static func failure(_ deed: String, _ path: String) -> GatewayError {
        let number = errno
        let isFull = number == ENOSPC || number == EDQUOT
        return GatewayError(isFull ? .diskFull : .file, "cannot \(deed) \(path): \(String(cString: strerror(number)))")
    }
}

/// Folders and names of the file system.
enum FileSystem {
    /// Makes `path` for the owner alone, where it is not there yet.
    static func makeFolder(_ path: String) throws(GatewayError) {
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw PosixFile.failure("make the folder", path) }
    }

    /// The names in a folder, sorted.
    static func names(in path: String) throws(GatewayError) -> [String] {
        guard let stream = opendir(path) else { throw PosixFile.failure("list", path) }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                // d_name is NUL-terminated within its 256 bytes (readdir(3)).
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// The length of the file at `path`; nil where there is none.
    static func byteCount(_ path: String) -> Int64? {
        var status = stat()
        return stat(path, &status) == 0 ? Int64(status.st_size) : nil
    }

    static func rename(_ path: String, to new: String) throws(GatewayError) {
        guard Glibc.rename(path, new) == 0 else { throw PosixFile.failure("rename", path) }
    }

    /// Removes a file; one that is not there is removed already.
    static func remove(_ path: String) throws(GatewayError) {
        guard unlink(path) == 0 || errno == ENOENT else { throw PosixFile.failure("remove", path) }
    }

    /// Removes a folder of ours with all files and folders in it; symbolic links are removed, not followed.
    static func removeFolder(_ path: String) throws(GatewayError) {
        for name in try names(in: path) {
            let child = "\(path)/\(name)"
            var status = stat()
            guard lstat(child, &status) == 0 else { throw PosixFile.failure("remove", child) }
            if status.st_mode & S_IFMT == S_IFDIR { try removeFolder(child) } else { try remove(child) }
        }
        guard rmdir(path) == 0 || errno == ENOENT else { throw PosixFile.failure("remove", path) }
    }

    /// Makes files of a folder durable.
    static func synchronize(_ names: some Sequence<String>, in folder: String) throws(GatewayError) {
        for name in names { try PosixFile("\(folder)/\(name)", O_RDONLY).synchronize() }
    }

    /// The whole of a small file.
    static func contents(_ path: String) throws(GatewayError) -> [UInt8] {
        let file = try PosixFile(path, O_RDONLY)
        return try file.read(at: 0, count: Int(try file.byteCount()))
    }

    /// Writes a small file so that it is there wholly or not at all, durably.
    static func write(_ bytes: some Collection<UInt8>, to path: String) throws(GatewayError) {
        let fresh = path + ".new"
        let file = try PosixFile(fresh, O_WRONLY | O_CREAT | O_TRUNC)
        try file.write(bytes)
        try file.synchronize()
        try rename(fresh, to: path)
        try synchronizeFolder(of: path)
    }

    /// Makes the names in the folder of `path` durable.
    static func synchronizeFolder(of path: String) throws(GatewayError) {
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        try PosixFile(folder.isEmpty ? "/" : folder, O_RDONLY | O_DIRECTORY).synchronize()
    }
}
