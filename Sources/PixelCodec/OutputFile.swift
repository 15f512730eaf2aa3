internal import Glibc

/// A file that comes to its name only when it is whole, or never has one. It takes the name of no other file. Not for two threads at once.
///
/// Until then it has no name (open(2), O_TMPFILE), so that nothing of it stays behind however this program ends; where the file system has no such
/// files, one that begins with `.skein-` and ends with `.part`.
public final class OutputFile {
    /// How a file without a name is made.
    enum Nameless {
        /// As the system does it, where it can.
        case native
        /// With a name that is taken away, as where the system cannot.
        case emulated
    }

    private let path: String
    /// The name until then; `nil`: it has none.
    private let partPath: String?
    /// Whether it is to come to its name.
    private let isToBeNamed: Bool
    private var descriptor: Int32
    /// Bytes written so far.
    private(set) var position: Int64 = 0

    /// Begins the file. Throws `PixelCodecError` of code `file`, also where there is one of that name.
    ///
    /// - Parameter makesFolders: whether the folders that it is to lie in are made where they are not there.
    public convenience init(path: String, makesFolders: Bool = false) throws(PixelCodecError) {
        try self.init(path: path, makesFolders: makesFolders, nameless: .native)
    }

    init(path: String, makesFolders: Bool, nameless: Nameless) throws(PixelCodecError) {
        self.path = path
        isToBeNamed = true
        guard !Self.isThere(path) else { throw Self.fault(path, EEXIST) }
        if makesFolders { try Self.makeFolders(above: path) }
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
        if nameless == .native, let descriptor = try Self.createNameless(in: folder, for: path) {
            self.descriptor = descriptor
            partPath = nil
        } else {
            (partPath, descriptor) = try Self.create(in: folder, for: path)
        }
    }

    /// Begins a file that has no name and is gone with its last user. Throws `PixelCodecError` of code `file`.
    init(withoutNameIn folder: String, nameless: Nameless = .native) throws(PixelCodecError) {
        path = folder
        partPath = nil
        isToBeNamed = false
        if nameless == .native, let descriptor = try Self.createNameless(in: folder + "/", for: folder) {
            self.descriptor = descriptor
        } else {
            let part = try Self.create(in: folder + "/", for: folder)
            descriptor = part.descriptor
            unlink(part.path)
        }
    }

    deinit {
        guard descriptor >= 0 else { return }
        close(descriptor)
        if let partPath { unlink(partPath) }
    }

    /// A new file without a name, that can be given one; `nil` where the file system or the kernel has none, or /proc is not there to name it by.
    private static func createNameless(in folder: String, for path: String) throws(PixelCodecError) -> Int32? {
        let descriptor = open(folder.isEmpty ? "." : folder, O_RDWR | temporary | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            let number = errno
            // ENOENT may as well mean that there is no such folder: then the other way fails too.
            guard [EOPNOTSUPP, EISDIR, ENOENT, EINVAL].contains(number) else { throw fault(path, number) }
            return nil
        }
        guard isThere(link(to: descriptor)) else {
            close(descriptor)
            return nil
        }
        return descriptor
    }

    /// O_TMPFILE, which C defines by a macro that Swift does not see.
    private static let temporary = 0o20_000_000 | O_DIRECTORY

    private static func link(to descriptor: Int32) -> String { "/proc/self/fd/\(descriptor)" }

    /// A new file of a name that no other has. `folder` ends in a slash, or is empty.
    private static func create(in folder: String, for path: String) throws(PixelCodecError) -> (path: String, descriptor: Int32) {
        let name = "\(folder).skein-\(String(UInt64.random(in: 0...UInt64.max), radix: 16)).part"
        let descriptor = open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw fault(path) }
        return (name, descriptor)
    }

    private static func makeFolders(above path: String) throws(PixelCodecError) {
        for slash in path.indices.dropFirst() where path[slash] == "/" {
            let folder = String(path[..<slash])
            guard mkdir(folder, 0o777) != 0 else { continue }
            let number = errno
            guard isThere(folder) else { throw fault(folder, number) }
        }
    }

    /// Links that lead nowhere are there too.
    private static func isThere(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }

    /// Writes what comes next. Throws `PixelCodecError` of code `file`.
    public func write(_ bytes: [UInt8]) throws(PixelCodecError) {
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
            guard count > 0 else { throw Self.fault(path) }
            place += count
        }
    }

    /// Gives the file its name, if it is to have one. Throws `PixelCodecError` of code `file`, also where another has got that name since.
    public func finish() throws(PixelCodecError) {
        guard isToBeNamed else { return }
        guard fsync(descriptor) == 0 else { throw Self.fault(path) }
        if let partPath {
            try move(partPath)
        } else {
            // linkat(2): the name of a file that has none; it is never that of another.
            guard linkat(AT_FDCWD, Self.link(to: descriptor), AT_FDCWD, path, AT_SYMLINK_FOLLOW) == 0 else { throw Self.fault(path) }
        }
        close(descriptor)
        descriptor = -1
    }

    private func move(_ partPath: String) throws(PixelCodecError) {
        if Glibc.link(partPath, path) == 0 {
            unlink(partPath)
        } else {
            let number = errno
            guard [EPERM, EOPNOTSUPP, ENOSYS].contains(number) else { throw Self.fault(path, number) }
            try renameWithoutLinks(partPath)
        }
    }

    /// A memory stick's file system has no second names: there the name is taken by an empty file first, and nobody else can take it then.
    private func renameWithoutLinks(_ partPath: String) throws(PixelCodecError) {
        let claim = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard claim >= 0 else { throw Self.fault(path) }
        close(claim)
        guard rename(partPath, path) == 0 else {
            let fault = Self.fault(path)
            unlink(path)
            throw fault
        }
    }

    /// Hands the file over to who reads it.
    func handOver() -> Int32 {
        defer { descriptor = -1 }
        return descriptor
    }

    /// What the system says about the last call.
    private static func fault(_ path: String, _ number: Int32 = errno) -> PixelCodecError {
        let reason = number == EEXIST ? "is there already" : "cannot be written: \(String(cString: strerror(number)))"
        return PixelCodecError(.file, "\(path) \(reason)")
    }
}
