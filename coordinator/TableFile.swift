import Foundation
import Orders

/// A CSV file on this machine, read a chunk at a time.
enum TableFile {
    /// Bytes of one read.
    private static var chunkSize: Int { 256 * 1024 }

    /// The bytes of the file at `path`.
    static func source(_ path: String) throws(CommandFailure) -> ByteSource {
        guard let file = FileHandle(forReadingAtPath: path) else { throw CommandFailure(.failed, "\(path) cannot be read") }
        return {
            guard let data = try file.read(upToCount: chunkSize), !data.isEmpty else { return nil }
            return Array(data)
        }
    }
}
