import Foundation
import Glibc
import Terminal

/// The files of a coordinator's folder.
struct MigrationFolder: Sendable {
    /// The folder's path.
    let path: String

    var configuration: String { path + "/coordinator.yaml" }
    var ledger: String { path + "/ledger.sqlite" }
    /// Where ledgers go that a copy takes the place of, each in a folder of its own.
    var setAside: String { path + "/set-aside" }
    /// Where pictures of studies are kept for a while.
    var previews: String { path + "/previews" }
    var lock: String { path + "/coordinator.lock" }
    var socket: String { path + "/coordinator.sock" }
}

/// The right to change a ledger: an exclusive `flock` on a file beside it, which the system lets go of with the process.
///
/// A class, so that the lock is let go of with its last owner.
final class LedgerLock: Sendable {
    private let descriptor: Int32

    private init(descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    /// Takes the lock and writes our process number into it; nil when another process has it.
    static func take(_ folder: MigrationFolder) throws(CommandFailure) -> LedgerLock? {
        let descriptor = open(folder.lock, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw CommandFailure(.failed, "cannot open \(folder.lock): \(String(cString: strerror(errno)))")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            return nil
        }
        let text = Array("\(getpid())\n".utf8)
        guard ftruncate(descriptor, 0) == 0, pwrite(descriptor, text, text.count, 0) == text.count else {
            close(descriptor)
            throw CommandFailure(.failed, "cannot write \(folder.lock): \(String(cString: strerror(errno)))")
        }
        return LedgerLock(descriptor: descriptor)
    }

    /// The process that has the lock, as it wrote itself; for messages.
    static func holder(_ folder: MigrationFolder) -> String {
        let data = FileManager.default.contents(atPath: folder.lock) ?? Data()
        return String(decoding: data.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    }
}
