internal import Glibc

/// A file that comes to its name only when it is whole, or never has one.
final class OutputFile {
    private let path: String
    /// The name until then; `nil`: it has none.
    private let partPath: String?
    private var descriptor: Int32
    /// Bytes written so far.
    private(set) var position: Int64 = 0

    /// Begins the file. Throws `PixelCodecError` of code `file`, also where there is one of that name.
    init(path: String) throws(PixelCodecError) {
        self.path = path
        let partPath = path + ".part"
        self.partPath = partPath
        guard access(path, F_OK) != 0 else { throw PixelCodecError(.file, "\(path) is there already") }
        descriptor = open(partPath, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw fault() }
    }

    /// Begins a file that has no name and is gone with its last user. Throws `PixelCodecError` of code `file`.
    init(withoutNameIn folder: String) throws(PixelCodecError) {
        path = "\(folder)/.transcoded-\(String(UInt64.random(in: 0...UInt64.max), radix: 16))"
        partPath = nil
        descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw fault() }
        unlink(path)
    }

    deinit {
        guard descriptor >= 0 else { return }
        close(descriptor)
        if let partPath { unlink(partPath) }
    }

    func write(_ bytes: [UInt8]) throws(PixelCodecError) {
        try put(bytes, at: position)
        position += Int64(bytes.count)
    }

    /// Writes over what is there.
    func overwrite(_ bytes: [UInt8], at place: Int64) throws(PixelCodecError) {
        try put(bytes, at: place)
    }

    private func put(_ bytes: [UInt8], at start: Int64) throws(PixelCodecError) {
        var place = 0
        while place < bytes.count {
            let count = bytes.withUnsafeBytes { pwrite(descriptor, $0.baseAddress! + place, bytes.count - place, off_t(start) + place) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw fault() }
            place += count
        }
    }

    /// Gives the file its name, if it is to have one.
    func finish() throws(PixelCodecError) {
        guard let partPath else { return }
        guard fsync(descriptor) == 0, rename(partPath, path) == 0 else { throw fault() }
        close(descriptor)
        descriptor = -1
    }

    /// Hands the file over to who reads it.
    func handOver() -> Int32 {
        defer { descriptor = -1 }
        return descriptor
    }

    private func fault() -> PixelCodecError {
        PixelCodecError(.file, "\(path) cannot be written: \(String(cString: strerror(errno)))")
    }
}
