import Foundation
import Orders
import Terminal

/// A CSV file on this machine, read a chunk at a time.
enum TableFile {
    /// Bytes of one read.
    private static var chunkSize: Int { 256 * 1024 }

    /// The bytes of the file at `path`.
    static func source(_ path: String, _ progress: ImportProgress) throws(CommandFailure) -> ByteSource {
        guard let file = FileHandle(forReadingAtPath: path) else { throw unreadable(path, "there is no such file, or it may not be read") }
        return {
            do {
                guard let data = try file.read(upToCount: chunkSize), !data.isEmpty else { return nil }
                progress.read(data.count)
                return Array(data)
            } catch {
                throw unreadable(path, reason(error))
            }
        }
    }

    private static func unreadable(_ path: String, _ reason: String) -> CommandFailure {
        CommandFailure(.failed, "\(path) cannot be read: \(reason)")
    }

    /// The system's own words: Foundation's leave out what is wrong.
    private static func reason(_ error: any Error) -> String {
        let error = error as NSError
        let system = error.userInfo[NSUnderlyingErrorKey] as? NSError ?? error
        return system.domain == NSPOSIXErrorDomain ? String(cString: strerror(Int32(system.code))) : error.localizedDescription
    }
}
