internal import Foundation

/// A configuration file as it lies on the disk.
public struct ConfigurationText: Sendable {
    /// What it says.
    public let text: String
    /// The folder in which it lies, from the root on: relative paths in it begin there.
    public let folder: String

    /// Bytes of the largest configuration file read: a hundred times a real one with all its drives.
    public static var byteLimit: Int { 1 << 20 }

    /// Reads the file at `path`.
    ///
    /// - Parameter advice: where such a file comes from, for the message when there is none.
    /// - Throws: ``ConfigurationError`` when it cannot be read, is too large, or is no UTF-8.
    public init(contentsOf path: String, advice: String) throws(ConfigurationError) {
        guard let file = FileHandle(forReadingAtPath: path), let data = try? file.read(upToCount: Self.byteLimit + 1) ?? Data() else {
            throw ConfigurationError(.unreadable, file: path, "cannot be read; \(advice)")
        }
        guard data.count <= Self.byteLimit else {
            throw ConfigurationError(.unreadable, file: path, "has more than \(Self.byteLimit) bytes")
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw ConfigurationError(.malformed, file: path, "is no UTF-8 text")
        }
        self.text = text
        folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    }
}
