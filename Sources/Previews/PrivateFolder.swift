internal import Foundation
internal import Glibc

/// Files for their owner alone, in a folder for its owner alone.
struct PrivateFolder {
    struct Failure: Error { let message: String }

    let path: String

    /// Makes it where it is not there yet. Throws ``Failure``.
    func make() throws {
        guard mkdir(path, 0o700) == 0 || errno == EEXIST, chmod(path, 0o700) == 0 else { throw failure("make") }
    }

    /// Writes a file so that it is there wholly or not at all; not durable: a picture that a power failure takes is made again. Throws ``Failure``.
    func write(_ bytes: [UInt8], to name: String) throws {
        let fresh = "\(path)/\(name).new"
        unlink(fresh)
        let descriptor = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure("write", name) }
        var isWritten = writeAll(bytes, to: descriptor)
        if close(descriptor) != 0 { isWritten = false }
        guard isWritten, rename(fresh, "\(path)/\(name)") == 0 else {
            let fault = failure("write", name)
            unlink(fresh)
            throw fault
        }
    }

    private func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var done = 0
        while done < bytes.count {
            // The memory is the array's and lives for the call only.
            let count = bytes[done...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            done += count
        }
        return true
    }

    func contents(of name: String) -> [UInt8]? { FileManager.default.contents(atPath: "\(path)/\(name)").map(Array.init) }

    /// The names in it; none where there is no such folder.
    var names: [String] { (try? FileManager.default.contentsOfDirectory(atPath: path).sorted()) ?? [] }

    func folder(_ name: String) -> PrivateFolder { PrivateFolder(path: "\(path)/\(name)") }

    /// Removes what is of this name, with all that is in it.
    func remove(_ name: String) { try? FileManager.default.removeItem(atPath: "\(path)/\(name)") }

    private func failure(_ deed: String, _ name: String? = nil) -> Failure {
        Failure(message: "cannot \(deed) \(path)\(name.map { "/\($0)" } ?? ""): \(String(cString: strerror(errno)))")
    }
}
