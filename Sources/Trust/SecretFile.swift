#if canImport(Glibc)
internal import Glibc
#endif

/// Small text files that must not be half written; keys among them are for their owner's eyes only.
public enum SecretFile {
    /// Bytes of the largest file read here: a chain of PEM certificates takes a few kilobytes.
    static var byteLimit: Int { 64 * 1024 }

    /// Mode of keys: their owner reads and writes.
    static var privateMode: mode_t { 0o600 }
    /// Mode of certificates.
    static var publicMode: mode_t { 0o644 }

    /// Writes `text` to `path`, whole or not at all, for its owner's eyes only.
    public static func write(_ text: String, to path: String) throws(TrustError) { try write(text, to: path, mode: privateMode) }

    /// Writes `text` to `path` by way of a new file beside it, made durable before it takes the name.
    static func write(_ text: String, to path: String, mode: mode_t) throws(TrustError) {
        let temporary = path + ".new"
        unlink(temporary)
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw failure("cannot write", temporary) }
        defer { close(descriptor) }
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { throw failure("cannot write", temporary) }
            rest = rest.dropFirst(count)
        }
        guard fsync(descriptor) == 0 else { throw failure("cannot make durable", temporary) }
        guard rename(temporary, path) == 0 else { throw failure("cannot write", path) }
        try makeNamesDurable(besides: path)
    }

    /// Whether something has the name `path`, be it readable or not.
    static func exists(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }

    /// Removes the file of that name, if there is one. Its blocks are the file system's to reuse: what was on the disk may stay there until then.
    static func erase(_ path: String) { unlink(path) }

    /// The name of a new file is durable with its folder only (fsync(2)).
    private static func makeNamesDurable(besides path: String) throws(TrustError) {
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("cannot open", folder) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure("cannot make durable", folder) }
    }

    /// Reads the text of `path`, at most `limit` bytes.
    static func read(_ path: String, limit: Int = byteLimit) throws(TrustError) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("cannot read", path) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = buffer.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
            guard count >= 0 else { throw failure("cannot read", path) }
            if count == 0 { return String(decoding: bytes, as: UTF8.self) }
            bytes += buffer[..<count]
            guard bytes.count <= limit else {
                throw TrustError(.file, "\(path) is longer than \(limit) bytes and no file of ours")
            }
        }
    }

    private static func failure(_ verb: String, _ path: String) -> TrustError {
        TrustError(.file, "\(verb) \(path): \(String(cString: strerror(errno)))")
    }
}
