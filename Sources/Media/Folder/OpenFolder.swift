import Glibc

/// An open folder, closed with its last owner. All names are looked up from it without following symbolic links.
final class OpenFolder: Sendable {
    private let descriptor: Int32

    private init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// Opens the folder at `path`, which the operator named and which may therefore be reached by a link.
    convenience init(path: String) throws(SystemError) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemError(number: errno) }
        self.init(descriptor: descriptor)
    }

    deinit {
        close(descriptor)
    }

    /// Opens the folder `name` in this one.
    func folder(named name: [UInt8]) throws(SystemError) -> OpenFolder {
        OpenFolder(descriptor: try openEntry(name, flags: O_DIRECTORY))
    }

    /// Opens the regular file whose path below this folder is `path`. Each step is opened by itself: a link that took a folder's place is refused.
    func file(at path: [UInt8]) throws(SystemError) -> OpenFile {
        let steps = path.split(separator: UInt8(ascii: "/"))
        guard let last = steps.last else { throw SystemError(number: ENOENT) }
        var folder = self
        for step in steps.dropLast() { folder = try folder.folder(named: Array(step)) }
        // O_NONBLOCK: opening a pipe that took the file's place must not wait for a writer.
        let descriptor = try folder.openEntry(Array(last), flags: O_NONBLOCK)
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw SystemError(number: EINVAL)
        }
        return try OpenFile(adopting: descriptor)
    }

    private func openEntry(_ name: [UInt8], flags: Int32) throws(SystemError) -> Int32 {
        let result = openat(descriptor, name.asCString, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | flags)
        guard result >= 0 else { throw SystemError(number: errno) }
        return result
    }

    /// What is in the folder, "." and ".." left out, in no particular order.
    func names() throws(SystemError) -> [[UInt8]] {
        let copy = openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard copy >= 0 else { throw SystemError(number: errno) }
        guard let stream = fdopendir(copy) else {
            let number = errno
            close(copy)
            throw SystemError(number: number)
        }
        defer { closedir(stream) }
        var names: [[UInt8]] = []
        while true {
            errno = 0
            guard let entry = readdir(stream) else {
                if errno != 0 { throw SystemError(number: errno) }
                return names
            }
            // The name is an array of C characters within the entry, closed by NUL; it is copied before the next call.
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
            if name != Array(".".utf8), name != Array("..".utf8) { names.append(name) }
        }
    }

    /// Kind, length and modification time of `name`, of a link itself.
    func status(of name: [UInt8]) throws(SystemError) -> stat {
        var status = stat()
        let result = fstatat(descriptor, name.asCString, &status, AT_SYMLINK_NOFOLLOW)
        guard result == 0 else { throw SystemError(number: errno) }
        return status
    }
}

extension [UInt8] {
    /// The bytes as a C string. File names are bytes here; String would refuse or repair those that are not UTF-8, and the file would be lost.
    fileprivate var asCString: [CChar] { map { CChar(bitPattern: $0) } + [0] }
}
