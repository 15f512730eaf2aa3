internal import DICOMNetwork
internal import Foundation

/// Writes received data sets to one file, the last over the one before.
actor FileReceiver: InstanceReceiver {
    private let file: FileHandle
    private var current: ReceivedInstance?
    /// The instance that the file holds completely.
    private(set) var received: ReceivedInstance?

    init(path: String) throws {
        guard FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600]),
            let file = FileHandle(forWritingAtPath: path)
        else { throw DestinationError(.worker, "cannot create \(path)") }
        self.file = file
    }

    func begin(_ instance: ReceivedInstance) throws {
        current = instance
        received = nil
        try file.truncate(atOffset: 0)
    }

    func receive(_ bytes: ReadBuffer) throws {
        try bytes.withUnsafeReadableBytes { try file.write(contentsOf: $0) }
    }

    func end() throws -> DIMSEStatus {
        received = current
        return .success
    }

    func abandon() { current = nil }
}
